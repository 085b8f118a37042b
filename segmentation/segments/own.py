"""The company's own fields as fields of segments.

One that is read by a rule of masking is asked for by who reads it of everybody in reach; a segment that is shared with
somebody else says that it asks for something that they don't see, and means nobody for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Func, Q
from django.db.models.lookups import GreaterThanOrEqual, IContains, LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.http import row_id
from customers import selectors
from customers.models import OwnField, OwnKind
from customers.own import values
from customers.own.ordered import value_of
from segmentation.segments.tree import UNKNOWN, Condition, Kind, Spec, bounds

MOST = 10**values.DIGITS
KINDS: Mapping[str, Spec] = {
    OwnKind.TEXT: Spec(Kind.TEXT),
    OwnKind.NUMBER: Spec(Kind.NUMBER, -MOST, MOST),
    OwnKind.MONEY: Spec(Kind.MONEY, -(10**15)),
    OwnKind.DATE: Spec(Kind.DAY),
}
Where = Callable[[Any, Condition], Q]


def spec_of(field: OwnField) -> Spec:
    """What can be asked of it."""
    return KINDS.get(field.kind, Spec(Kind.CODES))


def where_of(field: OwnField) -> Where:
    """Its condition. That something stands there is asked along: nothing meets no condition, and so its opposite."""

    def where(asking: Any, one: Condition) -> Q:
        there = Q(own__has_key=field.code)
        return ~there if one.how == UNKNOWN else there & _holds(field, one, asking.today)

    return where


def _holds(field: OwnField, one: Condition, today: date) -> Q:
    if field.kind == OwnKind.TEXT:
        return Q(IContains(value_of(field), one.text))
    if field.kind in (OwnKind.NUMBER, OwnKind.MONEY):
        return _within(value_of(field), one.low, one.high)
    if field.kind == OwnKind.DATE:
        days = [None if day is None else day.isoformat() for day in bounds(one, today)]
        return _within(value_of(field), *days)
    found = [Q(own__contains={field.code: value}) for value in _kept(field, one.codes)]
    return reduce(or_, found, Q(pk__in=[]))


def _within(value: Func, low: int | str | None, high: int | str | None) -> Q:
    found = Q() if low is None else Q(GreaterThanOrEqual(value, low))
    return found if high is None else found & Q(LessThanOrEqual(value, high))


def _kept(field: OwnField, codes: Iterable[str]) -> list[Any]:
    """The codes of a condition as files hold them."""
    if field.kind == OwnKind.PERSON:
        return _ids(codes)
    if field.kind == OwnKind.YES_NO:
        return [code == values.YES for code in codes]
    return [[code] if field.kind == OwnKind.SEVERAL else code for code in codes]


def _ids(codes: Iterable[str]) -> list[int]:
    """The ids that codes name; a code may be any text that somebody sent."""
    return [pk for pk in map(row_id, codes) if pk is not None]


# --- words -----------------------------------------------------------------------------------------------------------
def words_of(field: OwnField) -> dict[str, Any]:
    """What may be chosen, which of it there is, and its words; nothing where there is nothing to choose."""
    if field.kind in KINDS:
        return {}
    if field.kind == OwnKind.PERSON:
        return {"offered": _people, "known": _known_people, "words": _people_words}
    if field.kind == OwnKind.YES_NO:
        answers = {values.YES: _("yes"), values.NO: _("no")}
        return {
            "offered": lambda user: list(answers.items()),
            "known": lambda: {code: code for code in answers},
            "words": lambda user, codes: {code: answers.get(code, code) for code in codes},
        }
    names = {one.code: one.name for one in field.choices}
    return {
        "offered": lambda user: [(one.code, one.name) for one in field.choices if one.used],
        "known": lambda: {code: code for code in names},
        "words": lambda user, codes: {code: names.get(code, code) for code in codes},
    }


def _people(user: User) -> list[tuple[str, Any]]:
    return [(str(person.pk), selectors.name_of(person)) for person in selectors.known_colleagues(user)]


def _known_people() -> Mapping[str, str]:
    ids = User.objects.order_by().values_list("pk", flat=True)  # unscoped: ids alone, whether they are there
    return {str(pk): str(pk) for pk in ids}


def _people_words(user: User, codes: Iterable[str]) -> Mapping[str, Any]:
    ids = _ids(codes)
    names = {str(row.pk): selectors.name_of(row) for row in User.objects.for_user(user).filter(pk__in=ids)}
    return {code: names.get(code, _("somebody whom you don't see")) for code in codes}
