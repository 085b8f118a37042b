"""Which cut-points and churn parameters a run uses: frozen earlier, or made on that night and stored with its date."""

from dataclasses import asdict
from datetime import date, timedelta
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
import structlog
from django.db.backends.utils import CursorWrapper

from core import clock, company
from segmentation import backtest, churn, rfm
from segmentation.models import ChurnParams, CutPoints, ScoringSettings
from segmentation.nightsql import run_sql
from ui.formatting import minor_digits

log = structlog.get_logger(__name__)
REFIT_AFTER = timedelta(days=6)
SAMPLE = 20_000
EVERYBODY = 1000


def fitting() -> ModuleType:
    """segmentation.churn_fit, loaded on first use: scipy costs web processes a second and 50 MB they never need."""
    return import_module("segmentation.churn_fit")


# --- cut-points ---------------------------------------------------------------------------------------------------


def cut_points_for(
    cursor: CursorWrapper, as_of: date, settings: ScoringSettings, *, calibrate: bool, full: bool
) -> CutPoints:
    """The cut-points of a run; needs the temporary table night_totals.

    Frozen ones dated on or before `as_of`; made now when asked, at a month's end, or when there are none; manual ones
    while fewer than 100 customers can be scored and nothing was frozen.
    """
    if settings.manual_cuts:
        return manual_cut_points(as_of)
    frozen = CutPoints.objects.filter(manual=False, calibrated_on__lte=as_of).order_by("-calibrated_on", "-id").first()
    month_end = settings.calibrate_monthly and not full and as_of == clock.month_end(as_of)
    if calibrate or month_end or frozen is None:
        return _calibrate(cursor, as_of, settings) or frozen or manual_cut_points(as_of)
    return frozen


def _calibrate(cursor: CursorWrapper, as_of: date, settings: ScoringSettings) -> CutPoints | None:
    """Freeze cut-points as of the date, unless too few customers; equal ones of the same date are kept."""
    start = as_of - timedelta(days=settings.window_days - 1)
    customers, *arrays = run_sql(cursor, "calibrate", as_of=as_of, start=start).fetchone()
    if customers < rfm.CALIBRATION_MINIMUM:
        return None
    values = dict(zip(("r", "f", "m", "amount_classes"), arrays, strict=True), customers=customers)
    same = CutPoints.objects.filter(manual=False, calibrated_on=as_of).order_by("-id").first()
    if same and all(getattr(same, name) == value for name, value in values.items()):
        return same
    return CutPoints.objects.create(calibrated_on=as_of, manual=False, **values)


def manual_cut_points(as_of: date) -> CutPoints:
    """The manual cut-points typed last on or before the date, else the first ones, else the shipped ones (stored)."""
    typed = CutPoints.objects.filter(manual=True)
    known = typed.filter(calibrated_on__lte=as_of).order_by("-calibrated_on", "-id").first()
    return known or typed.order_by("calibrated_on", "id").first() or _shipped_manual(as_of)


def _shipped_manual(as_of: date) -> CutPoints:
    cuts = rfm.manual_cut_points(minor_digits(company.currency()))
    arrays = {"r": list(cuts.recency), "f": list(cuts.frequency), "m": list(cuts.monetary)}
    return CutPoints.objects.create(calibrated_on=as_of, manual=True, **arrays)


# --- churn parameters ---------------------------------------------------------------------------------------------


def churn_params_for(cursor: CursorWrapper, as_of: date, settings: ScoringSettings) -> ChurnParams | None:
    """The last good fit dated on or before `as_of`, refitted when older than 6 days; None = fixed rule.

    Needs night_days and night_totals. A refused fit keeps the parameters of before.
    """
    known = ChurnParams.objects.filter(fitted_on__lte=as_of).exclude(ladder=ChurnParams.Ladder.FIXED)
    last = known.order_by("-fitted_on").first()
    if last and as_of - last.fitted_on <= REFIT_AFTER:
        return last
    return _fit_tonight(cursor, as_of, settings) or last


def _fit_tonight(cursor: CursorWrapper, as_of: date, settings: ScoringSettings) -> ChurnParams | None:
    customers, repeaters, first = _base(cursor)
    history_days = (as_of - first).days if first else 0
    if repeaters < 20:  # the ladder's lowest rung, known without loading the fit
        return None
    fit = fitting()
    share = EVERYBODY if customers <= SAMPLE else max(1, EVERYBODY * SAMPLE // customers)
    result = fit.fit(histories(cursor, as_of, share))
    auc = _auc(cursor, as_of, settings.horizon_days, share, history_days)
    refused = fit.refusal(result, auc)
    if refused:
        log.warning("churn fit refused", as_of=str(as_of), reason=refused, auc=auc, **asdict(result.params))
        return None
    rung = fit.ladder(repeaters, history_days, settings.horizon_days)
    return _store(as_of, rung, result, auc)


def _base(cursor: CursorWrapper) -> tuple[int, int, date | None]:
    """Customers with an order day, those with two or more, and the first order day of all."""
    return run_sql(cursor, "base").fetchone()


def histories(cursor: CursorWrapper, known: date, share: int = EVERYBODY) -> Any:
    """churn_fit.Histories as known at the end of `known`, in weeks; `share` of 1000 customers."""
    rows = run_sql(cursor, "histories", known=known, share=share).fetchall()
    x, t_x, age, weight = np.array(rows, float).reshape(-1, 4).T
    return fitting().group(x, t_x / churn.DAYS_PER_UNIT, age / churn.DAYS_PER_UNIT, weight)


def outcomes(cursor: CursorWrapper, known: date, until: date, share: int = EVERYBODY) -> backtest.Outcomes:
    """What was known at `known` of each customer, and whether they bought up to `until`."""
    rows = run_sql(cursor, "outcomes", known=known, until=until, share=share).fetchall()
    columns = np.array(rows, float).reshape(-1, 5)
    spread = np.repeat(columns[:, :4], columns[:, 4].astype(int), axis=0)
    return backtest.Outcomes(spread[:, 0], spread[:, 1], spread[:, 2], spread[:, 3] > 0)


def _auc(cursor: CursorWrapper, as_of: date, horizon: int, share: int, history_days: int) -> float | None:
    """AUC of a fit on what was known one horizon ago; None when the history is too short to tell."""
    known = as_of - timedelta(days=horizon)
    if history_days < 2 * horizon:
        return None
    past = fitting().fit(histories(cursor, known, share))
    seen = outcomes(cursor, known, as_of, share)
    return backtest.auc(seen.risk(past.params, horizon), ~seen.bought)


def _store(as_of: date, rung: str, result: Any, auc: float | None) -> ChurnParams:
    return ChurnParams.objects.create(
        fitted_on=as_of,
        ladder=rung,
        model=result.params.model,
        method=result.method,
        log_likelihood=result.log_likelihood,
        customers=result.customers,
        auc=auc,
        **{name: getattr(result.params, name) for name in ("r", "alpha", "a", "b")},
    )
