"""What a customer's history shows of this app: changes of tier."""

from django.db.models import DateTimeField, F
from django.db.models.functions import Cast

from core.contributions import TimelineEntry, TimelinePart
from customers.models import Customer
from segmentation import catalogue
from segmentation.models import TierMove
from segmentation.selectors import scheme_of


def _move(customer: Customer, entry: TimelineEntry) -> None:
    entry.icon = "chart-column"
    scheme = scheme_of(customer)
    for side in ("before", "after"):
        entry.data[side] = catalogue.catalogue().get((scheme, entry.data[f"tier_{side}"]))


TIER_MOVES = TimelinePart(
    "move",
    tab="changes",
    permission="score.view",
    rows=lambda user, customer_id: TierMove.objects.for_user(user).filter(customer=customer_id),
    at=Cast(F("on"), DateTimeField()),
    fields={name: name for name in ("tier_before", "tier_after", "up", "r", "f", "m")},
    template="segmentation/timeline.html",
    describe=_move,
)
