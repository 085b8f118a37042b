"""Which fields a customer's file is to hold, by its kind: as the company has set it in Settings, else as shipped.

Four levels (customers.models.Level). What is wanted counts for completeness and stands under data quality as missing.
What is required when new is also demanded by the form of a new customer. What is required everywhere is demanded by
every form of the file, by the API, and of the new customers of a file (docs/adr/0021-required-fields.md).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.models import User
from core.company import company
from core.memo import Memo
from customers import masks
from customers.kinds import usual_kind
from customers.models import CATALOGUES, Contact, Customer, Kind, Level, OwnField, RequiredFields, own_fields
from customers.own.values import reads_everywhere, reads_nowhere

NAME, REACH, CONTACT = "name", "reach", "contact"
WAYS = ("phone", "email", "wechat")
_COMMON = ("channel", *WAYS, "region", "address", "industry")
_BUYS = ("communication_style", "decision_style", "price_sensitivity", "reasons")
# What may be asked of each kind, in the order of the pages.
FIELDS: Mapping[str, tuple[str, ...]] = {
    Kind.COMPANY: (
        *(REACH, CONTACT, *_COMMON),
        *("company_size", "market_standing", "business_scope", "credit_code", "founded_on"),
        *_BUYS,
    ),
    Kind.PERSON: (
        *(REACH, *_COMMON, "occupation", "hobbies", "gender", "birthday"),
        *("income_band", "spending_habits", "personality"),
        *_BUYS,
    ),
}
ALL_FIELDS = tuple(dict.fromkeys(name for names in FIELDS.values() for name in names))
SHIPPED: Mapping[str, Mapping[str, str]] = {
    Kind.COMPANY: dict.fromkeys(("phone", "region", "industry", "company_size", "address", CONTACT), Level.WANTED),
    Kind.PERSON: dict.fromkeys(("phone", "region", "occupation", "birthday", "address"), Level.WANTED),
}
BY_HAND = dict.fromkeys((REACH, "channel"), Level.NEW)  # of both kinds
_RANK = {level: rank for rank, level in enumerate(Level.values)}
LABELS: Mapping[str, Any] = {
    field.name: field.verbose_name for field in RequiredFields._meta.concrete_fields if field.name in ALL_FIELDS
}


def own_of(name: str) -> OwnField | None:
    """The company's own field of this name, which says itself how much it is asked for."""
    return next((field for field in own_fields() if field.field_name == name), None)


def all_fields() -> tuple[str, ...]:
    """All that may be asked of anybody, with the company's own fields."""
    return (*ALL_FIELDS, *(field.field_name for field in own_fields()))


def label_of(name: str) -> Any:
    """What a field is called."""
    own = own_of(name)
    return own.name if own else LABELS[name]


def hidden_from(user: User, name: str) -> bool:
    """Whether nothing of a field is ever shown to this person: a form of a new customer doesn't ask them for it."""
    if own := own_of(name):
        return reads_nowhere(user, own)
    return masks.reads_nowhere(user, Customer.mask_fields.get(name, ""), begins=True)


def as_shipped(kind: str) -> RequiredFields:
    """What counts until somebody changes it; not stored."""
    return RequiredFields(kind=kind, version=0, **{**BY_HAND, **SHIPPED[kind]})


def row_of(kind: str) -> RequiredFields:
    """The stored row at this moment, else one as shipped that isn't stored yet."""
    return RequiredFields.objects.filter(pk=kind).first() or as_shipped(kind)


def rows() -> dict[str, RequiredFields]:
    """Those of every kind, as they are at this moment."""
    stored = RequiredFields.objects.in_bulk()
    return {kind: stored.get(kind) or as_shipped(kind) for kind in FIELDS}


def _read() -> dict[str, dict[str, int]]:
    return {kind: {name: _RANK[getattr(row, name)] for name in FIELDS[Kind(kind)]} for kind, row in rows().items()}


# Whoever changes the settings opens a form next, perhaps by another process: it must ask what they say.
_kept: Memo[dict[str, dict[str, int]]] = Memo(_read, seconds=2)


def forget() -> None:
    """Read the settings again, after a change."""
    _kept.forget()


def asked(kind: str, level: Level = Level.WANTED) -> tuple[str, ...]:
    """The fields of which at least `level` is asked of this kind.

    Of whom nobody has said what they are, the firm's usual kind decides; else only what is asked of both.
    """
    kept, rank = _kept(), _RANK[level]
    known = kind if kind in FIELDS else usual_kind(company())
    kinds = [Kind(known)] if known in FIELDS else list(FIELDS)
    names = [name for name in FIELDS[kinds[0]] if all(kept[kind].get(name, 0) >= rank for kind in kinds)]
    own = (field for field in own_fields() if _RANK[field.asked] >= rank)
    return (*names, *(field.field_name for field in own if all(field.is_of(kind) for kind in kinds)))


def lacking(kind: str, filled: Callable[[str], Any], level: Level = Level.WANTED) -> list[str]:
    """The fields that such a file lacks; `filled(name)` says what it holds, also of REACH and CONTACT."""
    return [name for name in asked(kind, level) if not filled(name)]


def counted(kind: str) -> tuple[str, ...]:
    """The fields that make a file complete: one way to reach somebody doesn't count beside the way itself."""
    names = asked(kind)
    return tuple(name for name in names if name != REACH or not set(WAYS) & set(names))


def is_nameless(customer: Customer) -> bool:
    """Whether the number stands for a name that no file has brought."""
    return customer.name == customer.number


def missing_of(customer: Customer, *, has_contact: bool, reached: bool) -> list[str]:
    """What the file lacks of what counts, by name; `reached`: some contact person has a phone, e-mail or WeChat."""

    def filled(name: str) -> Any:
        if name == REACH:
            return reached or any(getattr(customer, way) for way in WAYS)
        if own := own_of(name):
            return own.code in customer.own or own.code in customer.own_masked
        if name in masks.PROFILE and name in customer.masked_names:
            return True
        return has_contact if name == CONTACT else getattr(customer, f"{name}_id" if name in CATALOGUES else name)

    names = [str(label_of(name)) for name in counted(customer.kind) if not filled(name)]
    return [_("name"), *names] if is_nameless(customer) else names


def percent_of(customer: Customer, missing: Collection[str]) -> int:
    """How much of what counts the file holds; 100 where nothing is asked for."""
    count = len(counted(customer.kind)) + is_nameless(customer)
    return (200 * (count - len(missing)) + count) // (2 * count) if count else 100  # as completeness.py for rows


# --- in the database -------------------------------------------------------------------------------------------------
def contacts_of_row() -> Exists:
    """Whether the customer has a contact person."""
    return Exists(Contact.all_objects.filter(customer=OuterRef("pk"), deleted_at=None))


def contact_reached() -> Exists:
    """Whether one of them can be reached by anything."""
    some = ~Q(phone="") | ~Q(email="") | ~Q(wechat="")
    return Exists(Contact.all_objects.filter(some, customer=OuterRef("pk"), deleted_at=None))


def incomplete(user: User) -> Q:
    """Customers that lack something that counts, or a name; the same as `missing_of` says to who reads all of it."""
    found = lacks(NAME)
    for name in told_to(user):
        found |= lacks(name)
    return found


def told_to(user: User) -> tuple[str, ...]:
    """The fields of which a list may tell this person who has them: an own one, or one of the profile, if they read it
    of everybody."""

    def told(name: str) -> bool:
        own = own_of(name)
        return reads_everywhere(user, own) if own else masks.may_ask(user, name)

    return tuple(name for name in all_fields() if told(name))


def lacks(name: str) -> Q:
    """Those who lack this one, of the kinds that are asked for it."""
    if name == NAME:
        return Q(name=F("number"))
    kinds = [kind for kind in Kind.values if name in counted(kind)]
    return Q(kind__in=kinds) & empty(name)


def wanted_of_anybody(user: User) -> list[tuple[str, Any]]:
    """(field, words) of what counts for some kind and may be asked for by this person, the name first."""
    names = {name for kind in Kind.values for name in counted(kind)}
    return [(NAME, _("name")), *((name, label_of(name)) for name in told_to(user) if name in names)]


def empty(name: str) -> Q:
    """Those in whose files nothing stands there, of any kind."""
    if name == REACH:
        return Q(phone="", email="", wechat="") & ~Q(contact_reached())
    if name == CONTACT:
        return ~Q(contacts_of_row())
    if own := own_of(name):
        return ~Q(own__has_key=own.code)
    if name in (*CATALOGUES, "founded_on"):
        return Q(**{f"{name}__isnull": True})
    if name == "reasons":
        return Q(reasons=[])
    blank = Q(**{name: ""})
    return blank | Q(birthday=None) if name == "birthday" else blank
