"""The row of chips above the list: filters in force with their cross, and filters one tap away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Lifecycle, Warn
from segmentation import catalogue
from ui import formatting
from workbench.customer_list import drilldown
from workbench.customer_list.filters import SILENT_DAYS, UNRATED
from workbench.customer_list.listing import Listing


@dataclass(frozen=True)
class Chip:
    """A filter in force. `remove` is the address without it."""

    label: str
    value: str
    remove: str
    invalid: bool = False


@dataclass(frozen=True)
class Choice:
    """One value of a quick filter."""

    label: str
    url: str
    on: bool


def chips(listing: Listing) -> list[Chip]:
    """The filters in force, the drill-down and the search."""
    found = [Chip(_("Search"), listing.q, f"?{listing.query(q=None)}")] if listing.q else []
    if listing.drill:
        found.append(Chip(_("Figure"), listing.drill.label, f"?{_without_drill(listing)}"))
    fields = listing.filter.filters
    return found + [
        Chip(str(fields[name].label), _words(listing, name, value), f"?{listing.query(**{name: None})}")
        for name, value in listing.filter.valid.items()
    ]


def _without_drill(listing: Listing) -> str:
    return listing.query(**dict.fromkeys(drilldown.PARAMETERS))


def _words(listing: Listing, name: str, value: Any) -> str:
    """The value as its choice is called."""
    if name == "silent":
        return ngettext("over %(n)s day", "over %(n)s days", int(value)) % {"n": int(value)}
    if isinstance(value, date):
        return formatting.day(value)
    field = listing.filter.form.fields[name]
    names = dict(getattr(field, "choices", ())) if not hasattr(field, "queryset") else {}
    values = value if isinstance(value, list) else [value]
    return ", ".join(str(names.get(item, item)) for item in values)


def quick(listing: Listing) -> list[tuple[str, list[Choice]]]:
    """Filters that one tap sets, by heading."""
    silent = [(str(n), ngettext("over %(n)s day", "over %(n)s days", n) % {"n": n}) for n in SILENT_DAYS]
    rated = [*catalogue.choices(), (UNRATED, _("unrated"))]
    return [
        (_("Tier"), _choices(listing, "tier", rated)),
        (_("Lifecycle"), _choices(listing, "lifecycle", Lifecycle.choices)),
        (_("Churn warning"), _choices(listing, "warning", Warn.choices[1:])),
        (_("No contact"), _choices(listing, "silent", silent)),
    ]


def _choices(listing: Listing, name: str, values: list[tuple[str, Any]]) -> list[Choice]:
    now = listing.asked.getlist(name)
    return [
        Choice(str(label), f"?{listing.query(**{name: None if value in now else value})}", value in now)
        for value, label in values
    ]
