"""The night: scores of all customers as of a business date by set-based SQL, published in one transaction.

The worker (core.jobs) and `manage.py rescore` run the same `score`. A killed or failing run
leaves nothing behind, because everything it writes becomes visible with its commit; readers see the run published
before until then. Definitions: docs/algorithms/, tested against the pure modules of this app.
"""

import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock, company
from core.contributions import NightlyJob
from core.jobs import NIGHT_LOCK
from core.locks import only_one
from customers.models import Customer
from segmentation import lifecycle, rfm, tiers
from segmentation.models import ChurnParams, CutPoints, ScoreRun, ScoringSettings, TierRule
from segmentation.night_params import churn_params_for, cut_points_for
from segmentation.nightsql import run_sql
from segmentation.selectors import scoring_settings

log = structlog.get_logger(__name__)
WORK_MEM = "128MB"
JOB_NAME = "scoring"


class CannotScoreError(ValueError):
    """The asked date can't be scored; the message says why, in the reader's language."""


@dataclass(frozen=True)
class Neighbours:
    """Published runs round the as-of date: the one before, the one after, and the one that `changed` compares with."""

    previous: date | None
    following: date | None
    baseline: date | None

    @property
    def current(self) -> bool:
        """Whether nothing later is published, so that current tiers and warnings follow this run."""
        return self.following is None


@dataclass(frozen=True)
class Night:
    """What the steps of one run share."""

    cursor: CursorWrapper
    as_of: date
    around: Neighbours
    settings: ScoringSettings
    cuts: CutPoints
    params: ChurnParams | None
    run: ScoreRun

    @property
    def start(self) -> date:
        return window_start(self.as_of, self.settings)

    @property
    def known_before(self) -> datetime | str:
        """Acts of people count in a current run whenever done, in a run about the past only if done by then."""
        if self.around.current:
            return "infinity"
        return clock.day_bounds(self.as_of, company.zone())[1]

    def sql(self, name: str, **params: Any) -> CursorWrapper:
        return run_sql(self.cursor, name, as_of=self.as_of, **params)


# --- entry points -------------------------------------------------------------------------------------------------


def rescore(as_of: date | None = None, *, calibrate: bool = False, full: bool = False) -> dict[str, Any]:
    """Score as of a date (default: the last day that has ended) and publish; waits for a running night.

    Returns the counts of the contract: as_of, customers, scored, changed, tier_moves, warnings_opened,
    warnings_closed, seconds, and more. Raises CannotScoreError for a day that hasn't ended.
    """
    ended = clock.last_ended_day()
    day = as_of or ended
    if day > ended:
        raise CannotScoreError(
            _("%(day)s hasn't ended yet in the company's time zone; the last day that can be scored is %(last)s.")
            % {"day": day, "last": ended}
        )
    with only_one(NIGHT_LOCK, wait=True), transaction.atomic():
        return score(day, calibrate=calibrate, full=full)


def nightly(business_date: date) -> dict[str, Any]:
    """The job of one night, called by core.jobs inside its lock and transaction."""
    return score(business_date)


NIGHTLY = NightlyJob(
    JOB_NAME,
    nightly,
    gettext_lazy("Scores, tiers and warnings"),
    counts={
        "customers": gettext_lazy("%(n)s customers"),
        "changed": gettext_lazy("%(n)s changed"),
        "tier_moves": gettext_lazy("%(n)s tier moves"),
        "warnings_opened": gettext_lazy("%(n)s warnings opened"),
    },
)


def score(as_of: date, *, calibrate: bool = False, full: bool = False) -> dict[str, Any]:
    """Compute, write and publish one run; must be called inside a transaction and under the night's lock.

    Without any customer nothing is published: the first run of a company is the first one that says something.
    """
    began = time.monotonic()
    if not Customer.objects.exists():
        return {"as_of": as_of.isoformat(), **dict.fromkeys(COUNTED, 0), "seconds": 0.0}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('work_mem', %s, true), set_config('max_parallel_workers_per_gather', '2', true)",
            [WORK_MEM],
        )
        night = _prepare(cursor, as_of, calibrate=calibrate, full=full)
        _compute(night)
        counts = _count(night)
        _write_history(night)
        if night.around.current:
            _write_present(night)
        counts["seconds"] = round(time.monotonic() - began, 2)
        ScoreRun.objects.filter(pk=night.run.pk).update(published_at=clock.now(), counts=counts)
    log.info("scores published", **counts)
    return counts


# --- preparing ----------------------------------------------------------------------------------------------------


def window_start(as_of: date, settings: ScoringSettings) -> date:
    """First day of the scoring window that ends with `as_of`."""
    return as_of - timedelta(days=settings.window_days - 1)


def _prepare(cursor: CursorWrapper, as_of: date, *, calibrate: bool, full: bool) -> Night:
    settings = scoring_settings()
    run_sql(cursor, "days", as_of=as_of)
    run_sql(cursor, "totals", start=window_start(as_of, settings))
    cuts = cut_points_for(cursor, as_of, settings, calibrate=calibrate, full=full)
    params = churn_params_for(cursor, as_of, settings)
    values = {
        "cut_points": cuts,
        "churn_params": params,
        "started_at": clock.now(),
        "full": full,
        "horizon_days": settings.horizon_days,
    }
    around = _neighbours(as_of)
    # A repeated run keeps its row and its `published_at` until it is published again.
    run, _new = ScoreRun.objects.update_or_create(as_of=as_of, defaults=values)
    return Night(cursor, as_of, around, settings, cuts, params, run)


def _neighbours(as_of: date) -> Neighbours:
    published = ScoreRun.objects.exclude(published_at=None)
    previous = published.filter(as_of__lt=as_of).order_by("-as_of").values_list("as_of", flat=True).first()
    following = published.filter(as_of__gt=as_of).order_by("as_of").values_list("as_of", flat=True).first()
    repeated = published.filter(as_of=as_of).exists()
    return Neighbours(previous, following, as_of if repeated else previous)


# --- computing ----------------------------------------------------------------------------------------------------


def _compute(night: Night) -> None:
    """Scores, groups, tiers, lifecycle and warning levels of everybody, in temporary tables."""
    _fill_cells(night.cursor)
    night.sql("before", previous=night.around.previous)
    night.sql(
        "scores",
        start=night.start,
        known_before=night.known_before,
        cuts_r=night.cuts.r,
        cuts_f=night.cuts.f,
        cuts_m=night.cuts.m,
        lost_after=lifecycle.LOST_AFTER_DAYS,
        dormant_after=lifecycle.DORMANT_AFTER_DAYS,
        loyal_days=lifecycle.LOYAL_PURCHASE_DAYS,
        loyal_r=lifecycle.LOYAL_R,
    )
    _compute_warnings(night)


def _fill_cells(cursor: CursorWrapper) -> None:
    """The 125 score combinations with their groups and tiers: one definition for Python and SQL."""
    run_sql(cursor, "cells")
    rules = tier_rules()
    rows = [
        (c.r, c.f, c.m, c.segment8, c.group5, c.grade4, c.segment11)
        + tuple(tiers.rate(rules[scheme], c.r, c.f, c.m) for scheme in (tiers.B2C, tiers.B2B))
        for c in rfm.cells()
    ]
    cursor.executemany("INSERT INTO night_cells VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)", rows)


def tier_rules() -> dict[str, tuple[tiers.Rule, ...]]:
    """The rules of both schemes: the company's own rows, else the shipped ones."""
    own: dict[str, list[tiers.Rule]] = {}
    for row in TierRule.objects.order_by("scheme", "position"):
        boxes = {"r": (row.r_min, row.r_max), "f": (row.f_min, row.f_max), "m": (row.m_min, row.m_max)}
        own.setdefault(row.scheme, []).append(tiers.Rule(row.tier, **boxes))
    return {scheme: tuple(own.get(scheme, shipped)) for scheme, shipped in tiers.DEFAULT_RULES.items()}


def _compute_warnings(night: Night) -> None:
    by_model = night.params is not None and not night.settings.fixed_rule
    horizon, limits = night.settings.horizon_days, _limits(night.settings)
    model = {name: getattr(night.params, name) if night.params else None for name in ("r", "alpha", "a", "b")}
    night.sql("watch", by_model=by_model, known_before=night.known_before, horizon=horizon, **model, **limits)
    openers = list(night.settings.openers)
    if not by_model:
        night.sql("cycles", everybody=True)
        night.sql("fixed_levels", **limits)
    if openers or night.around.current:
        night.sql("cycles", everybody=bool(openers))
        zone = company.zone().key
        night.sql("reasons", current=night.around.current, zone=zone, horizon=horizon, **limits)
        night.sql("warnings", openers=openers)
    else:
        # A run about the past writes no cases, so nobody reads its reasons unless they open warnings.
        night.sql("no_reasons")
        night.sql("warnings", openers=[])


def _limits(settings: ScoringSettings) -> dict[str, float]:
    names = ("yellow_p", "yellow_drop", "red_p", "red_drop", "red_falls_p", "eased_p", "eased_drop")
    return {name: getattr(settings, name) for name in (*names, "fixed_days", "cycle_ratio")}


# --- counting and writing -----------------------------------------------------------------------------------------

COUNTED = (
    "customers",
    "scored",
    "changed",
    "tier_moves",
    "warnings_opened",
    "warnings_closed",
    "yellow",
    "red",
)


def _count(night: Night) -> dict[str, Any]:
    row = night.sql("changes", baseline=night.around.baseline).fetchone()
    return {
        "as_of": night.as_of.isoformat(),
        **dict(zip(COUNTED, row, strict=True)),
        "history_only": not night.around.current,
        "manual_cut_points": night.cuts.manual,
        "churn": night.params.ladder if night.params else ChurnParams.Ladder.FIXED.value,
    }


def _write_history(night: Night) -> None:
    """Intervals, tier moves and sums of this run, and of later ones as far as they look back at it."""
    night.sql("intervals", following=night.around.following)
    for border in (night.around.following, night.as_of):
        if border:
            run_sql(night.cursor, "merge", border=border)
    # A first run fills the table at once; without fresh statistics the joins below are planned for a few rows.
    night.cursor.execute("ANALYZE segmentation_scoreinterval")
    _write_moves(night.cursor, night.run, night.around.previous)
    if night.around.following:
        _write_moves(night.cursor, ScoreRun.objects.get(as_of=night.around.following), night.as_of)
    before = set(ScoreRun.objects.exclude(published_at=None).values_list("as_of", flat=True))
    published = sorted(before | {night.as_of})
    _write_sums(night.cursor, night.run, published)
    # Later runs may look back at this one as their month end before.
    days = [day for day in published if day > night.as_of and month_end_before(day, published) == night.as_of]
    for later in ScoreRun.objects.filter(as_of__in=days).order_by("as_of"):
        _write_sums(night.cursor, later, published)


def _write_moves(cursor: CursorWrapper, run: ScoreRun, previous: date | None) -> None:
    run_sql(cursor, "moves", run=run.pk, on=run.as_of, previous=previous)


def month_end_before(as_of: date, published: list[date]) -> date | None:
    """The run that stands for the month end before `as_of`: the last one in an earlier month."""
    first = as_of.replace(day=1)
    return max((day for day in published if day < first), default=None)


def _write_sums(cursor: CursorWrapper, run: ScoreRun, published: list[date]) -> None:
    run_sql(cursor, "sums", run=run.pk, on=run.as_of, month_end=month_end_before(run.as_of, published))


def _write_present(night: Night) -> None:
    """Warning cases and the facts that lists read; last, because it locks rows that people may be writing."""
    night.sql("cases", now=clock.now())
    large, mid = night.cuts.amount_classes or (None, None)
    often, now_and_then = rfm.FREQUENCY_FROM
    night.sql("facts", large=large, mid=mid, often=often, now_and_then=now_and_then)
