"""What a template may ask for: the fields of a new customer of its kind, and the company's own ones."""

from __future__ import annotations

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from customers import birthdays, further, required
from customers.models import Customer, Kind, OwnFor, own_fields
from customers.services import PROFILE
from ui import formatting

CONTACT_NAME = "contact_name"
OF_BOTH = (
    *("phone", "email", "wechat", "channel", "region", "industry", "notes"),
    *("phone2", "email2", *further.FURTHER, "address", "referred_by"),
)
OF_COMPANY = (
    *(CONTACT_NAME, "company_size", "business_scope", "market_standing", "market_position", "growth"),
    *("credit_code", "founded_on"),
)
OF_PERSON = ("occupation", "hobbies", "gender", "birthday", *PROFILE[:3])
OF_EVERYBODY = PROFILE[3:]


def askable(kind: str) -> tuple[str, ...]:
    """The names that forms of this kind know, in the order in which they are offered."""
    own = (field.field_name for field in own_fields() if field.of in (kind, OwnFor.BOTH))
    return (*OF_BOTH, *(OF_COMPANY if kind == Kind.COMPANY else OF_PERSON), *OF_EVERYBODY, *own)


def label_of(name: str) -> str:
    """What a field is called; one of an own field that was retired by its code."""
    if own := required.own_of(name):
        return own.name
    if name == CONTACT_NAME:
        return _("Contact person")
    if name == "referred_by":
        return _("Referred by")
    if name.startswith("own_"):
        return name
    field: Any = Customer._meta.get_field(name)
    return str(capfirst(field.verbose_name))


def controls_of(name: str) -> tuple[str, ...]:
    """The controls of a field: a birthday brings its calendar along."""
    return tuple(birthdays.FIELDS) if name == "birthday" else (name,)


def asked_of(asks: Any, kind: str) -> dict[str, bool]:
    """The fields of a template that there are, in its order, with what the company requires of new files behind them;
    and whether each is required."""
    known = set(askable(kind))
    found = {name: must for name, must in asks.items() if name in known}
    for name in required.asked(kind, required.Level.NEW):
        if name == required.REACH:
            continue
        found[CONTACT_NAME if name == required.CONTACT else name] = True
    return found


def asked_in_words(names: str) -> str:
    """Fields as the audit log keeps them, by the names that people know."""
    found = [one.strip() for one in names.split(",")]
    return formatting.listed([f"{label_of(one.rstrip('*'))}{'*' if one.endswith('*') else ''}" for one in found if one])
