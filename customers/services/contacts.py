"""Contacts: people at a customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import clock
from core.doors import via
from core.phones import normal_phone
from core.versions import save_version
from customers.decisions import in_circle
from customers.further import FURTHER, listed
from customers.models import Contact, Customer
from customers.services.facts import tokens_refresh


@transaction.atomic
def contact_add(*, customer: Customer, by: User | None, name: str, **fields: Any) -> Contact:
    """A new contact; the first one of a customer becomes the main contact."""
    has_others = Contact.all_objects.filter(customer=customer, deleted_at=None).exists()
    values = {**_cleaned({"name": name, **fields}), "is_primary": bool(fields.get("is_primary")) or not has_others}
    contact = Contact.all_objects.create(customer=customer, created_by=by, updated_by=by, **values)
    _one_primary(contact)
    tokens_refresh([customer.pk])
    audit.record("contact.create", by=by, on=contact, customer=customer.pk, **via())
    return contact


@transaction.atomic
def contact_update(*, contact: Contact, changes: Mapping[str, Any], version: int, by: User) -> Contact:
    """Write `changes` over `version`; StaleVersionError when somebody was faster."""
    if changes.get("reports_to") is not None:
        _refuse_circle(contact, changes["reports_to"])
    save_version(contact, _cleaned(changes), version=version, by=by)
    _one_primary(contact)
    tokens_refresh([contact.customer_id])
    audit.record("contact.change", by=by, on=contact, fields=sorted(changes), **via())
    return contact


@transaction.atomic
def contact_delete(*, contact: Contact, by: User) -> None:
    """Into the recycle bin."""
    Contact.all_objects.filter(pk=contact.pk).update(
        deleted_at=clock.now(), deleted_by=by, is_primary=False, version=F("version") + 1
    )
    tokens_refresh([contact.customer_id])
    audit.record("contact.delete", by=by, on=contact, customer=contact.customer_id)


@transaction.atomic
def contact_restore(*, contact: Contact, by: User) -> None:
    """Out of the recycle bin."""
    Contact.all_objects.filter(pk=contact.pk).update(deleted_at=None, deleted_by=None, version=F("version") + 1)
    tokens_refresh([contact.customer_id])
    audit.record("contact.restore", by=by, on=contact, customer=contact.customer_id)


def _cleaned(fields: Mapping[str, Any]) -> dict[str, Any]:
    cleaned = {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}
    if "phone" in cleaned:
        cleaned["phone"] = normal_phone(cleaned["phone"])
    cleaned |= {name: listed(name, cleaned[name]) for name in FURTHER if name in cleaned}
    for name, among in (("further_roles", Contact.Authority), ("concerns", Contact.Concern)):
        if name in cleaned:  # each once, in one order, and none that says nothing
            cleaned[name] = [code for code in among.values if code and code in (cleaned[name] or ())]
    return cleaned


def _refuse_circle(contact: Contact, above: Contact) -> None:
    """Nobody reports to themselves, nor over others. Who changes that of one customer waits for each other, so that two
    changes at once don't close a circle that neither of them sees."""
    Customer.all_objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=contact.customer_id)
    known = Contact.all_objects.filter(customer=contact.customer_id).values_list("pk", "reports_to")
    if in_circle(contact.pk, above.pk, dict(known)):
        raise ValidationError({"reports_to": _("This person reports to %(name)s already.") % {"name": contact.name}})


def _one_primary(contact: Contact) -> None:
    if contact.is_primary:
        others = Contact.all_objects.filter(customer_id=contact.customer_id, is_primary=True).exclude(pk=contact.pk)
        others.update(is_primary=False, version=F("version") + 1)
