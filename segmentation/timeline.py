"""What a customer's history shows of this app: changes of tier and of lifecycle stage, and churn warnings."""

from datetime import date, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, DateTimeField, F, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, JSONObject
from django.urls import reverse

from accounts.models import User
from core.contributions import TimelineEntry, TimelinePart
from customers.models import Customer, Lifecycle, Warn
from segmentation import catalogue
from segmentation.cases.models import CaseStep, ChurnCause
from segmentation.cases.record import ENDS, STEP_ICONS
from segmentation.following import by_rules
from segmentation.models import ChurnCase, ChurnReason, RuleSet, ScoreInterval, TierMove, TierOverride
from segmentation.selectors import scheme_of
from segmentation.wording import reason_texts


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


# --- lifecycle stages ------------------------------------------------------------------------------------------------
def _stages(user: User, customer_id: int) -> QuerySet[ScoreInterval]:
    """The intervals that began with another stage than the one before had."""
    earlier = ScoreInterval.objects.filter(customer=OuterRef("customer"), valid_from__lt=OuterRef("valid_from"))
    before = Subquery(earlier.order_by("-valid_from").values("lifecycle")[:1])
    rows = ScoreInterval.objects.for_user(user).filter(customer=customer_id).annotate(stage_before=before)
    return rows.filter(stage_before__isnull=False).exclude(stage_before=F("lifecycle"))


def _lifecycle(customer: Customer, entry: TimelineEntry) -> None:
    entry.icon, words = "refresh-cw", dict(Lifecycle.choices)
    entry.tone = "bad" if entry.data["after"] in (Lifecycle.DORMANT, Lifecycle.LOST) else ""
    for side in ("before", "after"):
        entry.data[side] = words.get(entry.data[side], entry.data[side])


LIFECYCLE = TimelinePart(
    "lifecycle",
    tab="changes",
    permission="score.view",
    rows=_stages,
    at=Cast(F("valid_from"), DateTimeField()),
    fields={"before": "stage_before", "after": "lifecycle"},
    template="segmentation/timeline_lifecycle.html",
    describe=_lifecycle,
)


# --- churn warnings --------------------------------------------------------------------------------------------------
def _cases(user: User, customer_id: int) -> QuerySet[ChurnCase]:
    why = ChurnReason.objects.filter(case=OuterRef("pk")).order_by("position")
    rows = ChurnCase.objects.for_user(user).filter(customer=customer_id)
    return rows.annotate(why=ArraySubquery(why.values(data=JSONObject(code="code", numbers="numbers"))))


def _opened(customer: Customer, entry: TimelineEntry) -> None:
    data = entry.data
    entry.icon, entry.tone = "triangle-alert", "bad" if data["level"] == Warn.RED else "warm"
    ended = date.fromisoformat(data["closed_on"]) if data["closed_on"] else None
    reasons = ((reason["code"], reason["numbers"]) for reason in data["why"])
    data["reasons"] = reason_texts(reasons, None if ended else customer.facts, closed_on=ended)


def _closed(customer: Customer, entry: TimelineEntry) -> None:
    data = entry.data
    entry.icon, entry.tone = ENDS[data["state"]]
    data["state_word"] = ChurnCase.State(data["state"]).label
    data["cause"] = ChurnCause(name_en=data["cause_en"], name_zh=data["cause_zh"]).name if data["cause_en"] else ""


def _case_steps(user: User, customer_id: int) -> QuerySet[CaseStep]:
    """What people did with a warning before its end, with whom it was given to."""
    cases = ChurnCase.objects.for_user(user).filter(customer=customer_id)
    rows = CaseStep.objects.filter(case__in=cases, undone=False).exclude(kind=CaseStep.Kind.CLOSED)
    # unscoped: the name stands in the record of a case that one sees
    given_to = User.objects.filter(pk=Cast(OuterRef("given_to"), BigIntegerField()))
    return rows.annotate(given_to=KT("after__in_charge_id")).annotate(to=Subquery(given_to.values("name")))


def _case_step(customer: Customer, entry: TimelineEntry) -> None:
    entry.icon = STEP_ICONS[entry.data["kind"]]
    entry.data["step_word"] = CaseStep.Kind(entry.data["kind"]).label


WARNINGS = TimelinePart(
    "warning",
    tab="changes",
    permission="warning.view",
    rows=_cases,
    at=Cast(F("opened_on"), DateTimeField()),
    fields={"level": "level", "why": "why", "closed_on": "closed_on"},
    template="segmentation/timeline_warning.html",
    describe=_opened,
)
WARNINGS_CLOSED = TimelinePart(
    "warning_closed",
    tab="changes",
    permission="warning.view",
    rows=lambda user, customer_id: ChurnCase.objects.for_user(user).filter(
        customer=customer_id, closed_at__isnull=False
    ),
    at=F("closed_at"),
    fields={
        "state": "state",
        "reason": "close_reason",
        "cause_en": "cause__name_en",
        "cause_zh": "cause__name_zh",
        "by": "closed_by__name",
    },
    template="segmentation/timeline_warning_closed.html",
    describe=_closed,
)
WARNING_STEPS = TimelinePart(
    "warning_step",
    tab="changes",
    permission="warning.view",
    rows=_case_steps,
    at=F("at"),
    fields={"kind": "kind", "by": "by__name", "to": "to", "case": "case_id"},
    template="segmentation/timeline_warning_step.html",
    describe=_case_step,
)
PARTS = (TIER_MOVES, TIERS_SET, TIERS_ENDED, LIFECYCLE, WARNINGS, WARNINGS_CLOSED, WARNING_STEPS)
