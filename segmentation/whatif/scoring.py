"""Other cut-points, or other days that count: what the coming night would score by, and the measures that it takes.

Where other days count, orders are counted again by the night's own statements (`days.sql`, `totals.sql`), into a
temporary table beside the scores; cut-points of days for which none are frozen are calibrated as the night would.
Nothing that a night reads is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from core.digits import whole_number
from segmentation import rfm, standing
from segmentation.class_limits import amount_shares
from segmentation.models import CutPoints, ScoreRun, ScoringSettings
from segmentation.night_params import calibrated, frozen_cut_points, manual_in_force
from segmentation.nightsql import OF_ALL, run_sql
from segmentation.rules.checks import MEASURES, MOST, cut_point_problems
from segmentation.selectors import cut_points, scoring_settings

NONE = "-"  # in an address: a score that nobody has
BETWEEN = "."


@dataclass(frozen=True)
class Scoring:
    """The days that count, with cut-points that somebody typed, or those that the night takes for these days.

    `manual`: the typed ones that are stored, as with the switch of the settings. Limits are as in `rfm.CutPoints`.
    """

    window: int
    typed: rfm.CutPoints | None = None
    manual: bool = False

    @property
    def address(self) -> dict[str, str]:
        """What it is called in an address."""
        found = {"window": str(self.window)}
        if self.typed:
            for name, long in MEASURES.items():
                limits = getattr(self.typed, long)
                found[name] = BETWEEN.join(NONE if limit is None else str(limit) for limit in limits)
        elif self.manual:
            found["manual"] = "1"
        return found


def scoring_in(asked: Mapping[str, str]) -> Scoring | None:
    """What an address (`Scoring.address`) says; None where it says nothing that could be."""
    window = whole_number(asked.get("window", ""), rfm.WINDOW[1])
    if window is None or window < rfm.WINDOW[0]:
        return None
    if not any(name in asked for name in MEASURES):
        return Scoring(window, manual="manual" in asked)
    limits = {name: _limits(asked.get(name, ""), (MOST | {"r": window})[name]) for name in MEASURES}
    if any(found is None for found in limits.values()):
        return None
    typed = rfm.CutPoints(*(limits[name] or () for name in MEASURES))
    return None if cut_point_problems(typed, window) else Scoring(window, typed_as_stored(typed))


def typed_as_stored(typed: rfm.CutPoints) -> rfm.CutPoints:
    """As `manual_cut_points_set` stores them."""
    return rfm.CutPoints(*(rfm.without_gaps(getattr(typed, long)) for long in MEASURES.values()))


def _limits(text: str, most: int) -> tuple[int | None, ...] | None:
    parts = text.split(BETWEEN)
    found = [None if part == NONE else whole_number(part, most) for part in parts]
    wrong = any(limit is None and part != NONE for part, limit in zip(parts, found, strict=True))
    return None if wrong or len(found) != 4 else tuple(found)


def scoring_of(settings: ScoringSettings) -> Scoring:
    """What these settings would score by."""
    return Scoring(settings.window_days, manual=settings.manual_cuts)


@dataclass(frozen=True)
class Measured:
    """By what the customers of a run would be scored. `recounted`: their measures are those of `Recounted`."""

    as_of: date
    window: int
    cuts: rfm.CutPoints
    classes: tuple[int | None, ...]  # lower bounds of the classes of amount, large and mid; empty: nobody has one
    recounted: bool

    @classmethod
    def by(cls, as_of: date, window: int, row: CutPoints, *, recounted: bool) -> Measured:
        """By stored or made cut-points."""
        return cls(as_of, window, cut_points(row), tuple(row.amount_classes or ()), recounted)

    @property
    def start(self) -> date:
        """The first day that counts."""
        return self.as_of - timedelta(days=self.window - 1)

    def path(self, name: str) -> str:
        """Where a measure stands for an interval: last_on, frequency, purchase_days, monetary."""
        return f"recounted__{name}" if self.recounted else name

    @property
    def bought(self) -> str:
        """What is empty for who has no purchase in the days that count."""
        return "recounted__frequency" if self.recounted else "r"


def counts_again(scoring: Scoring, run: ScoreRun) -> bool:
    """Whether orders have to be counted again, which takes longer: other days, or cut-points that nobody froze."""
    return scoring.window != run.window_days or _known(scoring, run.as_of) is None


def measured(scoring: Scoring, run: ScoreRun) -> Measured:
    """As of a run. Where orders are counted again the table of this session is made anew."""
    cuts, as_of, window = _known(scoring, run.as_of), run.as_of, scoring.window
    if window == run.window_days and cuts is not None:
        return Measured.by(as_of, window, cuts, recounted=False)
    start = as_of - timedelta(days=window - 1)
    with transaction.atomic(), connection.cursor() as cursor:
        # No order before these days says anything of them, and the night's own days are those of all orders.
        whose = f"{OF_ALL} AND o.ordered_on >= %(start)s"
        run_sql(cursor, "days", parts={"whose": whose}, as_of=as_of, start=start)
        spans: dict[str, Any] = {"start": start, "month": as_of.replace(day=1), "days": standing.DAYS}
        run_sql(cursor, "totals", as_of=as_of, **spans)
        if cuts is None:
            cuts = calibrated(cursor, as_of, window, amount_shares(scoring_settings())) or manual_in_force(
                as_of, window
            )
        run_sql(cursor, "recount", as_of=as_of, start=start)
    return Measured.by(as_of, window, cuts, recounted=True)


def as_row(scoring: Scoring) -> CutPoints:
    """Typed cut-points as a version that isn't stored."""
    limits = {name: list(getattr(scoring.typed, long)) for name, long in MEASURES.items()}
    return CutPoints(manual=True, window_days=scoring.window, **limits)


def _known(scoring: Scoring, as_of: date) -> CutPoints | None:
    """The cut-points, where the night wouldn't make new ones."""
    if scoring.typed:
        return as_row(scoring)
    if scoring.manual:
        return manual_in_force(as_of, scoring.window)
    return frozen_cut_points(as_of, scoring.window)
