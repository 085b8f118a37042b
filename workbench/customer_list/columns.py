"""Heads of the customer list: sorting by links, the direction said aloud."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workbench.customer_list.listing import Listing


@dataclass(frozen=True)
class Head:
    """One column head; without url it doesn't sort."""

    label: str | Promise
    css: str = ""
    url: str = ""
    state: str = ""
    arrow: str = ""
    long: str | Promise = ""


LARGEST_FIRST = ("value",)  # the small ends of these are of no interest: the first click sorts them down
OWNER = _("Owner")
COLUMNS: tuple[tuple[str, str | Promise, str, str | Promise], ...] = (
    ("name", _("Customer"), "", ""),
    ("tier", _("Tier"), "", ""),
    ("", "RFM", "", _("recency, frequency, monetary value; 1 to 5 points")),
    ("", _("Lifecycle"), "wider", ""),
    ("", _("Phone"), "widest", ""),
    ("", OWNER, "wider", ""),
    ("contact", _("Last contact"), "", ""),
    ("next", _("Next follow-up"), "", ""),
    ("value", _("12 months"), "number", ""),
)


def heads(listing: Listing) -> list[Head]:
    """The heads for this list; a second click turns the order round."""
    return [_head(listing, *column) for column in COLUMNS if column[1] != OWNER or shows_owner(listing)]


def shows_owner(listing: Listing) -> bool:
    """Among one's own customers the owner is no news."""
    return listing.view != "mine"


def _head(listing: Listing, key: str, label: str | Promise, css: str, long: str | Promise) -> Head:
    if not key:
        return Head(label, css, long=long)
    state = {key: "ascending", f"-{key}": "descending"}.get(listing.sort, "")
    falls = state == "ascending" or (not state and key in LARGEST_FIRST)
    turned = f"-{key}" if falls else key
    arrow = {"ascending": " ↑", "descending": " ↓"}.get(state, "")
    return Head(label, css, f"?{listing.query(sort=turned)}", state, arrow)
