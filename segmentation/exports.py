"""The scores of a published run as CSV rows, for `export_scores`."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np
from django.db import connection, transaction

from core import company, sql
from customers.models import UNRATED, Lifecycle, Warn
from segmentation import churn
from segmentation.models import ScoreRun
from segmentation.nightsql import VALUES, WORDS
from segmentation.selectors import parameters
from ui.formatting import minor_digits

COLUMNS = (
    "customer_no",
    "recency_days",
    "frequency",
    "monetary",
    "r",
    "f",
    "m",
    "total",
    "segment8",
    "group5",
    "grade4",
    "segment11",
    "tier",
    "lifecycle",
    "p_buy",
    "p_buy_at_last",
    "drop",
    "warning",
    "tier_scheme",
)
CHANCES = ("p_buy", "p_buy_at_last", "drop")
# Those that stand in the intervals as they are.
EXPORTED = tuple(name for name in COLUMNS if name in VALUES)
NEVER_SCORED = {
    "frequency": 0,
    "monetary": 0,
    "tier": UNRATED,
    "lifecycle": Lifecycle.PROSPECT.value,
    "warning": Warn.NONE.value,
}
CHUNK = 5000
_PLACES = 6


def score_rows(run: ScoreRun) -> Iterator[list[Any]]:
    """One row per customer not deleted, ordered by customer number; money in major units with 2 decimals."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        sql.run(cursor, "segmentation", "export", WORDS | {"as_of": run.as_of}, exported=EXPORTED)
        while rows := cursor.fetchmany(CHUNK):
            yield from (_row(row, chance) for row, chance in zip(rows, _chances(rows, run), strict=True))


def _row(row: tuple[Any, ...], chance: list[str]) -> list[Any]:
    number, recency, *stored, scheme, _x, _t_x, _age = row
    values = dict(zip(EXPORTED, stored, strict=True))
    if values["tier"] is None:  # made after the run's day
        values |= NEVER_SCORED | {"tier_scheme": scheme}
    values |= {"customer_no": number, "recency_days": recency, **dict(zip(CHANCES, chance, strict=True))}
    values["monetary"] = money(values["monetary"])
    values["total"] = values["r"] + values["f"] + values["m"] if values["r"] else ""
    return ["" if values[name] is None else values[name] for name in COLUMNS]


def money(minor: int) -> str:
    """Minor units of the company currency as major units with 2 decimals."""
    return f"{Decimal(minor).scaleb(-minor_digits(company.currency())):.2f}"


def _chances(rows: list[tuple[Any, ...]], run: ScoreRun) -> list[list[str]]:
    """p_buy, p_buy_at_last and drop of each row; empty below one order day or without parameters."""
    empty = ["", "", ""]
    if run.churn_params is None:
        return [empty] * len(rows)
    x, t_x, age = np.array([row[-3:] for row in rows], float).T
    horizon, unit, params = run.horizon_days / churn.DAYS_PER_UNIT, churn.DAYS_PER_UNIT, parameters(run.churn_params)
    known = np.nan_to_num(x), np.nan_to_num(t_x) / unit, np.nan_to_num(age) / unit
    now = churn.p_buy(params, known[0], known[1], known[2], horizon)
    last = churn.p_buy(params, known[0], known[1], known[1], horizon)
    figures = zip(x, now, last, strict=True)
    return [empty if np.isnan(n) else [_share(p), _share(q), _share(1 - p / q)] for n, p, q in figures]


def _share(value: float) -> str:
    return f"{value:.{_PLACES}f}"
