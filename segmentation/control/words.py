"""Hold-outs in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from segmentation import catalogue
from segmentation.control.models import ENDED, PLANNED, RUNNING, WITHDRAWN, Comparison, HoldOut
from segmentation.models import Tier
from ui import formatting

STATES: dict[str, Any] = {
    PLANNED: gettext_lazy("not begun yet"),
    RUNNING: gettext_lazy("running"),
    ENDED: gettext_lazy("ended"),
    WITHDRAWN: gettext_lazy("withdrawn"),
}


def tier_of(row: HoldOut) -> Tier | None:
    """None where no rule set has the tier any more."""
    return catalogue.catalogue().get((row.scheme, row.tier))


def hold_out_name(row: HoldOut) -> str:
    """As lists and the audit log call it."""
    tier = tier_of(row)
    words = {"tier": tier.name if tier else row.tier, "share": formatting.percent(row.share / 100)}
    return _("%(tier)s, %(share)s left out") % words


def days_of(row: HoldOut) -> str:
    """From when to when."""
    begins = formatting.day(row.began_on or row.starts_on)
    return begins if row.ended_on is None else f"{begins} – {formatting.day(row.ended_on)}"


def comparison_name(comparison: Comparison | None) -> str:
    """A hold-out, or the month of activities."""
    if comparison is None:
        return formatting.DASH
    if comparison.hold_out:
        return hold_out_name(comparison.hold_out)
    words = {"month": formatting.month(comparison.first or comparison.since)}
    return _("pairs: with and without an activity in %(month)s") % words
