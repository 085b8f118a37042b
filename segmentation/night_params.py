"""Which cut-points and churn parameters a run uses: frozen earlier, or made on that night and stored with its date."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
import structlog
from django.db.backends.utils import CursorWrapper
from django.db.models import Q

from core import clock, company
from segmentation import backtest, churn, rfm
from segmentation.class_limits import amount_shares
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


def calibration_is_due(as_of: date, settings: ScoringSettings, *, calibrate: bool, full: bool) -> bool:
    """Whether cut-points are to be made: when asked, at a month's end, or when there are none."""
    if settings.manual_cuts:
        return False
    month_end = settings.calibrate_monthly and not full and as_of == clock.month_end(as_of)
    return calibrate or month_end or _frozen(as_of, settings) is None


def stored_cut_points(as_of: date, settings: ScoringSettings) -> CutPoints | None:
    """Those of a run on which no calibration is due."""
    if settings.manual_cuts:
        return manual_cut_points(as_of, settings.window_days)
    return _frozen(as_of, settings)


def cut_points_for(cursor: CursorWrapper, as_of: date, settings: ScoringSettings, *, due: bool) -> CutPoints:
    """The cut-points of a run; when a calibration is `due`, those of tonight. That needs night_totals of everybody.

    Frozen ones of this window dated on or before `as_of`; manual ones while fewer than 100 customers can be scored and
    nothing was frozen.
    """
    window = settings.window_days
    if settings.manual_cuts:
        return manual_cut_points(as_of, window)
    made = _calibrate(cursor, as_of, settings) if due else None
    return made or _frozen(as_of, settings) or manual_cut_points(as_of, window)


def _frozen(as_of: date, settings: ScoringSettings) -> CutPoints | None:
    return frozen_cut_points(as_of, settings.window_days)


def frozen_cut_points(as_of: date, window: int) -> CutPoints | None:
    """Those calibrated for so many days last, on or before the date."""
    known = CutPoints.objects.filter(manual=False, window_days=window, calibrated_on__lte=as_of)
    return known.order_by("-calibrated_on", "-id").first()


def _calibrate(cursor: CursorWrapper, as_of: date, settings: ScoringSettings) -> CutPoints | None:
    """Freeze cut-points as of the date, unless too few customers; equal ones of the same date are kept."""
    made = calibrated(cursor, as_of, settings.window_days, amount_shares(settings))
    if made is None:
        return None
    same = CutPoints.objects.filter(manual=False, calibrated_on=as_of).order_by("-id").first()
    names = ("r", "f", "m", "amount_classes", "customers", "window_days")
    if same and all(getattr(same, name) == getattr(made, name) for name in names):
        return same
    made.save(force_insert=True)
    return made


def calibrated(cursor: CursorWrapper, as_of: date, window: int, shares: tuple[int, int]) -> CutPoints | None:
    """Cut-points of the customers of night_totals, not stored; None of too few. `shares`: of the revenue that the
    classes of the amount bring (class_limits.amount_shares)."""
    start, (large, mid) = as_of - timedelta(days=window - 1), shares
    made = run_sql(cursor, "calibrate", as_of=as_of, start=start, large=large, large_and_mid=large + mid)
    customers, r, f, m, classes = made.fetchone()
    if customers < rfm.CALIBRATION_MINIMUM:
        return None
    return CutPoints(
        calibrated_on=as_of, customers=customers, window_days=window, r=r, f=f, m=m, amount_classes=classes
    )


def manual_cut_points(as_of: date, window: int) -> CutPoints:
    """Those of `manual_in_force`; the shipped ones are stored when they are used first."""
    found = manual_in_force(as_of, window)
    if found.pk is None:
        found.save(force_insert=True)
    return found


def manual_in_force(as_of: date, window: int) -> CutPoints:
    """The manual cut-points typed last on or before the date, else the first ones, else the shipped ones.

    What a person typed counts in any window until somebody types anew; the shipped ones are made for each. What was
    typed for a day to come is no answer for a day before.
    """
    typed = CutPoints.objects.filter(Q(created_by__isnull=False) | Q(window_days=window), manual=True)
    known = typed.filter(calibrated_on__lte=as_of).order_by("-calibrated_on", "-id").first()
    first = typed.filter(calibrated_on__lte=clock.last_ended_day()).order_by("calibrated_on", "id").first()
    return known or first or _shipped_manual(as_of, window)


def _shipped_manual(as_of: date, window: int) -> CutPoints:
    cuts = rfm.manual_cut_points(minor_digits(company.currency()), window)
    arrays = {"r": list(cuts.recency), "f": list(cuts.frequency), "m": list(cuts.monetary)}
    return CutPoints(calibrated_on=as_of, manual=True, window_days=window, **arrays)


# --- churn parameters ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fit:
    """The parameters of a run (None = fixed rule), and whether a fit was made tonight that must not be used."""

    params: ChurnParams | None
    refused: bool = False


def stored_params(as_of: date) -> ChurnParams | None:
    """The last good fit dated on or before `as_of`."""
    known = ChurnParams.objects.filter(fitted_on__lte=as_of).exclude(ladder=ChurnParams.Ladder.FIXED)
    return known.order_by("-fitted_on").first()


def fit_is_due(as_of: date, refused_on: date | None) -> bool:
    """Whether the last good fit is older than 6 days, and none was refused in these days."""
    last = stored_params(as_of)
    if last and as_of - last.fitted_on <= REFIT_AFTER:
        return False
    return refused_on is None or not timedelta(0) <= as_of - refused_on <= REFIT_AFTER


def churn_params_for(cursor: CursorWrapper, as_of: date, settings: ScoringSettings, *, due: bool) -> Fit:
    """The parameters of a run; when a fit is `due`, one of tonight.

    That needs night_days and night_totals of everybody. A refused fit keeps the parameters of before.
    """
    fitted = _fit_tonight(cursor, as_of, settings) if due else Fit(None)
    return Fit(fitted.params or stored_params(as_of), fitted.refused)


def _fit_tonight(cursor: CursorWrapper, as_of: date, settings: ScoringSettings) -> Fit:
    customers, repeaters, first = base(cursor)
    history_days = (as_of - first).days if first else 0
    if repeaters < 20:  # the ladder's lowest rung, known without loading the fit
        return Fit(None)
    fit = fitting()
    share = EVERYBODY if customers <= SAMPLE else max(1, EVERYBODY * SAMPLE // customers)
    result = fit.fit(histories(cursor, as_of, share))
    auc = _auc(cursor, as_of, settings.horizon_days, share, history_days)
    refused = fit.refusal(result, auc)
    if refused:
        log.warning("churn fit refused", as_of=str(as_of), reason=refused, auc=auc, **asdict(result.params))
        return Fit(None, refused=True)
    rung = fit.ladder(repeaters, history_days, settings.horizon_days)
    return Fit(_store(as_of, rung, result, auc))


def base(cursor: CursorWrapper) -> tuple[int, int, date | None]:
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
