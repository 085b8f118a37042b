"""What a customer's history shows of this app: changes of tier."""

from datetime import date, timedelta

from django.db.models import DateTimeField, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast
from django.urls import reverse

from accounts.models import User
from core.contributions import TimelineEntry, TimelinePart
from customers.models import Customer
from segmentation import catalogue
from segmentation.following import by_rules
from segmentation.models import RuleSet, TierMove, TierOverride
from segmentation.selectors import scheme_of


def _move(customer: Customer, entry: TimelineEntry) -> None:
    entry.icon = "chart-column"
    scheme = scheme_of(customer)
    for side in ("before", "after"):
        entry.data[side] = catalogue.catalogue().get((scheme, entry.data[f"tier_{side}"]))
    if entry.data["rules"] and (on := entry.data["rules_on"]):
        entry.data["by_rules"] = by_rules(entry.data["rules"], date.fromisoformat(on) if isinstance(on, str) else on)
        entry.data["rules_url"] = reverse("rule_set_versions", args=[entry.data["tier_scheme"]])


def _moves(user: User, customer_id: int) -> QuerySet[TierMove]:
    """With the reason of the tier that a person had set, where that is what the night found; and since when the rules
    count that moved the customer."""
    set_by_hand = TierOverride.objects.for_user(user).filter(
        customer=OuterRef("customer"),
        tier=OuterRef("tier_after"),
        undone=False,
        created_at__date__lte=OuterRef("on") + timedelta(days=1),
        expires_on__gte=OuterRef("on"),
    )
    rows = TierMove.objects.for_user(user).filter(customer=customer_id)
    sets = RuleSet.objects.filter(scheme=OuterRef("tier_scheme"), number=OuterRef("rules"))
    return rows.annotate(
        by_hand=Subquery(set_by_hand.order_by("-pk").values("reason")[:1]),
        rules_on=Subquery(sets.values("effective_on")[:1]),
    )


def _by_hand(customer: Customer, entry: TimelineEntry) -> None:
    entry.icon = "hand"
    if until := entry.data.get("until"):
        entry.data["until"] = date.fromisoformat(until) if isinstance(until, str) else until
    entry.data["tier"] = catalogue.catalogue().get((entry.data["tier_scheme"], entry.data["tier"]))


TIER_MOVES = TimelinePart(
    "move",
    tab="changes",
    permission="score.view",
    rows=_moves,
    at=Cast(F("on"), DateTimeField()),
    fields={
        name: name
        for name in ("tier_scheme", "tier_before", "tier_after", "up", "r", "f", "m", "by_hand", "rules", "rules_on")
    },
    template="segmentation/timeline.html",
    describe=_move,
)
TIERS_SET = TimelinePart(
    "tier_set",
    tab="changes",
    permission="tier_override.view",
    rows=lambda user, customer_id: TierOverride.objects.for_user(user).filter(customer=customer_id, undone=False),
    at=F("created_at"),
    fields={
        "tier_scheme": "tier_scheme",
        "tier": "tier",
        "reason": "reason",
        "until": "expires_on",
        "by": "by__name",
    },
    template="segmentation/by_hand/timeline.html",
    describe=_by_hand,
)
TIERS_ENDED = TimelinePart(
    "tier_ended",
    tab="changes",
    permission="tier_override.view",
    rows=lambda user, customer_id: TierOverride.objects.for_user(user).filter(
        customer=customer_id, undone=False, ended_by__isnull=False
    ),
    at=F("ended_at"),
    fields={"tier_scheme": "tier_scheme", "tier": "tier", "by": "ended_by__name"},
    template="segmentation/by_hand/timeline.html",
    describe=_by_hand,
)
