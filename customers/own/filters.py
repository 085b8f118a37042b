"""Own fields as filters of customers, in the list and over the API, for who reads them of everybody in reach."""

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

from accounts.models import User
from accounts.scope import ScopedQuerySet
from core import company
from customers import selectors
from customers.models import CHOOSING, OwnField, OwnKind, own_fields
from customers.own import ordered, values
from ui import formatting
from ui.forms import ByPinyin

PREFIX = "own_"


def readable(user: User) -> list[OwnField]:
    """The fields by which this person may narrow and sort."""
    return [field for field in own_fields() if values.reads_everywhere(user, field)]


def sorting(user: User) -> list[OwnField]:
    """Those of them whose values have an order."""
    return [field for field in readable(user) if field.kind in ordered.SORTED]


class _ColleagueField(filters.fields.ModelChoiceField):
    iterator = ByPinyin

    def label_from_instance(self, obj: User) -> str:
        return selectors.name_of(obj)


class _ColleagueFilter(filters.ModelChoiceFilter):
    field_class = _ColleagueField


def _colleagues(request: Any) -> QuerySet[User]:
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
