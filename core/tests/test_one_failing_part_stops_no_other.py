"""A round of the dispatcher goes on past what fails in it, says so in the log, and the health page names it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import psycopg2
import pytest
import time_machine
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from core import health, rounds
from core.models import Heartbeat
from crm import dispatching

pytestmark = pytest.mark.django_db


def light():
    return next(one for one in health.lights([]) if one.code == "dispatch")


def broken(*_args):
    raise KeyError("13812345678")


@pytest.mark.parametrize(
    "name", ["day_notices_make", "clock_notices_make", "visit_notices_make", "appointments_follow", "messages_settle"]
)
def test_mail_goes_whatever_part_fails(monkeypatch, name):
    gone = []
    monkeypatch.setattr(dispatching, name, broken)
    monkeypatch.setattr(dispatching.dispatcher, "dispatch", lambda **more: gone.append(1) or Counter())
    for _ in range(2):
        dispatching.dispatch_round()
    assert gone == [1, 1]
    (stumble,) = light().numbers["stumbles"]
    assert name.startswith(stumble)
    assert light().level == health.BAD


def test_one_row_stops_no_other_and_is_logged_by_its_name(caplog):
    def work(row):
        return broken() if row == 2 else row

    assert rounds.each("messages", work, [1, 2, 3]) == 4
    assert Heartbeat.objects.get(name="stumbles:messages").details["rows"] == 1
    assert "messages" in caplog.text


def test_what_works_again_leaves_the_page_after_some_minutes():
    rounds.part("messages", broken)
    assert light().numbers["stumbles"] == ["messages"]
    assert rounds.part("messages", lambda: 7) == 7
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        Heartbeat.objects.filter(name="stumbles:messages").update(seen_at=timezone.now() - timedelta(minutes=12))
        assert light().numbers["stumbles"] == []


def test_a_database_that_went_away_is_no_rows_fault():
    def away():
        raise OperationalError from psycopg2.OperationalError("server closed the connection")

    with pytest.raises(OperationalError):
        rounds.part("messages", away)


def test_the_page_names_the_part(cast, sign_in):
    rounds.part("appointments", broken)
    page = sign_in(cast.admin).get(reverse("health")).content.decode()
    assert "news for guests of appointments" in page
    assert "13812345678" not in page
