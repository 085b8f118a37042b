"""Fits and backtests on the company's orders, outside the night; nothing is stored."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from sales.models import Order
from segmentation import backtest, churn
from segmentation.night_params import fitting, histories, outcomes
from segmentation.nightsql import run_sql
from segmentation.selectors import limits, scoring_settings


class CannotFitError(ValueError):
    """There is nothing to fit or to compare with; the message says why, in the reader's language."""


def fit_as_of(as_of: date, *, method: str, model: str) -> dict[str, Any]:
    """Fit on all orders known at the end of `as_of`.

    Returns r, alpha, a, b (time unit weeks), log_likelihood, customers, method, model, and `refused`: why the night
    would not use this fit, or None.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        run_sql(cursor, "everybody")
        run_sql(cursor, "days", as_of=as_of)
        result = _fit(cursor, as_of, method, model)
    params = asdict(result.params)
    return {
        "as_of": as_of.isoformat(),
        **{name: params[name] for name in ("r", "alpha", "a", "b")},
        "log_likelihood": result.log_likelihood,
        "customers": result.customers,
        "method": result.method,
        "model": params["model"],
        "time_unit": "weeks",
        "refused": fitting().refusal(result),
    }


def _fit(cursor: Any, known: date, method: str, model: str) -> Any:
    data = histories(cursor, known)
    if not data.customers:
        raise CannotFitError(_("No customer has an order up to %(day)s.") % {"day": known})
    return fitting().fit(data, method=method, model=model)


def backtest_as_of(as_of: date, *, horizon: int | None = None) -> dict[str, Any]:
    """Fit on what was known at the end of `as_of` and compare with the `horizon` days after it.

    Returns the figures of backtest.Report, `calibration` as a list of {customers, predicted, observed}. Raises
    CannotFitError when those days go beyond the last order: an unfinished window would look like churn.
    """
    settings = scoring_settings()
    days = horizon or settings.horizon_days
    until = as_of + timedelta(days=days)
    with transaction.atomic(), connection.cursor() as cursor:
        run_sql(cursor, "everybody")
        run_sql(cursor, "days", as_of=until)
        _refuse_unfinished(as_of, days)
        result = _fit(cursor, as_of, fitting().MAP, churn.MBG)
        seen = outcomes(cursor, as_of, until)
    report = asdict(backtest.report(seen, result.params, days, limits(settings), settings.window_days))
    names = ("r", "alpha", "a", "b")
    parameters = {name: getattr(result.params, name) for name in names}
    return {"as_of": as_of.isoformat(), "horizon": days, **report, "parameters": parameters}


def _refuse_unfinished(as_of: date, horizon: int) -> None:
    orders = Order.all_objects.filter(deleted_at=None, state=Order.State.COMPLETED)
    last = orders.aggregate(last=Max("ordered_on"))["last"]
    if last is None or as_of + timedelta(days=horizon) > last:
        raise CannotFitError(
            _("The %(horizon)s days after %(day)s go beyond the last order (%(last)s); choose an earlier date.")
            % {"horizon": horizon, "day": as_of, "last": last or "-"}
        )
