"""Predictions of a past day, made again by what is known of it: a person asks for them, a worker reckons in steps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import audit
from accounts.models import User
from core import clock, jobs
from core.contributions import NightlyJob
from segmentation import standing
from segmentation.models import ChurnParams, ScoringSettings
from segmentation.night_params import EVERYBODY, SAMPLE, fitting, histories
from segmentation.night_params import base as base_of
from segmentation.nightsql import run_sql
from segmentation.proof.models import PARAMETERS, Forecast, limits_of
from segmentation.proof.writing import (
    first_order_day,
    is_over,
    judge,
    last_order_day,
    limits_by,
    rows_write,
    start_of,
    watch,
)
from segmentation.selectors import scoring_settings
from ui import formatting

JOB_NAME = "replays"
STEPS = 3  # fitted and predicted, judged, done
MOST = 24


@transaction.atomic
def replay_ask(*, as_of: date, by: User) -> Forecast:
    """Have a past day replayed by a worker; asked for again it is reckoned anew. ValidationError by field."""
    settings = scoring_settings()
    if wrong := replay_problem(as_of, settings):
        raise ValidationError({"as_of": wrong})
    replays = Forecast.objects.filter(kind=Forecast.Kind.REPLAY)
    if replays.exclude(as_of=as_of).count() >= MOST:
        text = ngettext(
            "At most %(n)s day is kept. Remove one first.", "At most %(n)s days are kept. Remove one first.", MOST
        )
        raise ValidationError({"as_of": text % {"n": MOST}})
    values: dict[str, Any] = {
        "horizon_days": settings.horizon_days,
        "window_days": settings.window_days,
        "fixed_rule": settings.fixed_rule,
        "asked_by": by,
        "asked_at": clock.now(),
        "done": 0,
        "of": STEPS,
        "refused": "",
        "written_at": None,
        "judged_at": None,
        "again": False,
        **limits_of(settings),
    }
    row, _new = Forecast.objects.update_or_create(kind=Forecast.Kind.REPLAY, as_of=as_of, defaults=values)
    audit.record("replay.ask", by=by, on=row, as_of=as_of.isoformat())
    jobs.ask_for(JOB_NAME, clock.last_ended_day())
    return row


def replay_problem(as_of: date, settings: ScoringSettings) -> str:
    """Why a day can't be replayed, in a sentence; empty if it can."""
    last, days = last_order_day(), settings.horizon_days
    if last is None:
        return _("There are no orders yet.")
    if as_of > last or not is_over(as_of + timedelta(days=days)):
        latest = min(last, clock.last_ended_day()) - timedelta(days=days)
        text = _(
            "The %(days)s days after it aren't over: who hasn't bought yet would look like somebody who left. The"
            " latest day is %(latest)s."
        )
        return text % {"days": days, "latest": formatting.day(latest)}
    if as_of < (first := first_order_day() or last):
        return _("There were no orders by then: the first is of %(day)s.") % {"day": formatting.day(first)}
    return ""


def latest_day() -> date | None:
    """The latest day that can be replayed; None without orders."""
    last = last_order_day()
    if last is None:
        return None
    return min(last, clock.last_ended_day()) - timedelta(days=scoring_settings().horizon_days)


@transaction.atomic
def replay_remove(*, row: Forecast, by: User) -> None:
    """Take a replay out of the list, with its rows."""
    audit.record("replay.remove", by=by, on=row, as_of=row.as_of.isoformat())
    row.delete()


# --- by a worker --------------------------------------------------------------------------------------------------
def reckon_asked(business_date: date) -> Iterator[dict[str, Any]]:
    """The job of the worker: every replay that waits, the oldest first. Killed, it begins that one again."""
    done = 0
    waiting = Forecast.objects.filter(kind=Forecast.Kind.REPLAY, judged_at=None, refused="").order_by("asked_at", "pk")
    while (row := waiting.first()) is not None:
        for _step in reckoned(row):
            yield {"replays": done}
        done += 1
    yield {"replays": done}


def reckoned(row: Forecast) -> Iterator[None]:
    """One replay in steps. Who removed or asked for it meanwhile finds nothing half written."""
    asked = Forecast.objects.filter(pk=row.pk, asked_at=row.asked_at)
    asked.update(done=1)
    yield
    with transaction.atomic(), connection.cursor() as cursor:
        if asked.select_for_update().first() is None:
            return
        refused = _predict(cursor, row)
        asked.update(done=2, refused=refused)
    yield
    with transaction.atomic():
        if not refused and asked.select_for_update().first() is not None:
            judge(row)
            asked.update(done=STEPS)
    yield


def _predict(cursor: CursorWrapper, row: Forecast) -> str:
    """Fit on what was known then and write the rows; returns why not."""
    settings, as_of = scoring_settings(), row.as_of
    start = start_of(row)
    run_sql(cursor, "days", as_of=as_of)
    spans: dict[str, Any] = {"start": start, "month": as_of.replace(day=1), "days": standing.DAYS}
    run_sql(cursor, "totals", as_of=as_of, **spans)
    customers, repeaters, first = base_of(cursor)
    if not customers:
        return "nobody"
    rung, params = _fitted(cursor, row, customers, repeaters, (as_of - first).days if first else 0)
    fixed = params is None or settings.fixed_rule
    values = {name: getattr(params, name) if params else None for name in PARAMETERS}
    values |= {"ladder": rung, "fitted_on": as_of if params else None, "fixed_rule": fixed}
    Forecast.objects.filter(pk=row.pk).update(**values)
    for name, value in values.items():
        setattr(row, name, value)
    run_sql(cursor, "forecast_replayed", as_of=as_of, start=start)
    watch(cursor, row, by_model=not fixed, limits=limits_by(settings))
    rows_write(cursor, row, kept=False)
    return ""


def _fitted(cursor: CursorWrapper, row: Forecast, customers: int, repeaters: int, history: int) -> tuple[str, Any]:
    """(rung of the ladder, parameters): the fit of a night of that day, none where it would have had none."""
    fit = fitting()
    rung = fit.ladder(repeaters, history, row.horizon_days)
    if rung == fit.FIXED_RULE:
        return rung, None
    share = EVERYBODY if customers <= SAMPLE else max(1, EVERYBODY * SAMPLE // customers)
    result = fit.fit(histories(cursor, row.as_of, share))
    return (ChurnParams.Ladder.FIXED.value, None) if fit.refusal(result) else (rung, result.params)


REPLAYS = NightlyJob(
    JOB_NAME,
    reckon_asked,
    gettext_lazy("Replays of past days"),
    after=("scoring",),
    counts={"replays": gettext_lazy("%(n)s days replayed")},
)
