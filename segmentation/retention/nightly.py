"""The sums of who stayed and who left, kept after each night for its run."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from core.contributions import NightlyJob
from segmentation.models import RetentionSum
from segmentation.night import NIGHTLY
from segmentation.nightsql import run_sql
from segmentation.selectors import latest_run, published_runs
from segmentation.together import add_together

Span = RetentionSum.Span
DAYS = {Span.MONTH: 30, Span.QUARTER: 91, Span.YEAR: 365}
LATER = 10  # a span may begin a tenth of its days later than asked for


def retention_keep(business_date: date) -> dict[str, Any]:
    """Sums of the latest run over each span that the history covers, in place of those of earlier runs."""
    run = latest_run()
    RetentionSum.at_all_levels.all().delete()
    kept = 0
    for span, days in DAYS.items() if run else ():
        base = begin_of(run.as_of, days) if run else None
        if run is None or base is None:
            continue
        with connection.cursor() as cursor:
            run_sql(cursor, "retention", run=run.pk, span=span.value, begun_on=base, on=run.as_of)
        kept += 1
    with connection.cursor() as cursor:
        add_together(cursor, RetentionSum)
    return {"spans": kept}


def begin_of(on: date, days: int) -> date | None:
    """The day of the run nearest to `days` before `on`: while only the months' ends of a past are known, the last one
    before would make sixty days of a month."""
    begin = on - timedelta(days=days)
    known = published_runs().values_list("as_of", flat=True)
    before = known.filter(as_of__lte=begin).first()
    after = known.filter(as_of__gt=begin, as_of__lte=begin + timedelta(days=days // LATER)).order_by("as_of").first()
    found = [day for day in (before, after) if day is not None]
    return min(found, key=lambda day: abs(day - begin), default=None)


RETENTION = NightlyJob("retention", retention_keep, _("Who stayed and who left"), after=(NIGHTLY.name,))
