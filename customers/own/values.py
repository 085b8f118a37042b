"""A value of an own field: as `Customer.own` keeps it, as people type it, and as it is shown.

Kept are JSON values by the field's code: a text; a number as its digits, so that nothing is rounded; an amount in minor
units of the company's currency; a day as 2026-11-30; an option's code, or a list of them; a colleague's id; true or
false. What is empty isn't kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts import policy
from accounts.masking import is_pool_only, mode_for, relation_to
from accounts.models import User
from core import company
from core.refusals import BadCellError
from customers import masks
from customers.models import Customer, OwnField, OwnKind, own_fields
from customers.words import name_key
from intake import values
from ui import formatting

MOST_TEXT = 500
DIGITS, DECIMALS = 12, 6  # of a number, before and behind the point
OLDEST, LATEST = 1000, 2200  # years
YES, NO = "yes", "no"
YES_WORDS = frozenset(("yes", "y", "true", "1", "是", "有", "对", "✓", "√"))
NO_WORDS = frozenset(("no", "n", "false", "0", "否", "无", "没有", "不", "不是"))


# --- who reads it ----------------------------------------------------------------------------------------------------
def may_read(user: User, customer: Customer, field: OwnField) -> bool:
    """Whether `user` reads the field of this customer in full; forms and the API leave out the others."""
    if is_pool_only(user, customer):
        return False
    return not field.readers or mode_for(user, field.readers, relation_to(user, customer)) == policy.FULL


def reads_everywhere(user: User, field: OwnField) -> bool:
    """Whether `user` reads it in full of everybody in reach: only then may lists be narrowed and sorted by it."""
    return masks.reads_everywhere(user, field.readers)


def reads_nowhere(user: User, field: OwnField) -> bool:
    """Whether nothing of it is ever shown to `user`: files have no column for it."""
    return masks.reads_nowhere(user, field.readers, begins=field.kind == OwnKind.TEXT)


# --- as it is kept ---------------------------------------------------------------------------------------------------
def kept(field: OwnField, value: Any) -> Any:
    """A checked value of the form as JSON keeps it; None for nothing."""
    if value in (None, ""):
        return None
    if field.kind == OwnKind.NUMBER:
        return format(value.normalize(), "f")
    if field.kind == OwnKind.MONEY:
        return formatting.minor(value, company.currency())
    if field.kind == OwnKind.DATE:
        return value.isoformat()
    if field.kind == OwnKind.SEVERAL:
        return value.split(",")
    if field.kind == OwnKind.PERSON:
        return value.pk
    if field.kind == OwnKind.YES_NO:
        return value == YES
    return value.strip() or None if isinstance(value, str) else value


def typed(field: OwnField, value: Any) -> Any:
    """What is kept, as the form's control begins with it."""
    if value is None:
        return None
    if field.kind == OwnKind.NUMBER:
        return Decimal(value)
    if field.kind == OwnKind.MONEY:
        return formatting.major(value, company.currency())
    if field.kind == OwnKind.DATE:
        return date.fromisoformat(value)
    if field.kind == OwnKind.SEVERAL:
        return ",".join(value)
    if field.kind == OwnKind.YES_NO:
        return YES if value else NO
    return value


def merged(held: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """What a file holds after these changes by code; None takes a value away."""
    return {code: value for code, value in {**held, **changes}.items() if value not in (None, "", [])}


# --- as people write it ----------------------------------------------------------------------------------------------
def number(text: str) -> Decimal:
    """A number of at most DIGITS and DECIMALS digits; BadCellError says what is wrong."""
    return values.bounded(values.number(text), decimals=DECIMALS, whole=DIGITS, text=text)


def money(text: str) -> Decimal:
    """An amount in the company's currency, which may stand beside it."""
    code = company.currency()
    decimals = formatting.minor_digits(code)
    return values.bounded(values.number(text, code), decimals=decimals, whole=DIGITS, text=text)


def day(found: date) -> date:
    """A day of the years that people mean."""
    if not OLDEST <= found.year <= LATEST:
        raise BadCellError(_("Enter a year from %(first)s to %(last)s.") % {"first": OLDEST, "last": LATEST})
    return found


def option(field: OwnField, text: str, held: Iterable[str] = ()) -> str:
    """The code of an option by code or name; one that isn't offered any more only where the file has it already."""
    wanted = name_key(text)
    for one in field.choices:
        if wanted in (one.code, name_key(one.name_en), name_key(one.name_zh)) and (one.used or one.code in held):
            return one.code
    offered = formatting.listed([one.name for one in field.choices if one.used])
    words = _("“%(value)s” isn't one of the choices: %(choices)s.")
    raise BadCellError(words % {"value": values.shown(text), "choices": offered})


def from_cell(field: OwnField, text: str, order: str = "") -> Any:
    """A cell of a file as it is kept; a colleague stays the text by which the file names one."""
    if text in values.ERRORS:
        raise values.error_refused(text)
    text = values.short(text, MOST_TEXT)
    if field.kind == OwnKind.NUMBER:
        return kept(field, number(text))
    if field.kind == OwnKind.MONEY:
        return kept(field, money(text))
    if field.kind == OwnKind.DATE:
        return day(values.day(text, order)).isoformat()
    if field.kind == OwnKind.CHOICE:
        return option(field, text)
    if field.kind == OwnKind.SEVERAL:
        chosen = {option(field, part) for part in re.split(r"[,，;；、|]", text) if part.strip()}
        return [one.code for one in field.choices if one.code in chosen] or None
    if field.kind == OwnKind.YES_NO:
        answer = name_key(text)
        if answer not in YES_WORDS | NO_WORDS:
            raise BadCellError(_("“%(value)s” is neither yes nor no.") % {"value": values.shown(text)})
        return answer in YES_WORDS
    return text or None


# --- as it is shown --------------------------------------------------------------------------------------------------
def people_of(customers: Iterable[Customer]) -> dict[int, str]:
    """The names of the colleagues in these masked files; one query, none where there are none."""
    codes = [field.code for field in own_fields() if field.kind == OwnKind.PERSON]
    ids = {customer.own[code] for customer in customers for code in codes if code in customer.own}
    # unscoped: the names of colleagues stand wherever their work does
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def words(field: OwnField, value: Any, people: Mapping[int, str]) -> str:
    """A value that the reader may see, in words; a masked text is one."""
    if field.kind == OwnKind.NUMBER:
        return f"{Decimal(value):,f}"
    if field.kind == OwnKind.MONEY:
        return formatting.money(value, company.currency())
    if field.kind == OwnKind.DATE:
        return formatting.written_day(value)
    if field.kind in (OwnKind.CHOICE, OwnKind.SEVERAL):
        names = {one.code: one.name for one in field.choices}
        codes = value if isinstance(value, list) else [value]
        return formatting.listed([str(names.get(code, code)) for code in codes])
    if field.kind == OwnKind.PERSON:
        return people.get(value, f"#{value}")
    if field.kind == OwnKind.YES_NO:
        return _("yes") if value else _("no")
    return str(value)


def shown(customer: Customer, people: Mapping[int, str]) -> list[tuple[str, str]]:
    """(name, words) of what a masked file holds of the fields in use, in the company's order."""
    return [
        (field.name, words(field, customer.own[field.code], people))
        for field in own_fields()
        if field.code in customer.own
    ]


def cell(field: OwnField, value: Any, people: Mapping[int, str]) -> object:
    """A value for a cell of a file: numbers and days stay what they are."""
    if field.kind == OwnKind.NUMBER:
        return Decimal(value)
    if field.kind == OwnKind.DATE:
        return date.fromisoformat(value)
    if field.kind in (OwnKind.MONEY, OwnKind.YES_NO):
        return value
    return words(field, value, people)
