"""What each tier buys is counted once per end of a month, by the first night that knows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from core import clock
from core.company import currency
from core.contributions import NightlyJob
from segmentation.models import ScoreRun
from segmentation.night import NIGHTLY
from segmentation.nightsql import run_sql
from segmentation.pages.figures import month_runs, published_runs
from segmentation.past import PAST_MONTHS
from segmentation.preferences import items
from segmentation.preferences.models import PreferenceCount, PreferenceSum
from segmentation.together import add_together
from ui.formatting import minor_digits

KEPT = 13  # ends of months: the last one and a year before it
MOST = 100  # products by name, of those that most bought and of those that bring most, of persons and of companies


def preferences_keep(business_date: date) -> Iterator[dict[str, Any]]:
    """Counts the ends of months that weren't counted yet or were published again since, the latest first."""
    runs = wanted_runs()
    PreferenceSum.at_all_levels.exclude(run__in=runs).delete()
    PreferenceCount.objects.exclude(run__in=runs).delete()
    counted = dict(PreferenceCount.objects.values_list("run", "counted_at"))
    found = 0
    for run in runs:
        if run.pk in counted and run.published_at is not None and run.published_at < counted[run.pk]:
            continue
        preferences_count(run)
        found += 1
        yield {"months": found}
    yield {"months": found}


def wanted_runs() -> Sequence[ScoreRun]:
    """The ends of months that are kept, the latest first; before the first one the last run there is, so that a company
    in its first month reads something."""
    runs = list(published_runs())
    months = month_runs(runs, runs[0], KEPT + 1)[::-1] if runs else []
    return [run for run in months if run.as_of == clock.month_end(run.as_of)][:KEPT] or runs[:1]


@transaction.atomic
def preferences_count(run: ScoreRun) -> None:
    """The sums of one run, in place of those that it has."""
    words: dict[str, Any] = {
        "run": run.pk,
        "on": run.as_of,
        "start": items.start_of(run),
        "published_at": run.published_at,
        "counted_at": clock.now(),
        "minor": 10 ** minor_digits(currency()),
        "most": MOST,
        **items.NAMED,
    }
    with connection.cursor() as cursor:
        run_sql(cursor, "preferences", **words)
        add_together(cursor, PreferenceSum, "run_id = %(run)s", {"run": run.pk})


PREFERENCES = NightlyJob(
    "preferences",
    preferences_keep,
    _("What each tier buys"),
    after=(NIGHTLY.name, PAST_MONTHS.name),
    counts={"months": _("%(n)s month ends counted")},
)
