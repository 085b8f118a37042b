"""A night that a person asks for while another round is at work is run in that round: the message was refused."""

from datetime import date
from typing import Any

import pytest

from core import clock, jobs
from core.contributions import NightlyJob
from core.locks import only_one
from core.models import JobRun

pytestmark = pytest.mark.django_db


def test_what_became_due_during_a_round_is_run_by_it():
    newest = clock.last_ended_day()
    ran: list[date] = []
    refused: list[bool] = []

    def work(day: date) -> dict[str, Any]:
        ran.append(day)
        if ran.count(newest) == 1 and day == newest:
            with only_one(jobs.NIGHT_LOCK) as mine:
                refused.append(not mine)
            # What request_night does: the oldest night of this list was published long ago.
            JobRun.objects.filter(business_date=ran[0]).update(state=JobRun.State.DUE, published_at=None)
        return {}

    assert jobs.ensure_nightly([NightlyJob("scores", work)]) == 8
    assert refused == [True], "whoever got the message can't work"
    assert ran == [*sorted(clock.due_nights()), ran[0]]
    assert not JobRun.objects.filter(published_at=None).exists()
