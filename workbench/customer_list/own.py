"""The company's own fields as columns, orders and filters of the customer list, for who may read them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.http import Request
from accounts.models import User
from accounts.scope import ScopedQuerySet
from core import company
from customers import selectors
from customers.models import CHOOSING, OwnField, OwnKind, own_fields
from customers.own import ordered, values
from ui import cells, formatting
from ui.forms import ByPinyin
from ui.listing import Asked, Cell, Column
from workbench.customer_list.rows import CustomerRow

PREFIX = "own_"


def readable(user: User) -> list[OwnField]:
    """The fields by which this person may narrow and sort."""
    return [field for field in own_fields() if values.reads_everywhere(user, field)]


def read_by_few() -> frozenset[str]:
    """The parameters of fields that a rule of masking hides from some."""
    return frozenset(name for field in own_fields() if field.readers for name in _params_of(field.field_name))


# --- orders ----------------------------------------------------------------------------------------------------------
def orders(user: User) -> dict[str, tuple[str, str]]:
    """By those whose values have an order."""
    return {one.field_name: (ordered.path_of(one), "pk") for one in readable(user) if one.kind in ordered.SORTED}


def with_order(asked: Asked, rows: ScopedQuerySet) -> ScopedQuerySet:
    """The rows with what the list is sorted by, where that is an own field."""
    wanted = asked.sort.lstrip("-")
    field = next((one for one in own_fields() if one.field_name == wanted), None)
    return ordered.with_value(rows, field) if field and wanted in asked.orders else rows


# --- columns ---------------------------------------------------------------------------------------------------------
def columns(asked: Asked, beyond_pool: Callable[[Asked], bool]) -> tuple[Column, ...]:
    """A column of each field that the person may read of anybody: on wish, and while the list goes by it."""
    sorts = orders(asked.user)
    return tuple(
        Column(
            field.name,
            partial(_cell, field),
            css="number cell-score" if field.kind in ordered.NUMBERS else "cell-score",
            sort=field.field_name if field.field_name in sorts else "",
            typed=True,
            key=field.field_name,
            allowed=beyond_pool,
            shown=partial(_is_asked_for, field.field_name),
            load=("own",),
        )
        for field in own_fields()
        if not values.reads_nowhere(asked.user, field)
    )


def _params_of(name: str) -> tuple[str, ...]:
    """The parameters by which a field may be asked for; no code has a dash, so that none is another field."""
    return name, f"{name}-from", f"{name}-to"


def _is_asked_for(name: str, asked: Asked) -> bool:
    return asked.sort.lstrip("-") == name or any(one in asked.given for one in _params_of(name))


def _cell(field: OwnField, row: CustomerRow) -> Cell | str:
    held = None if row.limited else row.customer.own.get(field.code)
    return cells.DASH_CELL if held is None else values.words(field, held, row.people)


# --- filters ---------------------------------------------------------------------------------------------------------
class _ColleagueField(filters.fields.ModelChoiceField):
    iterator = ByPinyin

    def label_from_instance(self, obj: User) -> str:
        return selectors.name_of(obj)


class _ColleagueFilter(filters.ModelChoiceFilter):
    field_class = _ColleagueField


def _colleagues(request: Request) -> QuerySet[User]:
    return selectors.known_colleagues(request.user)


def offered(user: User) -> Mapping[str, filters.Filter]:
    """The filters of the fields that this person reads of everybody in reach, by the name of their parameter."""
    found: dict[str, filters.Filter] = {}
    for field in readable(user):
        found |= _filters(field)
    return found


def _filters(field: OwnField) -> dict[str, filters.Filter]:
    name = field.field_name
    if field.kind in CHOOSING:
        choices = [(one.code, one.name) for one in field.choices]
        return {name: filters.ChoiceFilter(label=field.name, choices=choices, method=partial(_holding, field))}
    if field.kind == OwnKind.YES_NO:
        choices = [(values.YES, _("yes")), (values.NO, _("no"))]
        return {name: filters.ChoiceFilter(label=field.name, choices=choices, method=partial(_holding, field))}
    if field.kind == OwnKind.PERSON:
        return {name: _ColleagueFilter(label=field.name, queryset=_colleagues, method=partial(_holding, field))}
    if field.kind == OwnKind.TEXT:
        begins = partial(_beginning, field)
        return {name: filters.CharFilter(label=field.name, max_length=values.MOST_TEXT, method=begins)}
    low, high = _("%(name)s from") % {"name": field.name}, _("%(name)s to") % {"name": field.name}
    if field.kind == OwnKind.DATE:
        made: Callable[..., filters.Filter] = partial(filters.DateFilter, widget=forms.DateInput({"type": "date"}))
    else:
        made = partial(filters.NumberFilter, max_digits=values.DIGITS + values.DECIMALS)
    return {
        f"{name}-from": made(label=low, method=partial(_from, field)),
        f"{name}-to": made(label=high, method=partial(_to, field)),
    }


def _holding(field: OwnField, rows: ScopedQuerySet, _name: str, value: Any) -> ScopedQuerySet:
    kept = value.pk if isinstance(value, User) else value == values.YES if field.kind == OwnKind.YES_NO else value
    return ordered.holding(rows, field, kept)


def _beginning(field: OwnField, rows: ScopedQuerySet, _name: str, value: str) -> ScopedQuerySet:
    return ordered.beginning_with(rows, field, value)


def _from(field: OwnField, rows: ScopedQuerySet, _name: str, value: Any) -> ScopedQuerySet:
    return ordered.between(rows, field, _bound(field, value), None)


def _to(field: OwnField, rows: ScopedQuerySet, _name: str, value: Any) -> ScopedQuerySet:
    return ordered.between(rows, field, None, _bound(field, value))


def _bound(field: OwnField, value: Decimal | date) -> Decimal | str:
    """As it is kept: amounts in minor units, days in ISO form."""
    if isinstance(value, date):
        return value.isoformat()
    if field.kind == OwnKind.MONEY:
        return Decimal(formatting.minor(value, company.currency()))
    return value
