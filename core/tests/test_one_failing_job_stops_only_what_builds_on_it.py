"""Each step of the night is a job of its own: one that fails holds up its later nights and what comes after it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from core import clock, jobs
from core.contributions import NightlyJob, registry
from core.models import JobRun

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon(time_machine: Any) -> None:
    """After the hour of the night, so that the day that ended last is due."""
    time_machine.move_to("2026-11-23T04:00:00+00:00")


def steps(fails: str) -> tuple[list[NightlyJob], list[tuple[str, date]]]:
    ran: list[tuple[str, date]] = []

    def work(name: str) -> Callable[[date], dict[str, Any]]:
        def run(day: date) -> dict[str, Any]:
            if name == fails:
                raise RuntimeError("broken")
            ran.append((name, day))
            return {}

        return run

    jobs_ = [("scores", ()), ("sweep", ()), ("plans", ("scores",)), ("notices", ("plans",))]
    return [NightlyJob(name, work(name), after=after) for name, after in jobs_], ran


def test_what_builds_on_a_failed_job_waits_and_the_rest_runs():
    night, ran = steps(fails="scores")
    assert jobs.ensure_nightly(night) == 7
    assert ran == [("sweep", day) for day in sorted(clock.due_nights())]
    states = dict(JobRun.objects.filter(business_date=clock.last_ended_day()).values_list("job", "state"))
    assert states == {"scores": "due", "sweep": "done", "plans": "due", "notices": "due"}
    assert JobRun.objects.filter(state="failed").get().job == "scores", "only the oldest night of it was tried"


def test_nothing_is_held_up_by_a_job_behind_it():
    night, ran = steps(fails="notices")
    jobs.ensure_nightly(night)
    assert {name for name, _day in ran} == {"scores", "sweep", "plans"}
    assert len(ran) == 3 * 7


def test_an_installation_whose_night_had_two_jobs_goes_on(defaults):
    """Its records of "plans" told of five steps; those that are jobs of their own now run once for each night."""
    for day in clock.due_nights():
        for job in ("scoring", "plans"):
            JobRun.objects.create(job=job, business_date=day, state="done", published_at=clock.now())
    night = registry().nightly_jobs
    assert jobs.ensure_nightly(night) == 7 * (len(night) - 2)
    assert jobs.ensure_nightly(night) == 0
    assert not JobRun.objects.exclude(state="done").exists()


def test_the_night_of_the_product_is_in_an_order_that_is_right():
    names = [job.name for job in registry().nightly_jobs]
    assert names.index("plans") > max(names.index("scoring"), names.index("stages"))
    assert names.index("day_notices") > names.index("plans")
    assert names.index("warning_notices") > names.index("scoring")
