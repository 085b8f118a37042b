"""The night: scores of all customers as of a business date by set-based SQL, published in one transaction.

The worker (core.jobs) and `manage.py rescore` run the same `score`. A killed or failing run
leaves nothing behind, because everything it writes becomes visible with its commit; readers see the run published
before until then. Definitions: docs/algorithms/, tested against the pure modules of this app.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
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
from segmentation import rfm, standing
from segmentation.ahead import look_ahead
from segmentation.buying.nightly import expected_find, expected_write, rhythms_write
from segmentation.class_limits import frequency_begins, limits_of
from segmentation.following import moves_told, warnings_told
from segmentation.models import (
    ChurnParams,
    CutPoints,
    PotentialSum,
    RunSum,
    ScoreLook,
    ScoreRun,
    ScoringSettings,
    SumShare,
)
from segmentation.night_params import (
    calibration_is_due,
    churn_params_for,
    cut_points_for,
    fit_is_due,
    stored_cut_points,
    stored_params,
)
from segmentation.nightsql import OF_BUYERS, OF_SUBJECTS, piece, run_sql
from segmentation.rating import FURTHER, SCORED, Rating, newer_sets, rating_as_of, rating_of, tiers_in_force
from segmentation.selectors import days_that_count, scoring_settings
from segmentation.subjects import Whom, fill, last_look, remember, rules_of, why_everybody
from segmentation.tiers import SCHEMES
from segmentation.together import add_together

log = structlog.get_logger(__name__)
WORK_MEM = "128MB"
SAMPLES = "10"
MUCH = 0.2  # of the intervals; of more that are new the statistics are taken at once
PART = 2000  # customers whose facts are written at a time
JOB_NAME = "scoring"


class CannotScoreError(ValueError):
    """The asked date can't be scored; the message says why, in the reader's language."""


@dataclass(frozen=True)
class Neighbours:
    """Published runs round the as-of date: the one before, the one after, and the one that `changed` compares with.

    `repeated`: the date has a run already.
    """

    previous: date | None
    following: date | None
    baseline: date | None
    repeated: bool

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
    rating: Rating
    run: ScoreRun
    whom: Whom
    refused_on: date | None  # when a fit was refused last

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
        return run_sql(self.cursor, name, **{"as_of": self.as_of, **params})


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
    with only_one(NIGHT_LOCK, wait=True):
        return score(day, calibrate=calibrate, full=full)


def nightly(business_date: date) -> Iterator[dict[str, Any]]:
    """The job of one night, called by core.jobs inside its lock."""
    return scored(business_date)


NIGHTLY = NightlyJob(
    JOB_NAME,
    nightly,
    gettext_lazy("Scores, tiers and warnings"),
    counts={
        "customers": gettext_lazy("%(n)s customers"),
        "looked_at": gettext_lazy("%(n)s looked at"),
        "changed": gettext_lazy("%(n)s changed"),
        "tier_moves": gettext_lazy("%(n)s tier moves"),
        "warnings_opened": gettext_lazy("%(n)s warnings opened"),
    },
)


def score(as_of: date, *, calibrate: bool = False, full: bool = False) -> dict[str, Any]:
    """Compute, write and publish one run; must be called under the night's lock. Returns the counts."""
    counts: dict[str, Any] = {}
    for counts in scored(as_of, calibrate=calibrate, full=full):  # noqa: B007 - the last ones are those of all
        pass
    return counts


def scored(as_of: date, *, calibrate: bool = False, full: bool = False) -> Iterator[dict[str, Any]]:
    """The same in transactions: one that publishes the run, then some that write facts, a part each. After each of them
    the counts so far. Killed in between, the next try finds what is left to do.

    Without any customer nothing is published: the first run of a company is the first one that says something.
    """
    began = time.monotonic()
    if not Customer.objects.exists():
        SumShare.objects.all().delete()  # of whom the last of them was
        yield {"as_of": as_of.isoformat(), **dict.fromkeys(COUNTED, 0), "seconds": 0.0}
        return
    with connection.cursor() as cursor:
        night, counts = _publish(cursor, as_of, calibrate=calibrate, full=full)
        counts["seconds"] = round(time.monotonic() - began, 2)
        yield counts
        if night.around.current:
            for _part in _facts_written(night):
                yield counts
            with transaction.atomic():
                night.sql("potential_sums", run=night.run.pk)
                add_together(cursor, PotentialSum)
                remember(night)
                counts["seconds"] = round(time.monotonic() - began, 2)
                ScoreRun.objects.filter(pk=night.run.pk).update(counts=counts)
            yield counts
    log.info("scores published", why_everybody=night.whom.why, **counts)


@transaction.atomic
def _publish(cursor: CursorWrapper, as_of: date, *, calibrate: bool, full: bool) -> tuple[Night, dict[str, Any]]:
    """The run with its history, sums and cases; cases last, as people work on them."""
    _make_room(cursor)
    night = _prepare(cursor, as_of, calibrate=calibrate, full=full)
    _compute(night)
    rows, known = night.sql("moved").fetchone()
    moved = _moved(night)
    if night.around.current:
        tiers_in_force(night.rating)
    totals = _write_history(night, many=rows > MUCH * known)
    if night.around.current:
        _write_present(night)
    else:
        night.sql("forget")
    counts = _counts(night, totals, moved)
    ScoreRun.objects.filter(pk=night.run.pk).update(published_at=clock.now(), counts=counts)
    if night.around.current:
        moves_told(night.run)
        warnings_told(night.run)
    transaction.on_commit(days_that_count.forget)
    return night, counts


def _moved(night: Night) -> Sequence[int]:
    """What moved against the run compared with (`MOVED`)."""
    of = {"of": "night_scores"}
    if night.around.current and (not night.around.repeated or night.around.baseline == night.as_of):
        # The interval in which this day lies is that of the run compared with: of nobody else's a value moved.
        of = {"of": "(SELECT n.* FROM night_moved mv JOIN night_scores n ON n.customer_id = mv.customer_id)"}
    return night.sql("changes", parts=of, baseline=night.around.baseline).fetchone()


def _make_room(cursor: CursorWrapper) -> None:
    """Much memory for this transaction, several processes, and few samples of its temporary tables: each is read by a
    statement or two, and with the usual samples that was a tenth of a night."""
    run_sql(cursor, "room", memory=WORK_MEM, samples=SAMPLES)


# --- preparing ----------------------------------------------------------------------------------------------------


def window_start(as_of: date, settings: ScoringSettings) -> date:
    """First day of the scoring window that ends with `as_of`."""
    return as_of - timedelta(days=settings.window_days - 1)


def _prepare(cursor: CursorWrapper, as_of: date, *, calibrate: bool, full: bool) -> Night:
    settings, look, rating = scoring_settings(), last_look(), rating_as_of(as_of)
    around = _neighbours(as_of, look)
    refused_on = look.fit_refused_on if look and around.current else None
    fit_due = fit_is_due(as_of, refused_on)
    calibration_due = calibration_is_due(as_of, settings, calibrate=calibrate, full=full)
    if full or calibrate:
        why = "asked"
    elif fit_due or calibration_due:
        why = "anew"
    else:
        rules = rules_of(settings, stored_cut_points(as_of, settings), stored_params(as_of), rating)
        why = why_everybody(look, as_of, rules, around)
    whom = fill(cursor, as_of, look, settings, why)
    if whom.everybody:
        run_sql(cursor, "days", as_of=as_of)
    else:
        run_sql(cursor, "days", parts={"whose": OF_SUBJECTS}, as_of=as_of, hashed="on")
    spans: dict[str, Any] = {
        "start": window_start(as_of, settings),
        "month": as_of.replace(day=1),
        "days": standing.DAYS,
    }
    run_sql(cursor, "totals", as_of=as_of, **spans)
    cuts = cut_points_for(cursor, as_of, settings, due=calibration_due)
    fit = churn_params_for(cursor, as_of, settings, due=fit_due)
    values = {
        "cut_points": cuts,
        "churn_params": fit.params,
        "started_at": clock.now(),
        "full": full,
        "horizon_days": settings.horizon_days,
        "window_days": settings.window_days,
        "rule_sets": rating.ids,
    }
    # A repeated run keeps its row and its `published_at` until it is published again.
    run, _new = ScoreRun.objects.update_or_create(as_of=as_of, defaults=values)
    return Night(
        cursor, as_of, around, settings, cuts, fit.params, rating, run, whom, as_of if fit.refused else refused_on
    )


def _neighbours(as_of: date, look: ScoreLook | None) -> Neighbours:
    published = ScoreRun.objects.exclude(published_at=None)
    previous = published.filter(as_of__lt=as_of).order_by("-as_of").values_list("as_of", flat=True).first()
    following = published.filter(as_of__gt=as_of).order_by("as_of").values_list("as_of", flat=True).first()
    repeated = published.filter(as_of=as_of).exists()
    # One that broke off after it was published says what moved as if nothing had happened.
    finished = following is not None or look is None or look.as_of == as_of
    return Neighbours(previous, following, as_of if repeated and finished else previous, repeated)


# --- computing ----------------------------------------------------------------------------------------------------


def _compute(night: Night) -> None:
    """Scores, groups, tiers, lifecycle and warning levels of everybody, in temporary tables."""
    _fill_cells(night.cursor)
    night.sql("before", previous=night.around.previous)
    rating, params = night.rating.expression(SCORED, further=False)
    limits = limits_of(night.settings)
    night.sql(
        "scores",
        rating=rating,
        start=night.start,
        known_before=night.known_before,
        cuts_r=night.cuts.r,
        cuts_f=night.cuts.f,
        cuts_m=night.cuts.m,
        lost_after=limits.lost_after,
        dormant_after=limits.dormant_after,
        loyal_days=limits.loyal_days,
        loyal_r=limits.loyal_r,
        **_classes(night),
        **night.rating.words,
        **params,
    )
    _compute_warnings(night)
    if night.around.current or night.rating.further:
        _further_scores(night)
    if night.rating.further:
        rating, params = night.rating.expression(FURTHER, further=True)
        night.sql("rate", rating=rating, **params)


def _classes(night: Night) -> dict[str, int | None]:
    """From which amount and which number of purchase days on the classes of both begin."""
    large, mid = night.cuts.amount_classes or (None, None)
    often, now_and_then = frequency_begins(night.settings)
    return {"large": large, "mid": mid, "often": often, "now_and_then": now_and_then}


def _fill_cells(cursor: CursorWrapper) -> None:
    """The 125 score combinations with their groups: one definition for Python and SQL."""
    run_sql(cursor, "cells")
    rows = [(c.r, c.f, c.m, c.segment8, c.group5, c.grade4, c.segment11) for c in rfm.cells()]
    cursor.executemany("INSERT INTO night_cells VALUES (%s, %s, %s, %s, %s, %s, %s)", rows)
    cursor.execute("ANALYZE night_cells")


def _compute_warnings(night: Night) -> None:
    chances = _chances(night)
    by_model, openers = chances["by_model"], list(night.settings.openers)
    night.sql("watched", known_before=night.known_before)
    night.sql("watch", parts={"chances": piece("chances", whom="night_watched")}, **chances)
    if not by_model:
        night.sql("cycles", everybody=True)
        night.sql("fixed_levels", **chances)
    if openers or night.around.current:
        night.sql("cycles", everybody=bool(openers) or not by_model)
        asked = {"current": night.around.current, "of_all": bool(openers)}
        night.sql("reasons", zone=company.zone().key, **asked, **chances)
        night.sql("warnings", openers=openers)
    else:
        # A run about the past writes no cases, so nobody reads its reasons unless they open warnings.
        night.sql("no_reasons")
        night.sql("warnings", openers=[])


def _chances(night: Night) -> dict[str, Any]:
    """By what chances and levels are reckoned."""
    return {
        "by_model": night.params is not None and not night.settings.fixed_rule,
        "horizon": night.settings.horizon_days,
        "step": standing.CHANCE_STEP,
        **{name: getattr(night.params, name) if night.params else None for name in ("r", "alpha", "a", "b")},
        **_limits(night.settings),
    }


def _limits(settings: ScoringSettings) -> dict[str, float]:
    names = ("yellow_p", "yellow_drop", "red_p", "red_drop", "red_falls_p", "eased_p", "eased_drop")
    return {name: getattr(settings, name) for name in (*names, "fixed_days", "cycle_ratio")}


# --- counting and writing -----------------------------------------------------------------------------------------

TOTALS = ("customers", "scored", "yellow", "red")
MOVED = ("changed", "tier_moves", "warnings_opened", "warnings_closed")
COUNTED = (*TOTALS, *MOVED)


def _counts(night: Night, totals: Sequence[int], moved: Sequence[int]) -> dict[str, Any]:
    found = dict(zip(TOTALS, totals, strict=True))
    return {
        "as_of": night.as_of.isoformat(),
        **found,
        "looked_at": found["customers"] if night.whom.everybody else night.whom.count,
        **dict(zip(MOVED, moved, strict=True)),
        "history_only": not night.around.current,
        "manual_cut_points": night.cuts.manual,
        "churn": night.params.ladder if night.params else ChurnParams.Ladder.FIXED.value,
    }


def _write_history(night: Night, *, many: bool) -> Sequence[int]:
    """Intervals, tier moves and sums of this run, and of later ones as far as they look back at it.

    `many`: more intervals than the server's statistics can do without. Returns what the run comes to (`TOTALS`).
    """
    night.sql("intervals", following=night.around.following)
    if night.around.following or night.around.repeated:
        # Only a run between others, or one that is repeated, can say again what a neighbour says.
        for border in filter(None, (night.around.following, night.as_of)):
            run_sql(night.cursor, "merge", border=border)
    if many:
        # A first run fills the table at once; without fresh statistics the joins below are planned for a few rows.
        night.cursor.execute("SET LOCAL default_statistics_target TO DEFAULT; ANALYZE segmentation_scoreinterval")
    _write_moves(night.cursor, night.run, night.around.previous, _by_former_rules(night))
    if night.around.following:
        _write_moves(night.cursor, ScoreRun.objects.get(as_of=night.around.following), night.as_of)
    return _sums_written(night)


def _by_former_rules(night: Night) -> Mapping[str, int]:
    """Rate once more by the sets of the run before, where others count now: who would have stayed there was moved by
    the new ones. Returns their numbers by scheme."""
    previous = night.around.previous
    former = ScoreRun.objects.filter(as_of=previous).first() if previous else None
    newer = newer_sets(night.rating, rating_of(former)) if former else {}
    rating, standing, params = "NULL", "", dict[str, Any]()
    if former and newer:
        known = night.around.current or night.rating.further
        rating, params = rating_of(former).expression(FURTHER, further=known)
        standing = "JOIN night_standing g ON g.customer_id = s.customer_id" if known else ""
    night.sql("former", rating=rating, parts={"standing": standing}, schemes=list(newer), **params)
    return newer


def _write_moves(
    cursor: CursorWrapper, run: ScoreRun, previous: date | None, newer: Mapping[str, int] | None = None
) -> None:
    """`newer`: the rule sets that are new in this run, where it is the one that was computed."""
    rules: dict[str, Any] = {f"rules_{scheme}": (newer or {}).get(scheme) for scheme in SCHEMES}
    own = newer is not None
    run_sql(cursor, "moves", run=run.pk, on=run.as_of, previous=previous, own=own, **rules)


def month_end_before(as_of: date, published: list[date]) -> date | None:
    """The run that stands for the month end before `as_of`: the last one in an earlier month."""
    first = as_of.replace(day=1)
    return max((day for day in published if day < first), default=None)


def _sums_written(night: Night) -> Sequence[int]:
    """What dashboards add up of this run, and of those that look back at it. Returns what it comes to (`TOTALS`)."""
    before = set(ScoreRun.objects.exclude(published_at=None).values_list("as_of", flat=True))
    published = sorted(before | {night.as_of})
    if night.around.current:
        _shares_written(night, published)
        _write_sums(night.cursor, night.run, published, of="segmentation_sumshare")
        return night.sql("counted").fetchone()
    _write_sums(night.cursor, night.run, published)
    totals = night.sql("counted").fetchone()
    # Later runs may look back at this one as their month end before.
    days = [day for day in published if day > night.as_of and month_end_before(day, published) == night.as_of]
    for later in ScoreRun.objects.filter(as_of__in=days).order_by("as_of"):
        _write_sums(night.cursor, later, published)
    night.sql("shares_before", month_end=month_end_before(published[-1], published))
    return totals


def _shares_written(night: Night, published: list[date]) -> None:
    """What the sums count of the customers of this run; of all others that stands as the last run left it."""
    last = night.around.previous
    if last and not night.around.repeated and (last.year, last.month) != (night.as_of.year, night.as_of.month):
        night.sql("shares_turn")
    bands = {code: low for code, (low, _high) in standing.BANDS.items() if low}
    noted = "segmentation_sumshare" if night.whom.everybody else "night_seen"
    month_end = month_end_before(night.as_of, published)
    night.sql("shares", parts={"noted": noted}, month_end=month_end, **bands)


def _write_sums(cursor: CursorWrapper, run: ScoreRun, published: list[date], *, of: str = "") -> None:
    month_end = month_end_before(run.as_of, published)
    counted = of or "({})".format(piece("shares_past"))
    run_sql(cursor, "sums", parts={"of": counted}, run=run.pk, on=run.as_of, month_end=month_end)
    add_together(cursor, RunSum, "run_id = %(run)s", {"run": run.pk})


def _write_present(night: Night) -> None:
    """Warning cases, the figures behind the further scores, and what the next nights need to know."""
    look_ahead(night, _chances(night))
    night.sql("bought")
    night.sql("basis")
    rhythms_write(night.cursor, night.as_of, everybody=night.whom.everybody)
    night.sql("cases", now=clock.now())


def _further_scores(night: Night) -> None:
    """Interaction, satisfaction, loyalty, potential and health, in a temporary table.

    Answers, qualifications and open complaints are those of today: stored are the scores of the last run only.
    """
    zone = company.zone()
    night.sql(
        "standing",
        parts={} if night.whom.everybody else {"whose": OF_BUYERS},
        start=night.start,
        days=standing.DAYS,
        talks_from=clock.day_bounds(night.as_of - timedelta(days=standing.DAYS - 1), zone)[0],
        talks_to=clock.day_bounds(night.as_of, zone)[1],
        zone=zone.key,
    )


def _facts_written(night: Night) -> Iterator[None]:
    """The facts that lists read, in parts; each locks only its own customers, whom people may be writing."""
    with transaction.atomic():
        night.sql("hold_retired", **night.rating.words)
        night.sql("retired", now=clock.now(), **night.rating.words)
    with transaction.atomic():
        _make_room(night.cursor)
        said = {"present": piece("present", said=piece("judged"))}
        parts = night.sql("differ", parts=said, size=PART, today=clock.business_date()).fetchone()[0]
    said = {"present": piece("present", said="SELECT * FROM night_facts WHERE part = %(part)s")}
    for part in range(parts):
        with transaction.atomic():
            night.sql("hold", part=part)
            night.sql("facts", parts=said, part=part, today=clock.business_date())
        yield
    with transaction.atomic():
        _make_room(night.cursor)
        parts = expected_find(night.cursor, night.as_of, PART)
    for part in range(parts):
        with transaction.atomic():
            expected_write(night.cursor, part)
        yield
