"""Columns that lists and files of a customer's rows share: whose row it is."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.contributions import ExportColumn
from customers.models import Customer
from ui import cells


def customer_cell(customer: Customer) -> SafeString:
    """The customer of a row, with the way to the page."""
    return cells.customer(customer.name, cells.row_url("customer", customer.pk), customer.kind)


def tiered_customer_cell(customer: Customer, tier: Any) -> SafeString:
    """The same with the tier beside the name; None = not rated yet."""
    return format_html("{} {}", customer_cell(customer), cells.tier(tier))


def owner_cell(row: Any) -> cells.Cell:
    """Whose the customer of a row is."""
    return cells.person_cell(row.customer.owner.name if row.customer.owner else None)


def _owner(row: Any) -> str:
    return row.customer.owner.name if row.customer and row.customer.owner else ""


# Of rows with a `customer`, its owner loaded; empty for one without.
WHOSE = (
    ExportColumn(_("customer number"), lambda row: row.customer.number if row.customer else ""),
    ExportColumn(_("customer"), lambda row: row.customer.name if row.customer else ""),
    ExportColumn(_("owner"), _owner),
)
