"""The sums of who bought again and of how sales are spread, kept after each night for its run."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from core.contributions import NightlyJob
from segmentation.cohorts.amounts import EDGES
from segmentation.cohorts.models import AmountSum, CohortSum
from segmentation.cohorts.periods import Grain, earliest
from segmentation.night import NIGHTLY
from segmentation.nightsql import run_sql
from segmentation.selectors import latest_run


@transaction.atomic
def cohorts_keep(business_date: date) -> dict[str, Any]:
    """Sums of the latest run, in place of those of earlier ones."""
    run, kept = latest_run(), 0
    CohortSum.objects.all().delete()
    AmountSum.objects.all().delete()
    if run:
        since: dict[str, Any] = {f"{grain.value}s_from": earliest(run.as_of, grain) for grain in Grain}
        with connection.cursor() as cursor:
            kept = run_sql(cursor, "cohorts", run=run.pk, on=run.as_of, **since).rowcount
            kept += run_sql(cursor, "amounts", run=run.pk, on=run.as_of, edges=list(EDGES)).rowcount
    return {"sums": kept}


COHORTS = NightlyJob("cohorts", cohorts_keep, _("Who bought again, how sales are spread"), after=(NIGHTLY.name,))
