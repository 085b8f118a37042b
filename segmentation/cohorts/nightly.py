"""The sums of who bought again and of how sales are spread, counted after each night.

Who bought again is counted of the customers of whom something was written since the last time, as long as there was
one: the night notes them (`ToCount`, sql/finish.sql).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext_lazy as _

from core import clock
from core.contributions import NightlyJob
from segmentation.cohorts.amounts import EDGES
from segmentation.cohorts.models import AmountSum, CohortLook, CohortShare, CohortSum, ToCount
from segmentation.cohorts.periods import KEPT, MONTHS, SHOWN, Grain, begin, later, number
from segmentation.models import ScoreRun
from segmentation.night import NIGHTLY
from segmentation.nightsql import piece, run_sql
from segmentation.selectors import latest_run

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
        _amounts_keep(cursor, run, look)
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
    return found


def _amounts_keep(cursor: CursorWrapper, run: ScoreRun, look: CohortLook | None) -> None:
    """How sales are spread as of the latest run, if it is another one or was published again."""
    stands = look is not None and look.run == run and run.published_at is not None and run.published_at < look.at
    if stands and AmountSum.objects.filter(run=run).exists():
        return
    AmountSum.objects.all().delete()
    run_sql(cursor, "amounts", run=run.pk, on=run.as_of, edges=list(EDGES))


COHORTS = NightlyJob(
    "cohorts",
    cohorts_keep,
    _("Who bought again, how sales are spread"),
    after=(NIGHTLY.name,),
    counts={"counted": _("%(n)s customers looked at")},
)
