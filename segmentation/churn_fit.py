"""Fits the MBG/NBD and BG/NBD models: maximum likelihood, or with a weak prior (MAP). numpy and scipy, no Django.

Histories come as unique (x, t_x, T) with counts: a million customers are far fewer different histories.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, psi

from segmentation.churn import BG, MBG, Parameters

MAP = "map"
MLE = "mle"

# Centre of the prior on the log parameters (weeks): published fits of the CDNOW sample.
PRIOR_CENTRE = {MBG: (0.525, 6.183, 0.891, 1.614), BG: (0.243, 4.414, 0.793, 2.426)}
PRIOR_SD = 1.0

FULL = "fit"
ESTIMATE = "estimate"
FIXED_RULE = "fixed"
FULL_CUSTOMERS = 100
ESTIMATE_CUSTOMERS = 20

LOWEST, HIGHEST = 1e-3, 1e4
WORST_AUC = 0.55
# The optimiser may wander a little outside what is accepted, so that a run-away is seen and not clipped to "good".
_SEARCH = (np.log(1e-7), np.log(1e7))


@dataclass(frozen=True)
class Histories:
    """Unique purchase histories with weights: repeat days, age at last purchase and age, in weeks; float arrays."""

    x: np.ndarray
    t_x: np.ndarray
    age: np.ndarray
    weight: np.ndarray

    @property
    def customers(self) -> int:
        return int(self.weight.sum())


@dataclass(frozen=True)
class Fit:
    """A fit: parameters, the data's log-likelihood (without the prior), customers, method, convergence."""

    params: Parameters
    log_likelihood: float
    customers: int
    method: str
    converged: bool


def group(x: np.ndarray, t_x: np.ndarray, age: np.ndarray, weight: np.ndarray | None = None) -> Histories:
    """Merge equal histories. Arrays of one length, times in weeks; `weight` counts customers (1 each by default)."""
    rows = np.column_stack([x, t_x, age]).astype(float)
    counts = np.ones(len(rows)) if weight is None else np.asarray(weight, float)
    unique, index = np.unique(rows, axis=0, return_inverse=True)
    return Histories(unique[:, 0], unique[:, 1], unique[:, 2], np.bincount(index.ravel(), counts))


# --- likelihood ---------------------------------------------------------------------------------------------------


def log_likelihood(params: Parameters, data: Histories) -> float:
    """Log-likelihood of all histories."""
    return float(np.dot(_parts(params, data).total, data.weight))


@dataclass(frozen=True)
class _Parts:
    """Per history: log-likelihood, share of "still alive" in it, and the chances to drop out so far."""

    total: np.ndarray
    alive: np.ndarray
    y: np.ndarray


def _parts(params: Parameters, data: Histories) -> _Parts:
    """Both models in one formula: after y chances to drop out the customer is alive, or left at the last of them.

    MBG/NBD gives a chance with the first purchase too (y = x + 1), BG/NBD only with repeats (y = x), so that a
    one-time buyer can't have left there.
    """
    r, alpha, a, b = params.as_tuple()
    y = data.x + (params.model == MBG)
    alive = betaln(a, b + y) - (r + data.x) * np.log(alpha + data.age)
    # With y = 0 the second term doesn't exist; 1 keeps the beta function in its domain until it is masked.
    gone = betaln(a + 1, b + np.maximum(y, 1) - 1) - (r + data.x) * np.log(alpha + data.t_x)
    both = np.where(y > 0, np.logaddexp(alive, gone), alive)
    counting = gammaln(r + data.x) - gammaln(r) + r * np.log(alpha)
    return _Parts(counting - betaln(a, b) + both, np.exp(alive - both), y)


def _gradient(params: Parameters, data: Histories, parts: _Parts) -> np.ndarray:
    """Derivative of the log-likelihood by the logs of r, alpha, a and b."""
    r, alpha, a, b = params.as_tuple()
    alive, gone, y = parts.alive, 1 - parts.alive, parts.y
    now, last = alpha + data.age, alpha + data.t_x
    common = psi(a + b) - psi(a + b + y)
    rows = (
        psi(r + data.x) - psi(r) + np.log(alpha) - alive * np.log(now) - gone * np.log(last),
        r / alpha - (r + data.x) * (alive / now + gone / last),
        gone / a + common,
        alive * psi(b + y) + gone * psi(b + np.maximum(y, 1) - 1) - psi(b) + common,
    )
    return np.array([np.dot(row, data.weight) for row in rows]) * params.as_tuple()


# --- fit ----------------------------------------------------------------------------------------------------------


def fit(data: Histories, *, method: str = MAP, model: str = MBG) -> Fit:
    """Fit by "map" or "mle". Never raises on odd data: look at `refusal` before using the result."""
    centre = np.log(PRIOR_CENTRE[model])
    cost = _cost(data, model, centre if method == MAP else None)
    found = minimize(cost, centre, method="L-BFGS-B", jac=True, bounds=[_SEARCH] * 4, options=_OPTIONS)
    params = _parameters(found.x, model)
    finite = bool(np.isfinite(found.fun))
    return Fit(params, log_likelihood(params, data), data.customers, method, bool(found.success) and finite)


_OPTIONS = {"maxiter": 500, "ftol": 1e-13, "gtol": 1e-8}


def _cost(data: Histories, model: str, centre: np.ndarray | None) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
    """Negative log-likelihood (with the prior round `centre`) per customer and its gradient, by log parameters."""
    scale = max(data.customers, 1)

    def cost(logs: np.ndarray) -> tuple[float, np.ndarray]:
        params = _parameters(logs, model)
        parts = _parts(params, data)
        total, slope = float(np.dot(parts.total, data.weight)), _gradient(params, data, parts)
        if centre is not None:
            total -= float(np.sum((logs - centre) ** 2)) / (2 * PRIOR_SD**2)
            slope = slope - (logs - centre) / PRIOR_SD**2
        return -total / scale, -slope / scale

    return cost


def _parameters(logs: np.ndarray, model: str) -> Parameters:
    return Parameters(*(float(value) for value in np.exp(logs)), model=model)


# --- when a fit may be used ---------------------------------------------------------------------------------------


def ladder(repeaters: int, history_days: int, horizon_days: int) -> str:
    """Which rung a company stands on, by customers with two or more purchase days and days of history.

    "fit": MAP fit; "estimate": MAP fit shown without percentages; "fixed": no fit, fixed rule.
    """
    if repeaters < ESTIMATE_CUSTOMERS:
        return FIXED_RULE
    enough = repeaters >= FULL_CUSTOMERS and history_days >= 2 * horizon_days
    return FULL if enough else ESTIMATE


def refusal(result: Fit, backtest_auc: float | None = None) -> str | None:
    """Why a fit must not be used ("not_converged", "out_of_range", "weak_backtest"), or None."""
    if not result.converged:
        return "not_converged"
    if not all(LOWEST <= value <= HIGHEST for value in result.params.as_tuple()):
        return "out_of_range"
    if backtest_auc is not None and backtest_auc < WORST_AUC:
        return "weak_backtest"
    return None
