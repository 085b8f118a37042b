"""The night's sums of what became of the customers of each tier: a month each, counted anew where it can differ."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from core import clock, contributions, sql
from core.company import currency
from segmentation.catalogue import catalogue
from segmentation.effect.models import EffectMonth, EffectPart, EffectSum, Standing
from segmentation.models import ScoreRun
from segmentation.nightsql import run_sql
from segmentation.pages.figures import month_runs
from segmentation.pages.spans import Kind, Span, run_before
from segmentation.selectors import published_runs
from segmentation.together import add_together
from ui import formatting

JOB = "tier_effect"  # of the night
MONTHS = 13  # kept
LATE = timedelta(days=7)  # after a month's end it is counted anew: entries come late


def effect_keep(business_date: date) -> Iterator[dict[str, Any]]:
    """Count each month that may have changed since it was counted; a transaction a month. Yields how many rows were
    kept so far."""
    runs = list(published_runs().filter(as_of__gte=clock.months_back(business_date, MONTHS + 1)[0]))
    ends = month_runs(runs, runs[0], MONTHS) if runs else []
    EffectMonth.objects.exclude(first__in=[run.as_of.replace(day=1) for run in ends]).delete()
    counted, kept = {month.first: month for month in EffectMonth.objects.select_related("run")}, 0
    for run in ends:
        begin = run_before(runs, run.as_of.replace(day=1))
        if begin is not None and _differs(counted.get(run.as_of.replace(day=1)), begin, run, business_date):
            kept += month_count(begin, run)
            yield {"sums": kept}
    yield {"sums": kept}


def _differs(month: EffectMonth | None, begin: ScoreRun, run: ScoreRun, business_date: date) -> bool:
    if month is None or (month.run_id, month.begun_on) != (run.pk, begin.as_of):
        return True
    late = business_date <= run.as_of + LATE
    return late or any(one.published_at and one.published_at > month.counted_at for one in (begin, run))


@transaction.atomic
def month_count(begin: ScoreRun, run: ScoreRun) -> int:
    """Keep the sums of the month that ends with `run`, in place of those it had; returns how many."""
    span = Span(Kind.MONTH, run.as_of.replace(day=1), run.as_of)
    EffectMonth.objects.filter(first=span.first).delete()
    high = sorted(f"{tier.scheme}:{tier.code}" for tier in catalogue().values() if tier.high_value)
    month = EffectMonth.objects.create(first=span.first, run=run, begun_on=begin.as_of, high=high)
    with connection.cursor() as cursor:
        words: dict[str, Any] = dict(sql.choices(standing=Standing))
        words |= {"first": span.first, "on": run.as_of, "begun_on": begin.as_of, "high": high}
        words |= {"days": (span.last - span.first).days + 1, "window_days": begin.window_days}
        run_sql(cursor, "effect_of", **words, minor=10 ** formatting.minor_digits(currency()))
        for figure in contributions.registry().tier_figures.values():
            figure.fill(cursor, span.first, run.as_of)
        kept = run_sql(cursor, "effect_sums", month=month.pk).rowcount
        for model in (EffectPart, EffectSum):
            add_together(cursor, model, "month_id = %(month)s", {"month": month.pk})
        return kept
