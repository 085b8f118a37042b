"""The card on a customer's page: who set the tier by hand, why, until when, and what it is rated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import reach_of
from core import clock
from core.contributions import CustomerPanel, Folded
from customers.models import Customer
from segmentation import catalogue
from segmentation.models import ScoreInterval, Tier, TierOverride
from segmentation.selectors import scheme_of
from ui import formatting


@dataclass(frozen=True)
class ByHand:
    """The tier that a person set; `rated`: what the scores would give, None for an unrated customer."""

    tier: Tier | None
    rated: Tier | None
    by: str
    reason: str
    until: date
    may_change: bool


def _read(user: User) -> ArraySubquery:
    rated = ScoreInterval.objects.for_user(user).filter(customer=OuterRef("customer"), valid_to=None)
    rows = TierOverride.objects.for_user(user).filter(customer=OuterRef("pk"), ended_at=None)
    data = {
        "scheme": "tier_scheme",
        "tier": "tier",
        "by": "by__name",
        "reason": "reason",
        "until": "expires_on",
        "rated": Subquery(rated.values("rated_tier")[:1]),
    }
    return ArraySubquery(rows.values(data=JSONObject(**data))[:1])


def _draw(user: User, customer: Customer, found: list[dict[str, Any]] | None) -> ByHand | None:
    """Nothing once its last day has passed."""
    if not found:
        return None
    row, scheme, named = found[0], scheme_of(customer), catalogue.catalogue()
    until = date.fromisoformat(row["until"])
    if until < clock.business_date() or row["scheme"] != scheme:
        return None
    return ByHand(
        named.get((scheme, row["tier"])),
        named.get((scheme, row["rated"])),
        row["by"] or _("somebody who has left"),
        row["reason"],
        until,
        reach_of(user).holds(customer, "tier_override.change"),
    )


def _folded(customer: Customer, shown: ByHand) -> Folded:
    return Folded(_("Tier set by hand"), _("until %(day)s") % {"day": formatting.day_short(shown.until)})


BY_HAND_PANEL = CustomerPanel(
    "tier_by_hand",
    "right",
    "segmentation/by_hand/panel.html",
    15,
    permission="tier_override.view",
    read=_read,
    draw=_draw,
    folded=_folded,
)
