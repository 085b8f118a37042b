"""A week before a tier set by hand ends, its customer's owner and who set it hear of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock
from core.notices import tell
from segmentation import catalogue
from segmentation.by_hand.selectors import in_force
from segmentation.models import TierOverride
from ui import formatting

TIER_ENDS = "tier_by_hand_ends"
AHEAD = timedelta(days=7)


def ends_told(business_date: date) -> dict[str, Any]:
    """The nightly job: tell of those that end within a week, each person once; repeatable."""
    today = clock.business_date()
    # unscoped: who is told owns the customer or set the tier, and sees the notice while that customer is in reach
    rows = TierOverride.objects.filter(in_force(today), expires_on__lte=today + AHEAD, customer__deleted_at=None)
    told = 0
    with transaction.atomic():
        for row in rows.select_related("customer__owner", "by").order_by("pk"):
            numbers = {"scheme": row.tier_scheme, "tier": row.tier, "until": row.expires_on.isoformat()}
            url = f"{reverse('tier_by_hand')}?customer={row.customer_id}"
            for person in filter(None, {row.customer.owner, row.by}):
                may = person.can("tier_override.change")
                tell(
                    user=person,
                    kind=TIER_ENDS,
                    key=f"{TIER_ENDS}:{row.pk}:{person.pk}",
                    source_id=row.pk,
                    customer=row.customer,
                    numbers=numbers,
                    url=url if may else "",
                )
            told += 1
    return {"ends": told}


def end_said(numbers: Mapping[str, Any]) -> str:
    """Which tier ends, and on which day."""
    tier = catalogue.catalogue().get((numbers["scheme"], numbers["tier"]))
    words = {
        "tier": tier.name if tier else numbers["tier"],
        "day": formatting.day_short(date.fromisoformat(numbers["until"])),
    }
    return _("The tier set by hand, %(tier)s, ends after %(day)s; then the rated tier shows again") % words
