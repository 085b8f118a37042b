"""Takes nights of the future back, with all they did in every app, and puts the present together again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Min

from accounts import audit
from accounts.models import User
from core import clock, clockguard, jobs
from core.jobs import run_nights
from core.locks import only_one
from core.models import JobRun
from customers.services import pauses_back
from followups.services.withdraw import plans_withdraw
from sales.services import stages_move_back
from segmentation.models import ScoreRun
from segmentation.withdraw import last_present_run, runs_withdraw
from workbench.health.clocks import forget_the_future


def nights_withdraw(*, after: date, by: User | None = None) -> dict[str, Any]:
    """Withdraw every run as of a day after `after`, at the earliest of the days that haven't ended yet.

    Runs that could only write history because a later one stood, go too and are made again in their order, so that
    tiers, cases and plans are those of a proper night. Returns counts, and the nights made again.
    """
    last_ended = clock.last_ended_day()
    after = max(after, last_ended)
    with only_one(jobs.NIGHT_LOCK, wait=True), transaction.atomic():
        span = _span(after)
        present = last_present_run(after) if span else None
        since = after if present is None else present
        again = sorted(set(_published(since, after)) | ({present} if present else set()))
        counts = _withdraw(after, since, span) if span else {}
        now = clockguard.confirm()
        counts |= {f"loose_{name}": count for name, count in forget_the_future(now).items()}
        audit.record("health.runs_withdraw", by=by, since=after.isoformat(), rows=counts.get("runs", 0))
    for day in again or ([last_ended] if counts.get("runs") else []):
        run_nights(day)
    return {"after": after.isoformat(), **counts, "nights_again": [day.isoformat() for day in again]}


def _span(after: date) -> tuple[datetime, datetime] | None:
    """When the runs to be withdrawn were at work, by the clock of that time; None when there are none."""
    runs = ScoreRun.objects.filter(as_of__gt=after).aggregate(began=Min("started_at"), ended=Max("published_at"))
    nights = JobRun.objects.filter(business_date__gt=after)
    worked = nights.aggregate(began=Min("created_at"), ended=Max("finished_at"))
    found = [moment for moment in (*runs.values(), *worked.values()) if moment]
    return (min(found), max(found) + timedelta(seconds=1)) if found else None


def _published(since: date, upto: date) -> list[date]:
    days = ScoreRun.objects.filter(as_of__gt=since, as_of__lte=upto).exclude(published_at=None)
    return list(days.values_list("as_of", flat=True))


def _withdraw(after: date, since: date, span: tuple[datetime, datetime]) -> dict[str, Any]:
    today = clock.business_date()
    began, ended = span
    counts: dict[str, Any] = runs_withdraw(since)
    counts |= plans_withdraw(began=began, ended=ended, now=clock.now(), today=today)
    counts["stages"] = stages_move_back(today)
    counts["pauses"] = pauses_back(today)
    JobRun.objects.filter(business_date__gt=after).delete()
    return counts
