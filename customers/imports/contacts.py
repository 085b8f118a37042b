"""Contact persons from files: each at a customer that is there, known by name; filled cells count, empty ones don't."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import clock
from core.phones import checked_phone, phone_digits
from core.refusals import BadCellError
from customers.further import FURTHER
from customers.identity import email_key, name_key, tidy
from customers.imports.meanings import authority
from customers.imports.named import CUSTOMER_COLUMNS, customers_named, read_customer
from customers.imports.newcomers import HOME, brought_by, remember
from customers.imports.reader import further_ways
from customers.imports.recorded import CONTACT
from customers.imports.sender import Sender
from customers.imports.undo import ContactPart
from customers.models import Contact, Customer
from customers.services.facts import tokens_refresh
from intake import cellkinds, record, stage, values
from intake.cells import Cells
from intake.kinds import Column, Kind, Run
from intake.plain import CHANGES, COUNTS, Read, Row, needed, plain_steps

COLUMNS = (
    *CUSTOMER_COLUMNS,
    Column(
        "name",
        pgettext_lazy("of a person", "name"),
        ("姓名", "联系人", "联系人姓名", "full name", "contact", "contact person", "contact name"),
        holds=cellkinds.NAME,
    ),
    Column("first_name", gettext_lazy("first name"), ("firstname", "名"), holds=cellkinds.NAME),
    Column("last_name", gettext_lazy("last name"), ("lastname", "surname", "姓"), holds=cellkinds.NAME),
    Column("position", gettext_lazy("position"), ("职位", "职务", "title", "job title", "jobtitle")),
    Column("rank", gettext_lazy("rank"), ("职级", "级别")),
    Column("authority", gettext_lazy("decision authority"), ("决策权", "决策角色", "buying role", "buyingrole")),
    Column(
        "reports_to",
        gettext_lazy("reports to"),
        ("上级", "汇报对象", "直属上级", "汇报给", "line manager", "supervisor", "reportsto"),
        holds=cellkinds.NAME,
    ),
    Column(
        "phone",
        gettext_lazy("phone"),
        ("手机", "手机号", "电话", "联系电话", "联系人电话", "mobile", "tel", "phone number"),
        holds=cellkinds.PHONE,
    ),
    Column("email", gettext_lazy("e-mail"), ("邮箱", "电子邮箱", "联系人邮箱", "mail"), holds=cellkinds.EMAIL),
    Column(
        "further_phones",
        gettext_lazy("further phones"),
        ("其他电话", "更多电话", "其他手机", "otherphones", "morephones"),
        several_lines=True,
    ),
    Column(
        "further_emails",
        gettext_lazy("further e-mails"),
        ("其他邮箱", "更多邮箱", "otheremails", "moreemails", "additionalemails"),
        several_lines=True,
    ),
    Column("wechat", gettext_lazy("WeChat"), ("微信", "微信号")),
    Column("notes", gettext_lazy("notes"), ("备注", "说明", "comment", "remarks"), several_lines=True),
)
TEXTS = ("position", "rank", "authority", "phone", "email", "wechat", "notes")


def _longest(name: str) -> int:
    return getattr(Contact._meta.get_field(name), "max_length", None) or values.LONGEST_TEXT


def contact_reader(run: Run) -> Read:
    """Reads one person."""
    special = {
        "phone": checked_phone,
        "email": values.email,
        "authority": authority,
        "notes": values.paragraphs,
    }

    def read(cells: Mapping[str, str]) -> dict[str, Any]:
        cell = Cells(COLUMNS, cells)

        def text_of(name: str) -> Any:
            how = special.get(name)
            return cell(name, lambda text: how(text) if how else values.short(text, _longest(name)))

        def name_of(name: str) -> Any:
            return cell(name, lambda text: values.short(tidy(text), _longest("name")))

        data = read_customer(cell) | {name: text_of(name) for name in TEXTS}
        data["name"] = name_of("name") or values.joined_name(name_of("first_name"), name_of("last_name"))
        data["reports_to"] = name_of("reports_to")
        data |= {name: cell(name, partial(further_ways, name)) or [] for name in FURTHER}
        if not data["name"]:
            raise BadCellError(_("The row has no name of a person. Fill it in, or leave the row out."))
        return data

    return read


def write_contacts(run: Run, rows: Sequence[Row]) -> None:
    """New persons, and the filled cells over known ones, as far as the sender may by hand."""
    whose = customers_named(run.user, "contact.add", rows)
    sender = Sender(run.user)
    may_change = sender.within({row.pk for row in whose.values()}, "contact.change")
    people = _People({row.pk: row for row in whose.values()})
    kept = [row for row in rows if not row.reason]
    for row in kept:
        row.reason = people.refusal(whose[row.row_no], row, may_change=whose[row.row_no].pk in may_change)
    kept = [row for row in kept if not row.reason]
    known = people.stored_of((whose[row.row_no], row.data["name"]) for row in kept)
    record.before(run.job, CONTACT, known)
    touched: dict[int, Contact] = {}
    for row in kept:
        customer = whose[row.row_no]
        contact = people.find(customer, row.data["name"])
        said = {name: row.data[name] for name in (*TEXTS, *FURTHER) if row.data[name]}
        if contact is None:
            people.add(customer, row.data["name"], said, run.user)
            row.outcome = "created"
            continue
        changes = {
            name: value
            for name, value in _over(contact, said).items()
            if getattr(contact, name) != value and (contact.pk is None or sender.reads(contact, name))
        }
        for name, value in changes.items():
            setattr(contact, name, value)
        row.outcome = "updated" if changes else "unchanged"
        if changes and contact.pk is not None:
            touched[contact.pk] = contact
    made = Contact.all_objects.bulk_create(people.new)
    for row in kept:
        contact = people.find(whose[row.row_no], row.data["name"])
        above = people.find(whose[row.row_no], row.data["reports_to"]) if row.data["reports_to"] else None
        if contact is None or above is None or contact.reports_to_id == above.pk:
            continue
        contact.reports_to = above
        touched[contact.pk] = contact
        row.outcome = "updated" if row.outcome == "unchanged" else row.outcome
    fresh = {contact.pk for contact in made}
    for contact in touched.values():
        if contact.pk not in fresh:
            contact.version += 1
            contact.updated_at, contact.updated_by = clock.now(), run.user
    Contact.all_objects.bulk_update(
        touched.values(), (*TEXTS, *FURTHER, "reports_to", "version", "updated_at", "updated_by"), batch_size=200
    )
    record.made(run.job, CONTACT, sorted(fresh))
    record.after(run.job, CONTACT, known)
    customers = {contact.customer_id for contact in (*made, *touched.values())}
    remember(run.job, customers)
    tokens_refresh(customers)


def _over(contact: Contact, said: Mapping[str, Any]) -> dict[str, Any]:
    """What the file says over what is known: further phones and e-mails are added and never taken away."""
    found = dict(said)
    for name, first, key in (
        ("further_phones", contact.phone, phone_digits),
        ("further_emails", contact.email, email_key),
    ):
        if name in said:
            known = {
                key(one)
                for one in (first, said.get(name.removeprefix("further_")[:-1]), *getattr(contact, name))
                if one
            }
            found[name] = [*getattr(contact, name), *(one for one in said[name] if key(one) not in known)]
    return found


class _People:
    """Who is known at some customers by name, with those whom a batch adds."""

    def __init__(self, customers: Mapping[int, Customer]) -> None:
        self.new: list[Contact] = []
        self._by: dict[tuple[int, str], Contact] = {}
        self._above: dict[tuple[int, str], str] = {}
        self._with_somebody: set[int] = set()
        stored = Contact.all_objects.filter(customer__in=customers, deleted_at=None).order_by("pk")
        names: dict[int, str] = {}
        for contact in stored:
            contact.customer = customers[contact.customer_id]
            self._by.setdefault((contact.customer_id, name_key(contact.name)), contact)
            self._with_somebody.add(contact.customer_id)
            names[contact.pk] = name_key(contact.name)
        for contact in stored:
            if contact.reports_to_id in names:
                self._above[contact.customer_id, name_key(contact.name)] = names[contact.reports_to_id]
        self._announced: set[tuple[int, str]] = set()

    def find(self, customer: Customer, name: str) -> Contact | None:
        """The person of this name."""
        return self._by.get((customer.pk, name_key(name)))

    def stored_of(self, asked: Any) -> list[int]:
        """Ids of those who are stored already."""
        found = {contact.pk for customer, name in asked if (contact := self.find(customer, name)) is not None}
        return sorted(pk for pk in found if pk is not None)

    def refusal(self, customer: Customer, row: Row, *, may_change: bool) -> str:
        """Why the row can't be written, if it can't."""
        here, key = (customer.pk, name_key(row.data["name"])), name_key(row.data["reports_to"] or "")
        if self.find(customer, row.data["name"]) is not None and not may_change:
            return _("contact person: you may not change contacts of this customer. Leave the cells empty.")
        if key:
            if (customer.pk, key) not in self._by and (customer.pk, key) not in self._announced:
                words = _("reports to: nobody at this customer is called %(name)s yet. Write that person's row first.")
                return words % {"name": row.data["reports_to"]}
            if self._closes_circle(customer.pk, here[1], key):
                words = _("reports to: %(name)s reports to this person already. Correct one of both rows.")
                return words % {"name": row.data["reports_to"]}
            self._above[here] = key
        self._announced.add(here)
        return ""

    def _closes_circle(self, customer: int, name: str, above: str) -> bool:
        seen: set[str] = set()
        while above and above not in seen:
            if above == name:
                return True
            seen.add(above)
            above = self._above.get((customer, above), "")
        return False

    def add(self, customer: Customer, name: str, said: Mapping[str, Any], by: Any) -> None:
        """A new person; the first one of a customer is the main contact."""
        contact = Contact(customer=customer, name=name, created_by=by, updated_by=by)
        for field, value in _over(contact, said).items():
            setattr(contact, field, value)
        contact.is_primary = customer.pk not in self._with_somebody
        self._with_somebody.add(customer.pk)
        self._by[customer.pk, name_key(name)] = contact
        self.new.append(contact)


def _check(mapping: Mapping[str, str]) -> str:
    if not {"customer_no", "customer_name"} & set(mapping):
        return _("Choose the column of the customer: its number (customer_no) or name (customer_name).")
    return "" if {"first_name", "last_name"} & set(mapping) else needed(COLUMNS, "name")(mapping)


CONTACTS = Kind(
    code="contacts",
    label=gettext_lazy("contacts"),
    permission="contact.add",
    columns=COLUMNS,
    steps=plain_steps(contact_reader, write_contacts),
    check=_check,
    errors=stage.job_errors,
    intact=stage.is_whole,
    clear=stage.clear,
    counts=COUNTS,
    new="created",
    changes=CHANGES,
    chosen=True,
    brought=brought_by,
    home=HOME,
    notes=(gettext_lazy("Contacts belong to customers that are there already, named by number or name."),),
    undo=(ContactPart(),),
    undo_permissions=("contact.delete", "contact.change"),
)
