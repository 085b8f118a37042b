"""Customer files: create, change, recycle bin, final deletion."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, ProtectedError, QuerySet
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import clock, events, sql
from core.doors import via
from core.files import store
from core.phones import normal_phone
from core.versions import save_version
from customers.further import FURTHER, listed
from customers.models import Attachment, Channel, Customer, CustomerFacts, EntryTemplate, Kind, OwnerChange, Reason
from customers.own.values import merged
from customers.services import stages
from customers.services.contacts import contact_add
from customers.services.facts import SEARCHED, contacts_for_tokens, derived

Claimed = Callable[[Sequence[str]], Collection[str]]
PHONES = ("phone", "phone2")
# What people are like and how they buy.
PROFILE = (
    *("income_band", "spending_habits", "personality"),
    *("communication_style", "decision_style", "price_sensitivity", "reasons"),
)
# What a person may change in a file; owner, team, number and stamps have their own ways.
EDITABLE = (
    "kind",
    "name",
    *PHONES,
    "email",
    "email2",
    *FURTHER,
    "wechat",
    "address",
    "region",
    "industry",
    "company_size",
    "market_standing",
    "business_scope",
    "market_position",
    "growth",
    "credit_code",
    "occupation",
    "hobbies",
    "gender",
    "birthday",
    "birthday_is_lunar",
    "birthday_leap_month",
    *PROFILE,
    "founded_on",
    "notes",
    "channel",
    "service_owner",
    "referred_by",
    "stage",
    "paused_until",
    "pause_reason",
    "do_not_contact",
)
OWN = "own"  # the company's own fields: {code: value}, beside EDITABLE; None takes a value away
MOVING = ("stage", "paused_until", "pause_reason")  # written as one, see customers.services.stages


class CustomerNeededError(Exception):
    """The file can't go into the bin now, by what an app above knows of it; the text says what to do."""


class PurgeRefusedError(Exception):
    """The file can't be removed for good; the text says why."""


def numbers_next(count: int = 1, *, claimed: Claimed | None = None) -> list[str]:
    """`count` unused customer numbers, K and 7 digits, from a sequence; gaps are fine.

    `claimed` gives those of some numbers that are meant for others, such as those that a file brings along itself.
    """
    numbers: list[str] = []
    while len(numbers) < count:
        drawn = [f"K{value:07d}" for value in sql.next_numbers("customer_number_seq", count - len(numbers))]
        # An import may have brought along numbers that the sequence comes to only now.
        taken = set(Customer.all_objects.filter(number__in=drawn).values_list("number", flat=True))
        unused = [number for number in drawn if number not in taken]
        others = claimed(unused) if claimed else ()
        numbers += [number for number in unused if number not in others]
    return numbers


@transaction.atomic
def customer_create(
    *,
    by: User | None,
    name: str,
    owner: User | None = None,
    channel: Channel | None = None,
    number: str = "",
    contact_name: str = "",
    template: EntryTemplate | None = None,
    **fields: Any,
) -> Customer:
    """A new file with its facts row; owner None = the unassigned pool, `by` None = a stranger's form. `fields` are
    names of EDITABLE; `template` is on record as the form by which it came.

    With `contact_name` that person becomes the main contact, reached as the file says.
    """
    own = merged({}, fields.pop(OWN, {}))
    _refuse_unknown(fields)
    customer = Customer(own=own, name=name.strip(), channel=channel, owner=owner, team=getattr(owner, "team", None))
    for field, value in _cleaned(fields).items():
        setattr(customer, field, value)
    stages.check_new(customer)
    customer.number = number or numbers_next()[0]
    customer.stage_since = clock.business_date()
    customer.created_by = customer.updated_by = by
    for field, value in derived(customer).items():
        setattr(customer, field, value)
    customer.save()
    customer.facts = CustomerFacts.objects.create(customer=customer)
    given = OwnerChange.objects.create(customer=customer, by=by, to_user=owner)
    events.publish("customers_handed_over", changes=[given], by=by)
    if contact_name:
        ways = {way: fields.get(way, "") for way in ("phone", "email", "wechat")}
        contact_add(customer=customer, by=by, name=contact_name, **ways)
    form = {"entry_template": template.pk} if template is not None else {}
    audit.record("customer.create", by=by, on=customer, number=customer.number, **form, **via())
    events.publish("customer_created", customer=customer, by=by)
    return customer


def _refuse_unknown(fields: Mapping[str, Any]) -> None:
    unknown = set(fields) - {*EDITABLE, OWN}
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")


def _cleaned(fields: Mapping[str, Any]) -> dict[str, Any]:
    cleaned = {
        name: normal_phone(value) if name in PHONES else value.strip() if isinstance(value, str) else value
        for name, value in fields.items()
    }
    cleaned |= {name: listed(name, cleaned[name]) for name in FURTHER if name in cleaned}
    if "reasons" in cleaned:  # each once, in one order: else the same would look like a change
        cleaned["reasons"] = [reason for reason in Reason.values if reason in (cleaned["reasons"] or ())]
    return cleaned


@transaction.atomic
def customer_update(*, customer: Customer, changes: Mapping[str, Any], version: int, by: User) -> Customer:
    """Write `changes` (names of EDITABLE, and OWN) over `version`; StaleVersionError when somebody was faster."""
    _refuse_unknown(changes)
    own = changes.get(OWN, {})
    values = _cleaned({name: value for name, value in changes.items() if name != OWN})
    if own:  # over what is stored: the instance in hand may be masked
        held = Customer.all_objects.filter(pk=customer.pk).values_list(OWN, flat=True).first()
        values[OWN] = merged(held or {}, own)
    asked = {name: values.pop(name) for name in MOVING if name in values}
    replan = bool(asked) or "do_not_contact" in values
    stored_now = stages.locked(customer) if replan else None
    place = stages.moved_values(stored_now, asked) if stored_now and asked else None
    values |= place.values() if place else {}
    if set(values) & set(SEARCHED):
        # From the stored row with the new values: the instance in hand may be masked or old.
        stored = Customer.all_objects.only(*SEARCHED).get(pk=customer.pk)
        for name in SEARCHED:
            setattr(stored, name, values.get(name, getattr(stored, name)))
        values |= derived(stored, contacts_for_tokens([customer.pk])[customer.pk])
    save_version(customer, values, version=version, by=by)
    named = {"own_fields": sorted(own)} if own else {}
    audit.record("customer.change", by=by, on=customer, fields=sorted(set(changes) - {OWN}), **named, **via())
    if stored_now and place:
        stages.note(customer, stages.place_of(stored_now), place, by=by)
    if stored_now and (place or values.get("do_not_contact", stored_now.do_not_contact) != stored_now.do_not_contact):
        events.publish("stage_moved" if place else "contact_wish_changed", customer_ids=[customer.pk], by=by)
    return customer


@transaction.atomic
def customer_delete(*, customer: Customer, by: User) -> None:
    """Into the recycle bin, with all that belongs to it. Apps above may refuse with CustomerNeededError."""
    events.publish("customer_deleting", customer=customer, by=by)
    _mark(customer, deleted_at=clock.now(), deleted_by=by, by=by)
    audit.record("customer.delete", by=by, on=customer, number=customer.number)


@transaction.atomic
def customer_restore(*, customer: Customer, by: User) -> None:
    """Out of the recycle bin."""
    _mark(customer, deleted_at=None, deleted_by=None, by=by)
    audit.record("customer.restore", by=by, on=customer, number=customer.number)
    events.publish("customer_restored", customer=customer, by=by)


def _mark(customer: Customer, *, deleted_at: datetime | None, deleted_by: User | None, by: User) -> None:
    values = {"deleted_at": deleted_at, "deleted_by": deleted_by, "updated_by": by, "updated_at": clock.now()}
    Customer.all_objects.filter(pk=customer.pk).update(**values, version=F("version") + 1)
    for name, value in values.items():
        setattr(customer, name, value)
    customer.version += 1


@transaction.atomic
def customer_purge(*, customer: Customer, by: User) -> None:
    """Remove a binned file for good. Orders are kept for the accounts, so a customer who has some stays in the bin."""
    audit.record("customer.purge", by=by, on=customer, number=customer.number)
    files = list(Attachment.all_objects.filter(customer=customer).values_list("file", flat=True))
    try:
        with transaction.atomic():
            Customer.all_objects.filter(pk=customer.pk, deleted_at__isnull=False).delete()
    except ProtectedError as error:
        raise PurgeRefusedError(
            _("This customer has orders, and orders are kept for the accounts. It stays in the recycle bin.")
        ) from error
    store.drop(files)


@transaction.atomic
def customers_kind_set(*, rows: QuerySet[Customer], kind: str, by: User) -> int:
    """Make those of unknown kind among `rows`, which `by` may change, persons or companies; returns how many."""
    if kind not in (Kind.PERSON, Kind.COMPANY):
        raise ValueError(kind)
    unknown = rows.filter(kind=Kind.UNKNOWN)
    changed = unknown.update(kind=kind, version=F("version") + 1, updated_at=clock.now(), updated_by=by)
    if changed:
        audit.record("customer.kinds", by=by, kind=kind, customers_changed=changed)
    return changed
