"""Own fields for tests."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from customers import services
from customers.models import Customer, OwnField, own_fields, own_texts

COLOURS = [
    {"code": "", "name_en": "Red", "name_zh": "红", "used": True},
    {"code": "", "name_en": "Blue", "name_zh": "蓝", "used": True},
    {"code": "", "name_en": "Green", "name_zh": "绿", "used": True},
]
# A value of each kind as a form sends it, as the file keeps it, and in words.
EACH = {
    "text": ("A-17", "A-17", "A-17"),
    "figure": ("1,234.50", "1234.5", "1,234.5"),
    "money": ("1200.50", 120050, "¥1,200.50"),
    "date": ("2027-06-30", "2027-06-30", "30 Jun 2027"),
    "choice": ("blue", "blue", "Blue"),
    "several": (["blue", "red"], ["red", "blue"], "Red, Blue"),
    "yes_no": ("no", False, "no"),
}


def own(by: User, kind: str = "text", name: str = "", **given: Any) -> OwnField:
    """A field in use, known to the process at once; its code is that of its kind unless it has a name."""
    english = name or kind.replace("_", " ")
    options = {"options": COLOURS} if kind in ("choice", "several") else {}
    made = services.own_field_add(kind=kind, name_en=english, name_zh=f"{english} 中", by=by, **{**options, **given})
    forget()
    return made


def forget() -> None:
    """As another process, which knows the definitions of two seconds ago no more."""
    own_fields.forget()
    own_texts.forget()


def put(customer: Customer, by: User, **values: Any) -> Customer:
    """Write values by code, and the customer as it is then."""
    stored = Customer.objects.get(pk=customer.pk)
    services.customer_update(customer=stored, changes={"own": values}, version=stored.version, by=by)
    return Customer.objects.get(pk=customer.pk)
