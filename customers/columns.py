"""Columns that files of a customer's rows share: whose row it is."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.contributions import ExportColumn


def _owner(row: Any) -> str:
    return row.customer.owner.name if row.customer and row.customer.owner else ""


# Of rows with a `customer`, its owner loaded; empty for one without.
WHOSE = (
    ExportColumn(_("customer number"), lambda row: row.customer.number if row.customer else ""),
    ExportColumn(_("customer"), lambda row: row.customer.name if row.customer else ""),
    ExportColumn(_("owner"), _owner),
)
