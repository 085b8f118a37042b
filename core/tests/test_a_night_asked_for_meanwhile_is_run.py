"""A night that somebody wants once more is run, whatever is at work at that moment: nothing is left out."""

from datetime import date
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction

from core import clock, jobs
from core.contributions import NightlyJob
from core.locks import only_one
from core.models import JobRun

AT_WORK = 10  # seconds that a thread is waited for


@pytest.fixture(autouse=True)
def _at_noon(time_machine: Any) -> None:
    """After the hour of the night, so that the day that ended last is due."""
    time_machine.move_to("2026-11-23T04:00:00+00:00")


def one_job(monkeypatch: pytest.MonkeyPatch, run: Any) -> list[NightlyJob]:
    night = [NightlyJob("scores", run)]
    monkeypatch.setattr(jobs, "nightly", lambda: night)
    return night


@pytest.mark.django_db
def test_a_round_runs_what_is_asked_for_during_it(monkeypatch):
    newest = clock.last_ended_day()
    ran: list[date] = []
    refused: list[bool] = []

    def work(day: date) -> dict[str, Any]:
        ran.append(day)
        if day == newest and ran.count(newest) == 1:
            with only_one(jobs.NIGHT_LOCK) as mine:
                refused.append(not mine)
            jobs.ask_again(newest)
        return {}

    assert jobs.ensure_nightly(one_job(monkeypatch, work)) == 8
    assert refused == [True], "whoever gets the message finds the lock taken and does nothing"
    assert ran == [*sorted(clock.due_nights()), newest]
    assert set(JobRun.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.django_db
def test_a_published_night_is_run_once_more_and_stays_published_until_then(monkeypatch):
    ran: list[date] = []
    night = one_job(monkeypatch, lambda day: ran.append(day) or {})
    jobs.ensure_nightly(night)
    jobs.ask_again(ran[-1])
    asked = JobRun.objects.get(business_date=ran[-1])
    assert asked.state == "due"
    assert asked.published_at is not None
    assert jobs.ensure_nightly(night) == 1
    assert jobs.ensure_nightly(night) == 0


@pytest.mark.django_db(transaction=True)
def test_a_job_that_begins_before_the_commit_waits_for_it(monkeypatch):
    day = clock.last_ended_day()
    seen: list[bool] = []

    def work(_day: date) -> dict[str, Any]:
        seen.append(JobRun.objects.filter(job="what came in").exists())
        return {}

    night = one_job(monkeypatch, work)
    jobs.ensure_nightly(night)
    JobRun.objects.filter(business_date=day).update(state=JobRun.State.DUE)  # the other process is about to run it

    def other_process() -> None:
        jobs.ensure_nightly(night)
        connection.close()

    other = Thread(target=other_process)
    with transaction.atomic():
        JobRun.objects.create(job="what came in", business_date=day)
        jobs.ask_again(day)
        other.start()
        other.join(0.5)
        assert other.is_alive(), "it waits"
    other.join(AT_WORK)
    assert seen == [False] * 7 + [True]
    assert jobs.night_of(day).get().state == "done"
