"""From a figure of a dashboard to its customers: `run=`, `from=` and `to=` in the address of the list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from segmentation.selectors import moved_customers, run_as_of, scores_as_of

PARAMETERS = ("run", "from", "to")


@dataclass(frozen=True)
class Drilldown:
    """The narrowed rows and what the chip above the list says."""

    rows: QuerySet
    label: str


def drill(user: Any, rows: QuerySet, wanted: Mapping[str, str]) -> Drilldown | None:
    """Customers of `rows` behind a figure: `run` = business date of a run, `from` and `to` = tier codes.

    None when the parameters name no published run; the list then says that it ignored them.
    """
    day = _day(wanted.get("run", ""))
    run = run_as_of(day) if day else None
    if run is None:
        return None
    before, after = wanted.get("from"), wanted.get("to")
    scores = scores_as_of(user, run.as_of) if before is None else moved_customers(user, run, before, after or "")
    if before is None and after:
        scores = scores.filter(tier=after)
    label = f"{before or '–'} → {after or '–'} · {run.as_of}" if before is not None else f"{after or ''} {run.as_of}"
    return Drilldown(rows.filter(pk__in=scores.values("customer_id")), label.strip())


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
