"""The company's own fields as columns and orders of the customer list, for who may read them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from accounts.models import User
from accounts.scope import ScopedQuerySet
from customers.models import OwnField, own_fields
from customers.own import ordered, values
from customers.own.filters import sorting
from ui import cells
from ui.listing import Asked, Cell, Column
from workbench.customer_list import totals
from workbench.customer_list.rows import CustomerRow, form_of


def read_by_few() -> frozenset[str]:
    """The parameters of fields that a rule of masking hides from some."""
    return frozenset(name for field in own_fields() if field.readers for name in _params_of(field.field_name))


# --- orders ----------------------------------------------------------------------------------------------------------
def orders(user: User) -> dict[str, tuple[str, str]]:
    """By those whose values have an order."""
    return {one.field_name: (ordered.path_of(one), "pk") for one in sorting(user)}


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
            total=totals.of_own(field),
            edit=form_of(field.field_name),
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
