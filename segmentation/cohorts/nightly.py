"""The sums of who bought again and of how sales are spread, counted after each night.

How sales are spread is kept of the last run of each month, twelve at most.
Who bought again is counted of the customers of whom something was written since the last time, as long as there was
one: the night notes them (`ToCount`, sql/finish.sql).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from core import clock
from core.contributions import NightlyJob
from segmentation.cohorts.amounts import EDGES
from segmentation.cohorts.models import AmountSum, CohortLook, CohortShare, CohortSum, ToCount
from segmentation.cohorts.periods import KEPT, MONTHS, SHOWN, Grain, begin, later, number
from segmentation.models import ScoreRun
from segmentation.night import NIGHTLY
from segmentation.nightsql import piece, run_sql
from segmentation.pages.figures import month_runs, published_runs
from segmentation.past import PAST_MONTHS
from segmentation.selectors import latest_run
from segmentation.together import add_together

OF_THEM = "o.customer_id IN (SELECT customer_id FROM cohort_whom)"


@transaction.atomic
def cohorts_keep(business_date: date) -> dict[str, Any]:
    """Sums as of the latest run."""
    run, look = latest_run(), CohortLook.objects.select_related("run").first()
    if run is None:
        for model in (CohortLook, CohortSum, CohortShare, ToCount, AmountSum):
            model._base_manager.all().delete()
        return {"sums": 0}
    with connection.cursor() as cursor:
        counted = cohorts_count(cursor, run, look.run.as_of if look and look.run.as_of <= run.as_of else None)
        amounts_keep(cursor, month_runs(list(published_runs()), run))
    CohortLook.objects.update_or_create(pk=1, defaults={"run": run, "at": clock.now()})
    return {"counted": counted}


def cohorts_count(cursor: CursorWrapper, run: ScoreRun, before: date | None) -> int:
    """Who bought again as of a run; only of whom it may differ from the day `before`, of everybody where that is None.
    Returns of how many customers."""
    words: dict[str, Any] = {"on": run.as_of, "before": before or run.as_of}
    for grain in Grain:
        start = later(begin(run.as_of, grain), grain, 1 - KEPT[grain])
        words |= {
            f"{grain.value}s": grain.value,
            f"{grain.value}s_begin": start,
            f"{grain.value}s_from": number(start) // MONTHS[grain],
            f"{grain.value}s_shown": SHOWN[grain],
        }
    run_sql(cursor, "cohort_whom", **words)
    whose = OF_THEM if before else "o.customer_id IS NOT NULL"
    counted = run_sql(cursor, "cohort_new", parts={"whose": whose}, **words)
    cursor.execute("SELECT count(*) FROM cohort_whom" if before else "SELECT count(*) FROM cohort_new")
    found: int = counted.fetchone()[0]
    of = "cohort_change" if before else "(SELECT 1 AS n, * FROM cohort_new)"
    name = "cohorts_few" if before else "cohorts"
    run_sql(cursor, name, parts={"cells": piece("cohort_cells", of=of)}, **words)
    add_together(cursor, CohortSum)
    return found


def amounts_keep(cursor: CursorWrapper, runs: Sequence[ScoreRun]) -> None:
    """How sales are spread as of each of these runs: those that weren't counted yet, or were published again since."""
    AmountSum.at_all_levels.exclude(run__in=runs).delete()
    counted = dict(AmountSum.objects.order_by().values_list("run").annotate(at=Min("counted_at")))
    for run in runs:
        if run.pk in counted and run.published_at is not None and run.published_at < counted[run.pk]:
            continue
        AmountSum.at_all_levels.filter(run=run).delete()
        words: dict[str, Any] = {
            "run": run.pk,
            "on": run.as_of,
            "published_at": run.published_at,
            "counted_at": clock.now(),
        }
        run_sql(cursor, "amounts", **words, edges=list(EDGES))
        add_together(cursor, AmountSum, "run_id = %(run)s", {"run": run.pk})


COHORTS = NightlyJob(
    "cohorts",
    cohorts_keep,
    _("Who bought again, how sales are spread"),
    after=(NIGHTLY.name, PAST_MONTHS.name),
    counts={"counted": _("%(n)s customers looked at")},
)
