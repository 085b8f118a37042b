"""The night's count of both sides of each comparison: hold-outs that run or have just ended, and pairs of the last
months."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Q

from core import clock, company, contributions
from segmentation.catalogue import catalogue
from segmentation.control.models import Compared, Comparison, HoldOut
from segmentation.models import Forecast, ScoreRun
from segmentation.nightsql import run_sql

JOB = "control"  # of the night
MONTHS = 6  # of pairs
LATE = timedelta(days=7)  # after its end a comparison is counted anew: entries come late
COUNTED = tuple(f.column for f in Compared._meta.concrete_fields if f.name not in ("id", "comparison", "partner"))
COMPLAINED, ANSWERED = "complained", "answered"  # TierFigure.compared_as


def control_count(business_date: date) -> Iterator[dict[str, Any]]:
    """Count each comparison that may have changed, a transaction each. Yields how many so far."""
    counts = {"hold_outs": 0, "months": 0}
    run = ScoreRun.objects.filter(published_at__isnull=False, as_of__lte=business_date).order_by("-as_of").first()
    for row in _hold_outs(business_date) if run else ():
        counts["hold_outs"] += int(run is not None and hold_out_count(row, run.as_of))
        yield counts
    for first in _months(business_date):
        counts["months"] += int(month_count(first))
        yield counts
    yield counts


def _hold_outs(business_date: date) -> list[HoldOut]:
    late = Q(ended_on=None) | Q(ended_on__gte=business_date - LATE) | Q(comparison=None)
    return list(HoldOut.objects.filter(late, began_on__isnull=False).order_by("pk"))


def _months(business_date: date) -> Iterator[date]:
    """The first days of the months of activities whose month after is over and not counted to its end yet."""
    months = clock.months_back(business_date, MONTHS + 2)
    counted = {row.first: row for row in Comparison.objects.filter(first__isnull=False)}
    Comparison.objects.filter(first__lt=months[0]).delete()
    for first, after in pairwise(months):
        ends = clock.month_end(after)
        if ends <= business_date and (first not in counted or business_date <= ends + LATE):
            yield first


@transaction.atomic
def hold_out_count(row: HoldOut, rated_on: date) -> bool:
    """Count both sides until the last rated day, or the last of the hold-out; False where none has passed."""
    until = min(rated_on, row.ended_on or rated_on)
    if row.began_on is None or until < row.began_on:
        return False
    values = {"since": row.began_on, "until": until, "high": _high(), "counted_at": clock.now()}
    comparison, _new = Comparison.objects.update_or_create(hold_out=row, defaults=values)
    with connection.cursor() as cursor:
        run_sql(cursor, "control_held", hold_out=row.pk)
        _keep(cursor, comparison)
    return True


@transaction.atomic
def month_count(first: date) -> bool:
    """Pair who had an activity in the month that begins on `first`, and count the month after; False where nobody
    predicted before it, or no night has rated its end."""
    begin, since = first - timedelta(days=1), clock.month_end(first) + timedelta(days=1)
    until = clock.month_end(since)
    rated = ScoreRun.objects.filter(published_at__isnull=False, as_of=until).exists()
    forecast = Forecast.objects.filter(as_of=begin, rows_kept=True, written_at__isnull=False).order_by("kind").first()
    if forecast is None or not rated:
        return False
    values = {"since": since, "until": until, "high": _high(), "counted_at": clock.now()}
    comparison, _new = Comparison.objects.update_or_create(first=first, defaults=values)
    zone = company.zone()
    treated: dict[str, Any] = {"treated_from": clock.day_bounds(first, zone)[0]}
    treated["treated_until"] = clock.day_bounds(since, zone)[0]
    with connection.cursor() as cursor:
        run_sql(cursor, "control_pairs", forecast=forecast.pk, begin=begin, **treated)
        cursor.execute(
            "SELECT tier_scheme || ':' || tier, count(*) FROM night_known WHERE treated GROUP BY tier_scheme, tier"
        )
        _keep(cursor, comparison, active=dict(cursor.fetchall()))
    return True


def _keep(cursor: CursorWrapper, comparison: Comparison, active: dict[str, int] | None = None) -> None:
    since, until, zone = comparison.since, comparison.until, company.zone()
    days: dict[str, Any] = {"since": since, "until": until, "begin": since - timedelta(days=1), "high": comparison.high}
    days |= {"from": clock.day_bounds(since, zone)[0], "to": clock.day_bounds(until, zone)[1]}
    run_sql(cursor, "control_outcomes", **days)
    codes = {COMPLAINED: "", ANSWERED: ""}
    for figure in contributions.registry().tier_figures.values():
        if figure.compared_as:
            figure.fill(cursor, since, until)
            codes[figure.compared_as] = figure.code
    columns = {"counted": COUNTED, "compared": ("comparison_id", *COUNTED)}
    run_sql(cursor, "control_keep", parts=columns, comparison=comparison.pk, **codes)  # type: ignore[arg-type]
    told = {
        key: (json.loads(said) if isinstance(said, str) else said)
        for key, said in run_sql(cursor, "control_told").fetchall()
    }
    for key, number in (active or {}).items():
        told.setdefault(key, {})["active"] = number
    Comparison.objects.filter(pk=comparison.pk).update(told=told)


def _high() -> list[str]:
    return sorted(f"{tier.scheme}:{tier.code}" for tier in catalogue().values() if tier.high_value)
