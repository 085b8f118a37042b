"""Public purchase logs as oracles; they aren't part of the project, so tests skip where they're missing."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from segmentation import churn_fit
from segmentation.churn import DAYS_PER_UNIT

DATA_FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "data"
CDNOW_CALIBRATION_END = date(1997, 9, 30)

Days = dict[str, list[date]]


def online_retail_folder() -> Path:
    """The folder with the Online Retail log; skips the test where it isn't next to the checkout."""
    if not (DATA_FOLDER / "online_retail_lines.csv.gz").is_file():
        pytest.skip(f"Online Retail isn't in {DATA_FOLDER}; this test compares with it")
    return DATA_FOLDER


def _cdnow(name: str) -> Path:
    spec = find_spec("lifetimes")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("CDNOW is missing: pip install --no-deps -r requirements-nodeps.lock")
    return Path(spec.submodule_search_locations[0]) / "datasets" / name


@cache
def cdnow_days(name: str = "CDNOW_sample.txt", *, free_too: bool = True) -> Days:
    """Purchase days of each customer, equal days stand twice; `free_too` keeps the rows of amount 0."""
    days: Days = defaultdict(list)
    for line in _cdnow(name).read_text().splitlines():
        fields = line.split()
        if len(fields) >= 4 and fields[0].isdigit() and (free_too or float(fields[-1])):
            days[fields[0]].append(datetime.strptime(fields[-3], "%Y%m%d").date())
    return dict(days)


def cdnow_full() -> Days:
    """All 23,570 customers."""
    return cdnow_days("CDNOW_master.txt")


@cache
def online_retail_orders() -> list[tuple[str, str, datetime, int]]:
    """(invoice, customer, first moment, pennies) of each invoice with a customer; returns are negative."""
    first: dict[tuple[str, str], datetime] = {}
    total: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in _online_retail_lines():
        key = (row["invoice_no"], row["customer_id"])
        moment = datetime.fromisoformat(row["invoice_date"])
        first[key] = min(moment, first.get(key, moment))
        total[key] += Decimal(row["quantity"]) * Decimal(row["unit_price"])
    cents = {key: int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP)) for key, amount in total.items()}
    return [(invoice, customer, first[invoice, customer], cents[invoice, customer]) for invoice, customer in first]


def _online_retail_lines() -> Iterator[dict[str, str]]:
    path = online_retail_folder() / "online_retail_lines.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as handle:
        yield from (row for row in csv.DictReader(handle) if row["customer_id"])


def online_retail_days() -> Days:
    """Purchase days of each customer; returns don't count, orders of amount 0 do."""
    days: Days = defaultdict(list)
    for invoice, customer, moment, _ in online_retail_orders():
        if not invoice.startswith("C"):
            days[customer].append(moment.date())
    return dict(days)


def history(days: list[date], as_of: date) -> tuple[int, int, int] | None:
    """(x, t_x, T) in days as known at the end of `as_of`, None before the first purchase."""
    known = sorted({day for day in days if day <= as_of})
    if not known:
        return None
    return len(known) - 1, (known[-1] - known[0]).days, (as_of - known[0]).days


def histories(log: Days, as_of: date) -> np.ndarray:
    """Rows (x, t_x, T) in days of every customer known at `as_of`, in the order of the log."""
    rows = (history(days, as_of) for days in log.values())
    return np.array([row for row in rows if row], float)


def grouped(log: Days, as_of: date) -> churn_fit.Histories:
    """What the fit takes."""
    rows = histories(log, as_of)
    return churn_fit.group(rows[:, 0], rows[:, 1] / DAYS_PER_UNIT, rows[:, 2] / DAYS_PER_UNIT)


def bought_within(log: Days, as_of: date, horizon: int) -> np.ndarray:
    """Whether each customer known at `as_of` bought in the `horizon` days after it, in the order of the log."""
    until = as_of + timedelta(days=horizon)
    known = [days for days in log.values() if min(days) <= as_of]
    return np.array([any(as_of < day <= until for day in days) for days in known])
