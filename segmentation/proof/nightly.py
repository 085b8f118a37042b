"""Each night: keep what the run of a month's last day predicted, and judge what lies a horizon back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from core import clock
from core.contributions import NightlyJob
from customers.models import Customer
from intake.models import ImportJob
from segmentation.models import ScoreRun
from segmentation.night import NIGHTLY
from segmentation.nightsql import run_sql
from segmentation.proof.models import PARAMETERS, Forecast, ForecastRow, limits_of
from segmentation.proof.writing import is_over, limits_by, rows_write, start_of, until_of, watch
from segmentation.proof.writing import judge as judged
from segmentation.selectors import run_as_of, scoring_settings

Kind = Forecast.Kind
LATE = timedelta(days=8)  # nights are caught up for a week; what is reckoned later is no prediction
ONCE_MORE = timedelta(days=92)  # so long orders that were typed late are looked for, at each month's end
ROWS_FOR = timedelta(days=400)


def forecasts_keep(business_date: date) -> Iterator[dict[str, Any]]:
    """The job of one night. Each forecast is a transaction; what is done is left alone when it runs again."""
    counts = {"kept": 0, "judged": 0}
    run = run_as_of(business_date)  # also where this night was late, and others have run since
    if run and is_prediction(run):
        counts["kept"] = int(keep(run))
        yield counts
    for forecast in due(business_date):
        with transaction.atomic():
            judged(forecast)
        counts["judged"] += 1
        yield counts
    forget(business_date)
    yield counts


def is_prediction(run: ScoreRun) -> bool:
    """Whether a run stands for a month's end and was there when nobody knew what follows."""
    if run.as_of != clock.month_end(run.as_of) or run.published_at is None or run.counts.get("history_only"):
        return False
    return clock.business_date(run.published_at) <= run.as_of + LATE


@transaction.atomic
def keep(run: ScoreRun) -> bool:
    """Store what this run predicted, once; False where it is stored."""
    settings, params = scoring_settings(), run.churn_params
    values: dict[str, Any] = {
        "horizon_days": run.horizon_days,
        "window_days": run.window_days,
        "ladder": params.ladder if params else "",
        "fitted_on": params.fitted_on if params else None,
        "fixed_rule": settings.fixed_rule or params is None,
        **{name: getattr(params, name) if params else None for name in PARAMETERS},
        **limits_of(settings),
    }
    forecast, new = Forecast.objects.get_or_create(kind=Kind.MONTH, as_of=run.as_of, defaults=values)
    if not new:
        return False
    with connection.cursor() as cursor:
        run_sql(cursor, "forecast_kept", as_of=run.as_of, start=start_of(forecast))
        watch(cursor, forecast, by_model=True, limits=limits_by(settings))
        rows_write(cursor, forecast, kept=True)
    return True


def due(business_date: date) -> list[Forecast]:
    """Those whose horizon has passed and that nobody has judged, or whose days have changed since; at a month's end
    also those that were judged in the last three months."""
    rows = Forecast.objects.filter(rows_kept=True, written_at__isnull=False).order_by("as_of", "pk")
    month_is_over = business_date == clock.month_end(business_date)
    return [
        row
        for row in rows
        if (
            row.judged_at is None
            or row.again
            or (month_is_over and until_of(row) >= business_date - ONCE_MORE and not _judged_on(row, business_date))
        )
        and is_over(until_of(row))
    ]


def _judged_on(row: Forecast, business_date: date) -> bool:
    return row.judged_at is not None and clock.business_date(row.judged_at) >= business_date


def forget(business_date: date) -> None:
    """Rows of customers go after a while; the sums, in which nobody is named, stay."""
    old = Forecast.objects.filter(rows_kept=True, as_of__lt=business_date - ROWS_FOR)
    for forecast in old.filter(asked_at__date__lt=business_date - ROWS_FOR):
        with transaction.atomic():
            # unscoped: whoever's they are, they go
            ForecastRow.objects.filter(forecast=forecast).delete()
            Forecast.objects.filter(pk=forecast.pk).update(rows_kept=False)


# --- what writes the past -----------------------------------------------------------------------------------------
def import_finished(job: ImportJob, since: date | None) -> None:
    """Orders of past days came in: what was judged by these days is judged again in the coming night."""
    if since is not None:
        stale = [row.pk for row in Forecast.objects.exclude(judged_at=None) if until_of(row) >= since]
        Forecast.objects.filter(pk__in=stale).update(again=True)


def import_undone(job: ImportJob, since: date | None) -> None:
    """Orders and customers of past days went: their rows are gone, and all sums are added up again."""
    # unscoped: whether there is anybody at all
    if Customer.objects.exists():
        Forecast.objects.exclude(judged_at=None).update(again=True)
    else:
        Forecast.objects.all().delete()


KEPT = NightlyJob(
    "forecasts",
    forecasts_keep,
    _("How good the warnings were"),
    after=(NIGHTLY.name,),
    counts={"kept": _("%(n)s forecasts kept"), "judged": _("%(n)s compared with what happened")},
)
