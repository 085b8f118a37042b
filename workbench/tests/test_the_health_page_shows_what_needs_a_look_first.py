"""System health: parts in three groups, those that need a look first; of the nights the last of each kind."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core import clock, jobs
from core.models import Heartbeat, JobRun

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(cast, sign_in):
    return lambda: sign_in(cast.admin).get(reverse("health"))


def shown(response):
    """The names of the parts, group by group."""
    text = response.content.decode()
    groups = text.split('<div class="lights">')[1:]
    return [re.findall(r'class="heading"><span>([^<]+)</span>', group.split("</section>")[0]) for group in groups]


def test_three_groups_and_in_each_what_needs_a_look_first(page):
    Heartbeat.objects.create(name="worker:1", seen_at=timezone.now())
    work, nights, base = shown(page())
    assert work[-1] == "Workers" or work.index("Workers") > work.index("Import workers")  # which nobody has started
    assert "Backup" in nights
    assert {"Clock", "Database", "Disk"} <= set(base)


def test_a_silent_worker_says_when_it_was_last_seen(page):
    seen = timezone.now() - timedelta(hours=3)
    Heartbeat.objects.create(name="worker:1", seen_at=seen)
    assert "last sign of life" in page().content.decode()


def test_the_last_run_of_each_job_and_what_failed_stand_open_and_the_rest_is_one_click_away(page):
    names = [job.name for job in jobs.nightly()]
    today = clock.business_date()
    for back in range(3):
        for name in names:
            JobRun.objects.create(
                job=name,
                business_date=today - timedelta(days=back),
                state="failed" if back == 2 and name == names[0] else "done",
            )
    text = page().content.decode()
    opened, folded = text.split('<details class="pad earlier">')
    assert opened.count('<th scope="row"') == len(names) + 1
    assert folded.split("</details>")[0].count('<th scope="row"') == 2 * len(names) - 1
    assert f"{2 * len(names) - 1} earlier runs" in text
