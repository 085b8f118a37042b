"""Writes the predictions of a day, row by row in SQL, and later what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Max, Min

from core import clock
from sales.models import Order
from segmentation import standing
from segmentation.nightsql import piece, run_sql
from segmentation.proof.models import LIMITS, PARAMETERS, Forecast, ForecastRow


def until_of(forecast: Forecast) -> date:
    """The last day of the horizon."""
    return forecast.as_of + timedelta(days=forecast.horizon_days)


def last_order_day() -> date | None:
    """The day of the latest completed order; what happens after it nobody knows yet."""
    # unscoped: a day of the company, no row of anybody
    known = Order.all_objects.filter(deleted_at=None, state=Order.State.COMPLETED)
    day: date | None = known.aggregate(last=Max("ordered_on"))["last"]
    return day


def first_order_day() -> date | None:
    """The day of the first completed order; nothing is known of the time before."""
    # unscoped: a day of the company, no row of anybody
    known = Order.all_objects.filter(deleted_at=None, state=Order.State.COMPLETED)
    day: date | None = known.aggregate(first=Min("ordered_on"))["first"]
    return day


def is_over(until: date) -> bool:
    """Whether a horizon that ends with this day has passed, and orders are in up to its end."""
    last = last_order_day()
    return until <= clock.last_ended_day() and last is not None and until <= last


def start_of(forecast: Forecast) -> date:
    """The first of the days that count as of it."""
    return forecast.as_of - timedelta(days=forecast.window_days - 1)


def watch(cursor: CursorWrapper, forecast: Forecast, *, by_model: bool, limits: Mapping[str, Any]) -> None:
    """night_watch of night_watched: chances, and the level that a customer without a warning would get."""
    said = {
        "by_model": by_model,
        "horizon": forecast.horizon_days,
        "step": standing.CHANCE_STEP,
        **{name: getattr(forecast, name) for name in PARAMETERS},
        **limits,
    }
    run_sql(cursor, "watch", parts={"chances": piece("chances", whom="night_watched")}, **said)
    if not by_model:
        run_sql(cursor, "cycles", everybody=True)
        run_sql(cursor, "fixed_levels", **said)


def rows_write(cursor: CursorWrapper, forecast: Forecast, *, kept: bool) -> int:
    """A row for each of night_watch in place of what was there; returns how many."""
    # unscoped: the whole company's, as the night writes them
    ForecastRow.objects.filter(forecast=forecast).delete()
    written = run_sql(
        cursor,
        "forecast_rows",
        forecast=forecast.pk,
        as_of=forecast.as_of,
        kept=kept,
        yellow_drop=forecast.yellow_drop,
    ).rowcount
    sums_write(cursor, forecast, judged=False)
    Forecast.objects.filter(pk=forecast.pk).update(written_at=clock.now(), judged_at=None, again=False, rows_kept=True)
    return written


def sums_write(cursor: CursorWrapper, forecast: Forecast, *, judged: bool) -> None:
    """What the rows add up to."""
    run_sql(cursor, "forecast_sums", forecast=forecast.pk, judged=judged)


def judge(forecast: Forecast) -> None:
    """Write what became of the customers, whose they are now, and the sums; call it in a transaction."""
    with connection.cursor() as cursor:
        days: dict[str, Any] = {"as_of": forecast.as_of, "until": until_of(forecast)}
        run_sql(cursor, "forecast_judged", forecast=forecast.pk, **days)
        sums_write(cursor, forecast, judged=True)
    Forecast.objects.filter(pk=forecast.pk).update(judged_at=clock.now(), again=False)


def limits_by(settings: Any) -> dict[str, Any]:
    """All limits as the SQL of the night takes them."""
    names = (*LIMITS, "red_falls_p", "eased_p", "eased_drop", "fixed_days", "cycle_ratio")
    return {name: getattr(settings, name) for name in names}
