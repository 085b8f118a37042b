"""Saving an edited file: plain values to compare, and the merge when somebody was faster."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core import signing
from django.db.models import Model
from django.forms import BaseForm
from django.http import QueryDict

from accounts.models import User
from core.versions import StaleVersionError
from customers import services
from customers.forms import EditCustomerForm
from customers.models import Customer
from ui.edit_merge import Merge, merge

SALT = "customer-edit"
TRIES = 5


def plain(value: Any) -> Any:
    """A value as a form would send it: ids, ISO dates, text."""
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip()  # browsers send other line ends than they got
    return value.isoformat() if isinstance(value, date) else value


def plain_row(row: Model, names: Iterable[str]) -> dict[str, Any]:
    """The row's values of these fields."""
    return {name: plain(getattr(row, row._meta.get_field(name).attname)) for name in names}


def initial(customer: Customer, form: EditCustomerForm) -> dict[str, Any]:
    """What the form shows first: the row, its version, and the row once more, sealed."""
    values = {**plain_row(customer, form.offered), "tags": [tag.pk for tag in customer.tags.all()]}
    return {**values, "version": customer.version, "original": seal(values)}


def typed_values(form: BaseForm) -> dict[str, Any]:
    """All cleaned values as plain data, to tell one body from another."""
    return {name: plain(value) for name, value in form.cleaned_data.items() if name != "idempotency_key"}


def seal(values: dict[str, Any]) -> str:
    """The form as it was opened, to travel with it; signed, so that it comes back unchanged."""
    return signing.dumps(values, salt=SALT, compress=True)


def unseal(text: str) -> dict[str, Any] | None:
    """What `seal` packed; None when it isn't ours."""
    try:
        return signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None


def save(*, customer: Customer, form: EditCustomerForm, original: dict[str, Any], by: User) -> tuple[Merge, Customer]:
    """Write what the person changed; returns the merge and the row as it is now. With conflicts nothing is written."""
    current = customer
    for _turn in range(TRIES):
        typed = {name: plain(form.cleaned_data[name]) for name in form.offered}
        result = merge(original, typed, plain_row(current, form.offered))
        if result.conflicts or not result.mine:
            return result, current
        changes = {name: form.cleaned_data[name] for name in result.mine}
        try:
            return result, services.customer_update(customer=current, changes=changes, version=current.version, by=by)
        except StaleVersionError as error:
            current = error.current
    raise StaleVersionError(current)


@dataclass(frozen=True)
class Choice:
    """One field that two people changed: what each of them wrote, as form value and in words."""

    name: str
    label: str
    original: str
    mine: tuple[Any, str]
    theirs: tuple[Any, str]


def choices(form: EditCustomerForm, result: Merge) -> list[Choice]:
    """The conflicts, for the page that asks which value to keep."""
    return [
        Choice(
            name,
            str(form.fields[name].label),
            words(form, name, original),
            (_sent(mine), words(form, name, mine)),
            (_sent(theirs), words(form, name, theirs)),
        )
        for name, (original, mine, theirs) in result.conflicts.items()
    ]


def _sent(value: Any) -> Any:
    """None and False are empty in a form."""
    return "" if value is None or value is False else value


def words(form: EditCustomerForm, name: str, value: Any) -> str:
    """A plain value as people read it: the choice's name instead of its code."""
    if value in (None, "", False):
        return "—"
    if value is True:
        return "✓"
    named = {str(key): str(label) for key, label in getattr(form.fields[name], "choices", ())}
    return named.get(str(value), str(value))


def hidden_values(sent: QueryDict, form: EditCustomerForm, result: Merge, current: Customer) -> list[tuple[str, Any]]:
    """Everything of the form but the conflicts: what others changed is taken over, what I typed stays."""
    apart = {"csrfmiddlewaretoken", "original", "version", *result.conflicts, *result.theirs}
    kept = [(name, value) for name, values in sent.lists() for value in values if name not in apart]
    kept += [(name, _sent(value)) for name, value in result.theirs.items() if _sent(value) != ""]
    now = {**plain_row(current, form.offered), "tags": (unseal(sent.get("original", "")) or {}).get("tags", [])}
    return [*kept, ("version", current.version), ("original", seal(now))]
