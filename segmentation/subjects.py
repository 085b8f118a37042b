"""Whom the night of scores computes: everybody, or only those whose scores can have moved since the last one (ADR 31).

Nobody has to say that a customer changed: triggers note whom orders, interactions, files, facts, tiers by hand and
warnings were written of (`ToRate`). What days alone move is known before: orders that leave a span are found by their
day, everything else by the next day on which it moves (`RateOn`, segmentation/ahead.py). What holds for everybody, the
rules, cut-points, parameters, settings, this code, is kept as a digest: where it differs everybody is computed, as
they are once a week.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.backends.utils import CursorWrapper

from core import clock, company, sql
from customers.models import CompanySize, Industry
from sales.models import Product
from segmentation import rfm, standing
from segmentation.models import ChurnParams, CutPoints, ScoreLook, ScoringSettings, Tier
from segmentation.nightsql import run_sql
from segmentation.rating import Rating

if TYPE_CHECKING:
    from segmentation.night import Neighbours, Night

WHOLE_EVERY = timedelta(days=7)
MANY = 0.25  # of the customers; more are sooner computed with everybody else
HALF, YEAR = 180, 360  # days of the reasons that compare halves of a year
NO_RULES = ("id", "version", "created_at", "created_by", "updated_at", "updated_by", "warnings_shown")
STATEMENTS: tuple[str, ...] = (
    "before",
    "days",
    "totals",
    "scores",
    "watched",
    "chances",
    "watch",
    "cycles",
    "fixed_levels",
    "reasons",
    "warnings",
)
STATEMENTS += (
    "standing",
    "basis",
    "cases",
    "intervals",
    "judged",
    "present",
    "few",
    "due",
    "ahead",
    "changed",
    "shares",
)


@dataclass(frozen=True)
class Whom:
    """Everybody or few; of everybody `why`. `until`: the last day before everybody is computed again."""

    why: str
    until: date
    count: int = 0  # of few

    @property
    def everybody(self) -> bool:
        return bool(self.why)


def last_look() -> ScoreLook | None:
    """What the last finished night saw."""
    return ScoreLook.objects.first()


def rules_of(settings: ScoringSettings, cuts: CutPoints | None, params: ChurnParams | None, rating: Rating) -> str:
    """What holds for all customers, as a digest: when it changes, everybody is computed."""
    set_to = {
        f.name: getattr(settings, f.name) for f in ScoringSettings._meta.concrete_fields if f.name not in NO_RULES
    }
    flagged = list(Product.objects.exclude(flag="").order_by("pk").values_list("pk", flat=True))
    points = [list(of.objects.order_by("pk").values_list("pk", "points")) for of in (Industry, CompanySize)]
    tiers = list(Tier.objects.order_by("pk").values_list("scheme", "code", "rank"))
    said = [
        set_to,
        cuts and cuts.pk,
        params and params.pk,
        rating.ids,
        {scheme: repr(definition) for scheme, definition in rating.definitions.items()},
        tiers,
        flagged,
        points,
        [company.zone().key, company.currency()],
        [[repr(cell) for cell in rfm.cells()], standing.DAYS, standing.CHANCE_STEP],
        [sql.text("segmentation", name) for name in STATEMENTS],
    ]
    return hashlib.sha256(json.dumps(said, default=str, sort_keys=True).encode()).hexdigest()


def why_everybody(look: ScoreLook | None, as_of: date, rules: str, around: Neighbours) -> str:
    """Why this run can't do with few; empty if it can."""
    if around.following is not None:
        return "past"
    if look is None:
        return "first"
    stands_on = (around.previous, as_of) if around.repeated else (around.previous,)
    if look.as_of not in stands_on or look.day > clock.business_date():
        return "runs"
    if look.rules != rules:
        return "rules"
    return "week" if as_of - look.whole_on >= WHOLE_EVERY or as_of < look.whole_on else ""


def fill(cursor: CursorWrapper, as_of: date, look: ScoreLook | None, settings: ScoringSettings, why: str) -> Whom:
    """Fill night_subjects. What was noted is read first: what is written from here on, the next night sees."""
    run_sql(cursor, "seen")
    if look is not None and not why:
        _fill_few(cursor, as_of, look, settings)
        found, known = _counted(cursor)
        if found <= MANY * known:
            return Whom("", look.whole_on + WHOLE_EVERY - timedelta(days=1), found)
    run_sql(cursor, "everybody")
    return Whom(why or "many", as_of + WHOLE_EVERY - timedelta(days=1))


def _fill_few(cursor: CursorWrapper, as_of: date, look: ScoreLook, settings: ScoringSettings) -> None:
    zone = company.zone()
    spans = (standing.DAYS, 2 * standing.DAYS, HALF, settings.window_days)
    passed = [look.as_of + timedelta(days=n) for n in range(1, (as_of - look.as_of).days + 1)]
    run_sql(
        cursor,
        "few",
        as_of=as_of,
        before=look.as_of,
        ahead_from=clock.day_bounds(look.as_of, zone)[0],
        ahead_to=clock.day_bounds(as_of + timedelta(days=1), zone)[1],
        left=_days_before(passed, spans),
        left_window=_days_before(passed, (settings.window_days,)),
        left_of_warned=_days_before(passed, (YEAR,)),
        openers=bool(settings.openers),
        ran_out_from=min(look.as_of, look.day) - timedelta(days=1),
        today=clock.business_date(),
    )


def _counted(cursor: CursorWrapper) -> tuple[int, int]:
    cursor.execute(
        "SELECT (SELECT count(*) FROM night_subjects),"
        " (SELECT count(*) FROM segmentation_scoreinterval WHERE valid_to IS NULL)"
    )
    return cursor.fetchone()


def _days_before(days: Sequence[date], spans: Sequence[int]) -> list[date]:
    return sorted({day - timedelta(days=span) for day in days for span in spans})


def remember(night: Night) -> None:
    """The night is done: what was noted goes, and the next one begins where this one began."""
    night.sql("finish", whole=night.whom.everybody)
    values: dict[str, Any] = {
        "as_of": night.as_of,
        "day": clock.business_date(),
        "rules": rules_of(night.settings, night.cuts, night.params, night.rating),
        "whole_on": night.whom.until + timedelta(days=1) - WHOLE_EVERY,
        "fit_refused_on": night.refused_on,
    }
    ScoreLook.objects.update_or_create(pk=1, defaults=values)
