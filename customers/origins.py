"""Where each field of a file, each tag and each contact comes from: when it was last changed, by whom, and through
which door.

Nothing is written for it beside what is kept anyway: the before-images say when a column changed, the audit log who
changed it and how, imports which file it was. So it is as far as these go back: an older change is that of the file's
beginning. At most seven queries, however long the history is, asked only where somebody wants to know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEntry
from core import doors
from customers.models import Contact, Customer, Tag
from customers.models.imported import ImportedCustomer

MOST = 500  # before-images, and lines of the log
OWN = "own_"  # begins the names of own fields
CONTACT_ACTS = ("contact.create", "contact.change", "contact.restore")
WITHIN = timedelta(minutes=2)  # a line is written in the transaction that changes the row, which has begun before it
DOORS: Mapping[str, str | Promise] = {
    doors.PAGE: gettext_lazy("by form"),
    doors.PHONE: gettext_lazy("by form, on a phone"),
    doors.API: gettext_lazy("over the API"),
    doors.FORM: gettext_lazy("by a public form"),
}
# What changes columns without naming them.
ACTS: Mapping[str, frozenset[str]] = {
    "customer.assign": frozenset({"owner", "team", "service_owner"}),
    "customer.claim": frozenset({"owner", "team"}),
    "customer.stage": frozenset({"stage"}),
}


@dataclass(frozen=True)
class Origin:
    """Of one field: `by` and `how` are empty where nothing says it."""

    at: datetime
    by: str = ""
    how: str = ""


def origins_of(customer: Customer, names: Sequence[str]) -> dict[str, Origin]:
    """That of these columns of a stored row, and of the company's own fields by the names that forms give them; one
    that never changed comes from the file's beginning."""
    lines = _lines(customer)
    files = list(ImportedCustomer.objects.filter(customer=customer).select_related("job__user").order_by("pk"))
    beginning = _beginning(customer, lines, files)
    changed = _changed(customer, names)
    return {name: _origin(name, changed[name], lines, files) if name in changed else beginning for name in names}


def _changed(customer: Customer, names: Sequence[str]) -> dict[str, datetime]:
    """When each of them last changed: between a before-image and the row, or the image after it."""
    fields: Any = Customer._meta
    columns = {name: fields.get_field(name).attname for name in names if not name.startswith(OWN)}
    own = {name: name.removeprefix(OWN) for name in names if name.startswith(OWN)}
    kept = {*columns.values(), *(["own"] if own else [])}
    images: Any = Customer.pgh_event_model  # type: ignore[attr-defined]
    rows = images.objects.filter(pgh_obj_id=customer.pk, pgh_label="before_update").order_by("-pgh_id")
    newer = dict(Customer.all_objects.filter(pk=customer.pk).values(*kept).get())
    found: dict[str, datetime] = {}
    for image in rows.values("pgh_created_at", *kept)[:MOST]:
        at = image.pop("pgh_created_at")
        changed = [name for name, column in columns.items() if image[column] != newer[column]]
        changed += [name for name, code in own.items() if image["own"].get(code) != newer["own"].get(code)]
        for name in changed:
            found.setdefault(name, at)
        newer = image
    return found


def _lines(customer: Customer) -> list[AuditEntry]:
    acts = ["customer.create", "customer.change", *ACTS]
    rows = AuditEntry.objects.filter(object_type=Customer._meta.label_lower, object_id=customer.pk, act__in=acts)
    return list(rows.order_by("-pk")[:MOST])  # unscoped: who changed the file stands beside it on its page


def _origin(name: str, at: datetime, lines: Iterable[AuditEntry], files: Iterable[ImportedCustomer]) -> Origin:
    for line in lines:
        if name in _named(line) and at <= line.at <= at + WITHIN:
            return Origin(at, line.by_name, _door(line))
    return _by_file(at, files)


def _named(line: AuditEntry) -> set[str]:
    """The fields that a line says were changed."""
    own = (f"{OWN}{code}" for code in line.details.get("own_fields", ()))
    return {*line.details.get("fields", ()), *ACTS.get(line.act, ()), *own}


def _by_file(at: datetime, files: Iterable[ImportedCustomer]) -> Origin:
    """What no line tells of: an import that ran then, or nobody."""
    for file in files:
        if file.job.started_at and file.job.started_at <= at <= (file.job.finished_at or at):
            return _of_file(at, file)
    return Origin(at, "", _("automatic"))


# --- tags and contacts -----------------------------------------------------------------------------------------------
def tag_origins(customer: Customer, tags: Sequence[Tag]) -> dict[int, Origin]:
    """Since when the customer has each of these tags without a break; those of which no line tells aren't in it."""
    lines = AuditEntry.objects.filter(act="customer.tag")  # unscoped: beside the file, as above
    of_file = lines.filter(object_type=Customer._meta.label_lower, object_id=customer.pk)
    of_many = lines.filter(
        object_type=Tag._meta.label_lower,
        object_id__in=[tag.pk for tag in tags],
        details__customers__contains=[customer.pk],
    )

    def of_one(line: AuditEntry) -> bool:
        return line.object_type == Tag._meta.label_lower

    found: dict[int, Origin] = {}
    for line in sorted([*of_file.order_by("-pk")[:MOST], *of_many.order_by("-pk")[:MOST]], key=lambda line: line.pk):
        put: list[int] = [line.object_id or 0] if of_one(line) else line.details.get("tags", [])
        if not of_one(line):  # exactly these
            found = {pk: origin for pk, origin in found.items() if pk in put}
        for pk in put:
            found.setdefault(pk, Origin(line.at, line.by_name, _door(line)))
    return found


def contact_origins(customer: Customer, contacts: Sequence[Contact]) -> dict[int, Origin]:
    """When each contact was last changed, or made."""
    rows = AuditEntry.objects.filter(object_type=Contact._meta.label_lower, object_id__in=[one.pk for one in contacts])
    lines = list(rows.filter(act__in=CONTACT_ACTS).order_by("-pk")[:MOST])  # unscoped: as above
    files = list(ImportedCustomer.objects.filter(customer=customer).select_related("job__user").order_by("pk"))
    found: dict[int, Origin] = {}
    for contact in contacts:
        at = contact.updated_at
        line = next((line for line in lines if line.object_id == contact.pk and abs(line.at - at) <= WITHIN), None)
        found[contact.pk] = Origin(at, line.by_name, _door(line)) if line else _by_file(at, files)
    return found


# --- how -------------------------------------------------------------------------------------------------------------


def _beginning(customer: Customer, lines: Sequence[AuditEntry], files: Iterable[ImportedCustomer]) -> Origin:
    """How the file was made."""
    brought = next((file for file in files if file.made), None)
    if brought is not None:
        return _of_file(customer.created_at, brought)
    made = next((line for line in lines if line.act == "customer.create"), None)
    if made is not None:
        return Origin(customer.created_at, made.by_name, _door(made))
    return Origin(customer.created_at, customer.created_by.name if customer.created_by else "", _("with the file"))


def _of_file(at: datetime, file: ImportedCustomer) -> Origin:
    user = file.job.user
    return Origin(at, user.name if user else "", _("import of %(file)s") % {"file": file.job.file_name})


def _door(line: AuditEntry) -> str:
    return str(DOORS.get(line.details.get("via", ""), ""))
