"""The dispatcher makes notices many at a time, each once, and health tells since when the oldest waits."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from core import clock, clockguard, health
from core.models import OutboxMail
from followups.models import FollowUp, Notice
from followups.services import day_notice_oldest, day_notices_make, visit_notice_oldest, visit_notices_make
from followups.tests.conftest import TUESDAY

pytestmark = pytest.mark.django_db
PEOPLE = 300


@pytest.fixture
def office(cast: Any, make: Any) -> list[User]:
    """Three hundred people with a contact of today and a visit that nobody has written up, at 10:00."""
    customer, rep = make(), cast.wang
    people = User.objects.bulk_create(
        User(name=f"Rep {n}", email=f"rep{n}@keben.example", role=rep.role, team=rep.team) for n in range(PEOPLE)
    )
    today = clock.business_date()
    visit = {"method": "visit", "due_at": TUESDAY - timedelta(hours=20)}
    FollowUp.objects.bulk_create(
        FollowUp(customer=customer, assignee=one, due_on=today - timedelta(days=late), **(visit if late else {}))
        for one in people
        for late in (0, 1)
    )
    return people


def test_a_round_makes_all_of_them_in_a_few_statements_and_each_once(office: list[User]) -> None:
    with CaptureQueriesContext(connection) as statements:
        began = time.process_time()
        assert day_notices_make() + visit_notices_make() == 2 * PEOPLE
        spent = time.process_time() - began
    assert len(statements) < 20
    assert 2 * PEOPLE / spent > 200  # a second, of a worker's own time
    assert day_notices_make() + visit_notices_make() == 0
    assert Notice.objects.count() == 2 * PEOPLE
    told = Notice.objects.filter(user=office[7]).order_by("kind").values_list("kind", "numbers")
    assert [(kind, numbers.get("overdue")) for kind, numbers in told] == [("day", 1), ("visit", None)]


def test_who_wishes_mail_gets_it_and_nobody_else(office: list[User], settings: Any) -> None:
    settings.EMAIL_URL = "smtp://localhost:1"
    User.objects.filter(pk=office[0].pk).update(notice_mails={"day": True, "visit": True})
    User.objects.exclude(pk=office[0].pk).update(notice_mails={"day": False, "visit": False})
    day_notices_make()
    visit_notices_make()
    assert set(OutboxMail.objects.values_list("user", "kind")) == {(office[0].pk, "day"), (office[0].pk, "notice")}


def dispatcher() -> health.Light:
    return next(light for light in health.lights([]) if light.code == "dispatch")


def test_health_tells_since_when_the_oldest_waits(office: list[User], cast: Any, sign_in: Any) -> None:
    clockguard.note("dispatch")
    assert day_notice_oldest() == TUESDAY - timedelta(minutes=90)  # 08:30
    assert visit_notice_oldest() == TUESDAY - timedelta(minutes=90)
    light = dispatcher()
    assert (light.level, light.since) == (health.WARN, TUESDAY - timedelta(minutes=90))
    assert light.numbers["lag"] >= timedelta(minutes=89)
    page = sign_in(cast.admin).get(reverse("health")).content.decode()
    assert "oldest notice or message due for" in page
    User.objects.filter(pk=cast.admin.pk).update(language="zh-hans")
    assert "最早一条到期未发的通知或消息已等待" in sign_in(cast.admin).get(reverse("health")).content.decode()
    day_notices_make()
    visit_notices_make()
    light = dispatcher()
    assert (light.level, light.numbers["lag"]) == (health.OK, timedelta(0))
    assert day_notice_oldest() is visit_notice_oldest() is None


def test_a_message_that_waits_counts_as_well(cast: Any, settings: Any) -> None:
    settings.EMAIL_URL = "smtp://localhost:1"
    clockguard.note("dispatch")
    due = clock.now() - timedelta(seconds=240)
    OutboxMail.objects.create(
        kind="reminder", dedupe_key="x", address="a@keben.example", subject="x", body="", message_id="<x@x>",
        due_at=due, next_try_at=due,
    )  # fmt: skip
    assert dispatcher().numbers["lag"] >= timedelta(seconds=239)
    with time_machine.travel(TUESDAY + timedelta(minutes=10), tick=False):
        assert dispatcher().level == health.WARN
