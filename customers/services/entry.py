"""Entry templates: kept in Settings, and a customer who is entered by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core.texts import unseen
from core.versions import save_version
from customers.identity import tidy
from customers.models import Customer, EntryTemplate, LastTemplate, Tag
from customers.services.files import customer_create
from customers.services.tags import customers_tag
from customers.words import name_key

ENTRY_ACTS = (*("entry_template.create", "entry_template.change", "entry_template.retire", "entry_template.restore"),)
NAMES = ("name_en", "name_zh")


@transaction.atomic
def entry_template_add(*, by: User, tags: Iterable[Tag] = (), **given: Any) -> EntryTemplate:
    """A new one, offered at once."""
    given = _checked(given, _locked())
    made = EntryTemplate.objects.create(created_by=by, updated_by=by, **given)
    made.tags.set(tags)
    audit.record("entry_template.create", by=by, on=made)
    return made


@transaction.atomic
def entry_template_change(*, row: EntryTemplate, changes: Mapping[str, Any], version: int, by: User) -> None:
    """Written over `version`: StaleVersionError when somebody was faster. Customers who are there aren't touched."""
    changes = _checked(changes, [other for other in _locked() if other.pk != row.pk])
    plain = {name: value for name, value in changes.items() if name != "tags"}
    before = {name: _said(getattr(row, name)) for name in plain}
    save_version(row, plain, version=version, by=by)
    details = {f"entry_{name}": [before[name], _said(value)] for name, value in plain.items()}
    if "tags" in changes:
        details["entry_tags"] = [_said(row.tags.all()), _said(changes["tags"])]
        row.tags.set(changes["tags"])
    audit.record("entry_template.change", by=by, on=row, **details)


@transaction.atomic
def entry_template_retire(*, row: EntryTemplate, by: User) -> None:
    """It is offered no more; twice does no harm."""
    if EntryTemplate.objects.filter(pk=row.pk, is_active=True).update(is_active=False):
        audit.record("entry_template.retire", by=by, on=row)


@transaction.atomic
def entry_template_restore(*, row: EntryTemplate, by: User) -> None:
    """Offer it again."""
    if EntryTemplate.objects.filter(pk=row.pk, is_active=False).update(is_active=True):
        audit.record("entry_template.restore", by=by, on=row)


@transaction.atomic
def customer_enter(*, by: User, template: EntryTemplate | None, **given: Any) -> Customer:
    """A new file by a template, with its tags; the next form of this person begins with the same one."""
    made = customer_create(by=by, template=template, **given)
    if template is None:
        LastTemplate.objects.filter(user=by).update(template=None)
        return made
    for tag in template.tags.filter(is_active=True):
        customers_tag(customer_ids=[made.pk], tag=tag, by=by)
    LastTemplate.objects.update_or_create(user=by, defaults={"template": template})
    return made


def _locked() -> list[EntryTemplate]:
    """All of them, so that no two people take one name."""
    return list(EntryTemplate.objects.select_for_update().order_by("pk"))


def _checked(given: Mapping[str, Any], others: Iterable[EntryTemplate]) -> dict[str, Any]:
    """Tidied; refused where another one is called alike."""
    found = {name: tidy(value) if name in NAMES else value for name, value in given.items()}
    errors = {name: _("Give it a name.") for name in NAMES if unseen(found.get(name, "…"))}
    taken = {name_key(name) for other in others for name in (other.name_en, other.name_zh)}
    for name in NAMES:
        if name in found and name_key(found[name]) in taken:
            errors[name] = _("Another template is called so already. Choose another name.")
    if errors:
        raise ValidationError(errors)
    return found


def _said(value: Any) -> Any:
    """As the audit log keeps it."""
    if isinstance(value, list):  # the fields in their order, the required ones with a star
        return ", ".join(f"{one['name']}{'*' if one['must'] else ''}" for one in value)
    if value is None or isinstance(value, str):
        return value or ""
    return str(value) if not hasattr(value, "all") else ", ".join(sorted(str(one) for one in value.all()))
