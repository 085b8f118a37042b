"""Own fields on a customer's page, in its file and in what a reveal shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.contributions import CustomerPanel, ExportColumn, ExportPart, Folded
from customers.models import Customer, OwnField, OwnKind, own_fields
from customers.own import values
from ui import formatting


def _load(user: User, customer: Customer) -> Mapping[int, str]:
    return values.people_of([customer])


def _draw(user: User, customer: Customer, people: Mapping[int, str]) -> list[tuple[str, str]] | None:
    """Nothing where the file holds nothing of them that the reader may read."""
    return values.shown(customer, people) or None


OWN_PANEL = CustomerPanel(
    "own",
    "left",
    "customers/panels/own.html",
    22,
    load=_load,
    draw=_draw,
    folded=lambda customer, found: Folded(_("Further facts"), formatting.number(len(found))),
)


# --- the list as a file ----------------------------------------------------------------------------------------------
def _cell(field: OwnField, row: tuple[Customer, Mapping[int, str]]) -> object:
    customer, people = row
    held = customer.own.get(field.code)
    if held is None:
        return None
    masked = field.code in customer.own_masked
    return str(held) if masked else values.cell(field, held, people)


def _columns(user: User) -> tuple[ExportColumn, ...]:
    """Those of which the reader may read anything of anybody."""
    return tuple(
        ExportColumn(field.name, partial(_cell, field), money=field.kind == OwnKind.MONEY, key=field.field_name)
        for field in own_fields()
        if not values.reads_nowhere(user, field)
    )


def _rows(user: User, customers: Sequence[Customer]) -> dict[int, Any]:
    people = values.people_of(customers)
    return {customer.pk: (customer, people) for customer in customers}


OWN_COLUMNS = ExportPart("customers", (), _rows, order=40, columns_of=_columns)
