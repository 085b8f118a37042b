"""Reads of rhythms and of what is missing to a high-value tier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial, reduce
from operator import or_

from django.db.models import Q

from core import clock
from core.memo import Memo
from customers.models import CustomerFacts
from segmentation import tiers
from segmentation.buying import gaps, rising
from segmentation.buying.models import UsualGap
from segmentation.catalogue import catalogue, high_value, ordered
from segmentation.models import CutPoints
from segmentation.selectors import definitions, latest_run, rule_sets_of


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

    A scheme whose rules ask for more than R, F and M has no steps: there one step of a score tells too little.
    """

    steps: Mapping[str, Mapping[rising.Cell, str]]
    cuts: CutPoints | None


def _rated(definition: tiers.Definition, r: int, f: int, m: int) -> str:
    return tiers.tier_by(definition, {"r": r, "f": f, "m": m})


def _ladder() -> Ladder:
    run = latest_run()
    found = definitions(rule_sets_of(run.as_of if run else clock.business_date()))
    steps = {
        scheme: rising.steps_up(
            partial(_rated, one),
            {tier.code for tier in ordered([scheme]) if tier.high_value},
        )
        for scheme, one in found.items()
        if one.asked <= frozenset(tiers.SCORES)
    }
    return Ladder(steps, run.cut_points if run else None)


# The rules and cut-points in force; others show within a minute.
ladder = Memo(_ladder)


def untold_schemes() -> list[str]:
    """Schemes of which nobody can be said to be one step below."""
    return [scheme for scheme in tiers.SCHEMES if scheme not in ladder().steps]


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
    return found & ~high_value()


def missing_of(scheme: str, facts: CustomerFacts) -> rising.Missing | None:
    """What this customer lacks; None where it isn't one step below, or nobody reaches the next score."""
    known = ladder()
    step = known.steps.get(scheme, {}).get((facts.r or 0, facts.f or 0, facts.m or 0))
    tier = catalogue().get((scheme, facts.tier))
    if step is None or known.cuts is None or (tier is not None and tier.high_value):
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


def expected_within(days: int) -> Q:
    """Customers whose next purchase is expected from today on within so many days."""
    today = clock.business_date()
    return Q(facts__next_order_on__gte=today, facts__next_order_on__lte=today + timedelta(days=days))


def expected_before_today() -> Q:
    """Customers whose next purchase was expected before today."""
    return Q(facts__next_order_on__lt=clock.business_date())
