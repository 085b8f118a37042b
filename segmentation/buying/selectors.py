"""Reads of rhythms and of what is missing to a high-value tier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial, reduce
from operator import or_

from django.db.models import Q
from django.db.models.expressions import RawSQL

from core import clock
from core.memo import Memo
from customers.models import Customer, facts_of
from segmentation import tiers
from segmentation.buying import gaps, rising
from segmentation.buying.models import UsualGap
from segmentation.buying.steps_sql import Steps
from segmentation.catalogue import catalogue, high_value, ordered
from segmentation.entries import ENTRIES, keys
from segmentation.models import CutPoints
from segmentation.selectors import definitions, latest_run, rule_sets_of, scheme_of


# --- usual intervals ----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Usual:
    """Quartiles in days, of so many customers; `tier`: whether of that tier alone."""

    quartiles: gaps.Quartiles
    customers: int
    tier: bool


def _usual() -> Mapping[tuple[str, str, str], Usual]:
    last = UsualGap.objects.order_by("-kept_on").values_list("kept_on", flat=True).first()
    return {
        (row.of, row.tier_scheme, row.tier): Usual(
            gaps.Quartiles(row.low, row.middle, row.high), row.customers, bool(row.tier)
        )
        for row in (UsualGap.objects.filter(kept_on=last) if last else ())
    }


# Those that were kept last; a new month's show within a minute.
usual_gaps = Memo(_usual)


def usual_of_tier(scheme: str, tier: str) -> Usual | None:
    """Between purchases of a tier's customers, else of the scheme's, else of all; None of too few."""
    kept = usual_gaps()
    keys = ((UsualGap.Of.REPEAT, scheme, tier), (UsualGap.Of.REPEAT, scheme, ""), (UsualGap.Of.REPEAT, "", ""))
    return next((kept[key] for key in keys if key in kept), None)


def usual_second(scheme: str) -> Usual | None:
    """From the first purchase to the second one, of the scheme, else of all; None of too few."""
    kept = usual_gaps()
    return kept.get((UsualGap.Of.SECOND, scheme, "")) or kept.get((UsualGap.Of.SECOND, "", ""))


def second_purchase(where: str, today: date) -> Q:
    """One-time buyers who are early, due or late, by the usual interval of their scheme; nobody where none is known."""
    return reduce(or_, (_stands(scheme, where, today) for scheme in (tiers.B2C, tiers.B2B)))


def _stands(scheme: str, where: str, today: date) -> Q:
    usual = usual_second(scheme)
    if usual is None:
        return Q(pk__in=[])
    of = Q(kind="company") if scheme == tiers.B2B else ~Q(kind="company")
    soonest = today - timedelta(days=usual.quartiles.low)
    latest = today - timedelta(days=usual.quartiles.high)
    bought = {
        gaps.EARLY: Q(buying_rhythm__last_on__gt=soonest),
        gaps.DUE: Q(buying_rhythm__last_on__lte=soonest, buying_rhythm__last_on__gte=latest),
        gaps.LATE: Q(buying_rhythm__last_on__lt=latest),
    }
    return of & bought[where]


# --- one step below -----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Ladder:
    """By scheme, from which scores one step leads into a high-value tier; and the cut-points in force.

    Where rules ask for more than R, F and M, customers are rated one by one: by `further`.
    """

    steps: Mapping[str, Mapping[rising.Cell, str]]
    further: Mapping[str, Further]
    cuts: CutPoints | None


@dataclass(frozen=True)
class Further:
    """A rule set that asks for more than R, F and M: its high-value tiers, and the same in SQL."""

    definition: tiers.Definition
    high: frozenset[str]
    ask: rising.Ask
    sql: Steps

    def is_high(self, values: tiers.Values) -> bool:
        """Whether these values would earn a tier that counts as high-value."""
        return tiers.tier_by(self.definition, values) in self.high


def _rated(definition: tiers.Definition, r: int, f: int, m: int) -> str:
    return tiers.tier_by(definition, {"r": r, "f": f, "m": m})


def _ladder() -> Ladder:
    run = latest_run()
    found = definitions(rule_sets_of(run.as_of if run else clock.business_date()))
    cuts = run.cut_points if run else None
    steps: dict[str, Mapping[rising.Cell, str]] = {}
    further: dict[str, Further] = {}
    for scheme, one in found.items():
        high = {tier.code for tier in ordered([scheme]) if tier.high_value}
        if one.asked <= frozenset(tiers.SCORES):
            steps[scheme] = rising.steps_up(partial(_rated, one), high)
        elif cuts is not None and high:
            ask = rising.Ask.of(one, cuts.f, cuts.m)
            further[scheme] = Further(one, frozenset(high), ask, Steps(scheme, one, high, ask, keys(one.asked)))
    return Ladder(steps, further, cuts)


# The rules and cut-points in force; others show within a minute.
ladder = Memo(_ladder)


def one_step_below() -> Q:
    """Customers from whose scores one step leads into a high-value tier."""
    found = Q(pk__in=[])
    for scheme, steps in ladder().steps.items():
        of = Q(kind="company") if scheme == tiers.B2B else ~Q(kind="company")
        by_f_m: dict[tuple[int, int], list[int]] = {}
        for r, f, m in steps:
            by_f_m.setdefault((f, m), []).append(r)
        for (f, m), recent in by_f_m.items():
            found |= of & Q(facts__r__in=recent, facts__f=f, facts__m=m)
    for one in ladder().further.values():
        # What of it isn't a parameter is this app's own text and numbers (steps_sql.py).
        found |= Q(pk__in=RawSQL(one.sql.sql, one.sql.values))  # noqa: S611
    return found & ~high_value()


def missing_of(customer: Customer) -> rising.Missing | None:
    """What this customer lacks; None where it isn't one step below, or nobody reaches the next score."""
    known, scheme, facts = ladder(), scheme_of(customer), facts_of(customer)
    tier = catalogue().get((scheme, facts.tier))
    if tier is not None and tier.high_value:
        return None
    if scheme in known.further:
        one = known.further[scheme]
        return rising.lacking(one.is_high, one.ask, values_of(customer))
    step = known.steps.get(scheme, {}).get((facts.r or 0, facts.f or 0, facts.m or 0))
    if step is None or known.cuts is None:
        return None
    return rising.missing(
        step,
        f=facts.f or 0,
        m=facts.m or 0,
        frequency=facts.frequency or 0,
        monetary=facts.monetary or 0,
        cuts_f=known.cuts.f,
        cuts_m=known.cuts.m,
    )


def values_of(customer: Customer) -> dict[str, tiers.Value]:
    """What the rules ask of a customer, as the last night left it."""
    facts = facts_of(customer)
    return {
        **{"r": facts.r, "f": facts.f, "m": facts.m, "amount": facts.monetary, "orders": facts.frequency},
        **{"interaction": facts.interaction_score, "potential": facts.potential, "health": facts.health},
        **{"feedback": facts.last_csat, "satisfaction": facts.satisfaction, "loyalty": facts.loyalty},
        **{of: entry.code for of in ENTRIES if (entry := getattr(customer, of))},
    }


def expected_within(days: int) -> Q:
    """Customers whose next purchase is expected from today on within so many days."""
    today = clock.business_date()
    return Q(facts__next_order_on__gte=today, facts__next_order_on__lte=today + timedelta(days=days))


def expected_before_today() -> Q:
    """Customers whose next purchase was expected before today."""
    return Q(facts__next_order_on__lt=clock.business_date())
