"""What tonight would say of one customer, by the pure rules of this app and the customer's orders up to now.

The same definitions as the night's SQL (docs/algorithms/): a test compares the two over random companies. It reads the
cut-points and parameters in force; a night that calibrates or fits anew may say something else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from django.db import connection
from django.utils import timezone

from core import clock, company, sql
from customers.models import Customer, CustomerFacts, facts_of
from sales.models import Order
from segmentation import churn, lifecycle, rfm, tiers
from segmentation.class_limits import limits_of
from segmentation.entries import ENTRIES
from segmentation.models import (
    ChurnCase,
    ChurnParams,
    CutPoints,
    ScoreInterval,
    ScoreRun,
    ScoringSettings,
    TierOverride,
)
from segmentation.nightsql import WORDS
from segmentation.rating import rating_as_of
from segmentation.selectors import cut_points, latest_run, limits, parameters, scheme_of, scoring_settings

HALF = 180  # days


@dataclass(frozen=True)
class Day:
    """One order day, as in sql/days.sql: orders of any amount, purchases, the net amount, amounts of the purchases."""

    on: date
    orders: int
    bought: int
    net: int
    amounts: list[int]


@dataclass(frozen=True)
class Score:
    """What a night stores of a customer, and the chances that it reckons when it is read."""

    as_of: date
    window_days: int
    last_on: date | None
    recency_days: int | None
    frequency: int
    purchase_days: int
    monetary: int
    r: int | None
    f: int | None
    m: int | None
    segment8: str
    group5: str
    grade4: str
    segment11: str
    tier_scheme: str
    rated_tier: str
    tier: str
    lifecycle: str
    warning: str
    p_buy: float | None
    p_buy_at_last: float | None


@dataclass(frozen=True)
class Rules:
    """What a night would rate by."""

    settings: ScoringSettings
    window: int
    cuts: rfm.CutPoints
    params: ChurnParams | None


def rules_of(run: ScoreRun | None, settings: ScoringSettings, as_of: date) -> Rules | None:
    """Those in force; None before the first night, which freezes the first cut-points.

    Where other days count than on the last night, the coming one calibrates anew: until then its days still count.
    """
    known = CutPoints.objects.filter(manual=settings.manual_cuts, calibrated_on__lte=as_of)
    if not settings.manual_cuts:
        known = known.filter(window_days=settings.window_days)
    cuts, window = known.order_by("-calibrated_on", "-id").first(), settings.window_days
    if cuts is None and run is not None:
        cuts, window = run.cut_points, run.window_days
    return Rules(settings, window, cut_points(cuts), run.churn_params if run else None) if cuts else None


def score_now(customer: Customer, as_of: date | None = None) -> Score | None:
    """The score of one customer with its facts as of a day, by default today; None before the first night."""
    day = as_of or clock.business_date()
    rules = rules_of(latest_run(), scoring_settings(), day)
    return _score(customer, day, rules) if rules else None


def _score(customer: Customer, as_of: date, rules: Rules) -> Score:
    start = as_of - timedelta(days=rules.window - 1)
    known = _days(customer, as_of)
    ordered = [day.on for day in known if day.orders]
    ever = [day.on for day in known if day.bought]
    window = [day for day in known if day.on >= start]
    recent = [day.on for day in window if day.bought]
    frequency, monetary = sum(day.bought for day in window), sum(day.net for day in window)
    last = ever[-1] if ever else None
    recency = (as_of - last).days if last and recent else None
    cell = None
    if recency is not None:
        scores = rfm.score_customer(rfm.Measures(recency, frequency, monetary), rules.cuts)
        cell = next(one for one in rfm.cells() if (one.r, one.f, one.m) == scores)
    scheme = scheme_of(customer)
    before = ScoreInterval.objects.filter(customer=customer, valid_to=None, valid_from__lte=as_of).first()
    definition = rating_as_of(as_of).definitions[scheme]
    values: dict[str, tiers.Value] = {}
    if cell:
        values = {"r": cell.r, "f": cell.f, "m": cell.m, "amount": monetary, "orders": frequency}
        values |= _further(facts_of(customer)) | _of_the_file(customer, definition)
    rated = tiers.tier_of(
        definition,
        values,
        previous=before.rated_tier if before else None,
        bought_before=bool(ever),
    )
    outlook = _outlook(ordered, as_of, rules)
    return Score(
        as_of=as_of,
        window_days=rules.window,
        last_on=last,
        recency_days=recency,
        frequency=frequency,
        purchase_days=len(recent),
        monetary=monetary,
        r=cell.r if cell else None,
        f=cell.f if cell else None,
        m=cell.m if cell else None,
        segment8=cell.segment8 if cell else "",
        group5=cell.group5 if cell else "",
        grade4=cell.grade4 if cell else "",
        segment11=cell.segment11 if cell else "",
        tier_scheme=scheme,
        rated_tier=rated,
        tier=_by_hand(customer, scheme, as_of, definition) or rated,
        lifecycle=lifecycle.stage(
            days_ever=len(ever),
            days_in_window=len(recent),
            recency=(as_of - last).days if last else None,
            r=cell.r if cell else None,
            limits=limits_of(rules.settings, rules.window),
        ),
        warning=_warning(customer, known, recent, before, outlook, as_of, rules),
        p_buy=outlook.p_now if outlook else None,
        p_buy_at_last=outlook.p_last if outlook else None,
    )


def _days(customer: Customer, as_of: date) -> list[Day]:
    with connection.cursor() as cursor:
        sql.run(cursor, "segmentation", "now", WORDS | {"customer": customer.pk, "as_of": as_of})
        return [Day(on, orders, bought, net, amounts or []) for on, orders, bought, net, amounts in cursor.fetchall()]


def _outlook(ordered: list[date], as_of: date, rules: Rules) -> churn.Outlook | None:
    if not ordered or rules.params is None:
        return None
    t_x, age = (ordered[-1] - ordered[0]).days, (as_of - ordered[0]).days
    return churn.outlook(parameters(rules.params), len(ordered) - 1, t_x, age, rules.settings.horizon_days)


def _further(facts: CustomerFacts) -> dict[str, tiers.Value]:
    """Further scores that a rule set may look at, as the last night left them."""
    return {
        "interaction": facts.interaction_score,
        "potential": facts.potential,
        "health": facts.health,
        "feedback": facts.last_csat,
        "satisfaction": facts.satisfaction,
        "loyalty": facts.loyalty,
    }


def _of_the_file(customer: Customer, definition: tiers.Definition) -> dict[str, tiers.Value]:
    """The entries of the customer's file that the rule set looks at."""
    return {of: entry.code for of in ENTRIES if of in definition.asked and (entry := getattr(customer, of))}


def _by_hand(customer: Customer, scheme: str, as_of: date, definition: tiers.Definition) -> str | None:
    stands = TierOverride.objects.filter(customer=customer, ended_at=None, tier_scheme=scheme, expires_on__gte=as_of)
    return stands.filter(tier__in=definition.tiers).values_list("tier", flat=True).first()


# --- the warning ------------------------------------------------------------------------------------------------------
def _warning(
    customer: Customer,
    known: list[Day],
    recent: list[date],
    before: ScoreInterval | None,
    outlook: churn.Outlook | None,
    as_of: date,
    rules: Rules,
) -> str:
    ordered = [day.on for day in known if day.orders]
    if not ordered:
        return churn.NONE
    last = max((day.on for day in known if day.bought), default=None)
    watch = churn.Watch(
        order_days=len(ordered),
        in_window=bool(recent),
        open_order=_has_open_order(customer, as_of),
        bought_since=bool(before and before.last_on and last and last > before.last_on),
        false_alarm=_is_called_off(customer, last),
    )
    silent, cycle = (as_of - ordered[-1]).days, churn.cycle([day.toordinal() for day in ordered])
    bounds = limits(rules.settings)
    level = churn.judge(
        before.warning if before else churn.NONE,
        watch,
        None if rules.settings.fixed_rule else outlook,
        fallback=churn.fixed_level(silent, cycle.median, cycle.intervals, bounds),
        limits=bounds,
    ).level
    watched = watch.in_window and watch.order_days >= 2 and not watch.open_order and not watch.false_alarm
    if level == churn.NONE and watched and rules.settings.openers:
        signs = _signs(facts_of(customer), known, silent, cycle, outlook, as_of, rules.settings.horizon_days)
        if {reason.code for reason in churn.reasons(signs, bounds)} & set(rules.settings.openers):
            return churn.YELLOW
    return level


def _has_open_order(customer: Customer, as_of: date) -> bool:
    # unscoped: of the customer whose score is asked for
    rows = Order.objects.filter(customer=customer, state=Order.State.OPEN, kind=Order.Kind.PURCHASE)
    return rows.filter(ordered_on__lte=as_of).exists()


def _is_called_off(customer: Customer, last: date | None) -> bool:
    by_people = ChurnCase.objects.filter(
        customer=customer, state__in=[ChurnCase.State.FALSE_ALARM, ChurnCase.State.LOST], closed_by__isnull=False
    )
    return last is not None and by_people.filter(closed_on__gte=last).exists()


def _signs(
    facts: CustomerFacts,
    known: list[Day],
    silent: int,
    cycle: churn.Cycle,
    outlook: churn.Outlook | None,
    as_of: date,
    horizon: int,
) -> churn.Signs:
    half, year = as_of - timedelta(days=HALF), as_of - timedelta(days=2 * HALF)
    late = [day for day in known if day.on > half]
    early = [day for day in known if year < day.on <= half]
    amounts = [amount for day in known for amount in day.amounts]
    contact = facts.last_contact_at
    complaints = [day for day in facts.complaints_on or [] if half < day <= as_of]
    return churn.Signs(
        silent=silent,
        cycle=cycle,
        outlook=outlook,
        horizon=horizon,
        days_last_half=sum(day.bought > 0 for day in late),
        days_before=sum(day.bought > 0 for day in early),
        net_last_half=sum(day.net for day in late),
        net_before=sum(day.net for day in early),
        median_order=float(median(amounts)) if amounts else None,
        contact_silent=(as_of - timezone.localdate(contact, company.zone())).days if contact else None,
        contact_planned=facts.contact_every_days,
        open_complaints=facts.open_complaints or 0,
        complaints_180=len(complaints),
        csat=facts.last_csat,
    )
