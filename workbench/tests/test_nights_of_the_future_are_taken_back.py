"""withdraw_runs: what nights of a wrong year did is undone; the state is that of an installation where it never was."""

import json
import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from conftest import Cast, cast_made
from core import clockguard, health
from core.models import JobRun
from crm.tasks import tick_dispatch, tick_night
from customers.models import Customer
from followups.models import FollowUp
from followups.services import follow_up_create
from sales.services import order_facts_refresh
from segmentation.cases.services import warning_close, warning_start
from segmentation.models import ChurnCase, ScoreRun
from segmentation.tests import worlds
from workbench.defaults import ensure_defaults

pytestmark = pytest.mark.django_db
TODAY = datetime(2026, 6, 17, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)
YEAR, SEASON = timedelta(days=400), timedelta(days=70)
SAME = {  # what must be equal afterwards, without running numbers and stamps
    "runs": "SELECT as_of, published_at IS NULL FROM segmentation_scorerun",
    "intervals": "SELECT to_jsonb(i) - 'id' FROM segmentation_scoreinterval i",
    "moves": 'SELECT customer_id, "on", tier_before, tier_after, up FROM segmentation_tiermove',
    "sums": "SELECT r.as_of, to_jsonb(s) - 'id' - 'run_id' FROM segmentation_runsum s"
    " JOIN segmentation_scorerun r ON r.id = s.run_id",
    "cases": "SELECT to_jsonb(c) - 'id' - 'opened_at' - 'closed_at', closed_at IS NULL FROM segmentation_churncase c",
    "reasons": "SELECT c.customer_id, to_jsonb(r) - 'id' - 'case_id' FROM segmentation_churnreason r"
    " JOIN segmentation_churncase c ON c.id = r.case_id",
    "cuts": "SELECT calibrated_on, manual, r, f, m FROM segmentation_cutpoints",
    "params": "SELECT fitted_on, ladder FROM segmentation_churnparams",
    "facts": "SELECT to_jsonb(f) FROM customers_customerfacts f",
    "stages": "SELECT id, stage, stage_since FROM customers_customer",
    "plans": "SELECT customer_id, assignee_id, due_on, source, state, reason - 'case' FROM followups_followup",
    "notices": "SELECT user_id, kind, customer_id, numbers - 'case' FROM followups_notice",
    "mails": "SELECT kind, dedupe_key, state FROM core_outboxmail",
    "nights": "SELECT job, business_date, published_at IS NULL FROM core_jobrun",
}


def state():
    found = {}
    with connection.cursor() as cursor:
        for name, sql in SAME.items():
            cursor.execute(sql)
            found[name] = sorted(json.dumps(row, default=str, sort_keys=True) for row in cursor.fetchall())
    return found


def assert_same(left, right):
    for name in SAME:
        only_left = [row for row in left[name] if row not in right[name]]
        only_right = [row for row in right[name] if row not in left[name]]
        assert (only_left[:3], only_right[:3], len(left[name])) == ([], [], len(right[name])), name


@pytest.fixture(scope="module")
def company(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """An installation with plans, warnings and history that has run last night; each test takes its own back."""
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(clockguard, "database_now", timezone.now)
        patch.setattr(clockguard, "_measured", math.inf)
        ensure_defaults()
        cast = cast_made()
        cast.wang.notice_mails = {"reminder": True, "day": True}
        cast.wang.save()
        with time_machine.travel(TODAY - timedelta(days=40), tick=False) as machine:
            worlds.store(worlds.random_world(7, customers=70))
            Customer.objects.update(owner=cast.wang, team=cast.shanghai)
            order_facts_refresh(list(Customer.objects.values_list("pk", flat=True)))
            for days in (40, 1, 0):
                machine.move_to(TODAY - timedelta(days=days))
                tick(trusted=True)
        with connection.cursor() as cursor:  # as autovacuum leaves them: else the plans of statements are for none
            cursor.execute("ANALYZE customers_customer, customers_customerfacts, followups_followup")
        assert ChurnCase.objects.filter(closed_at=None).count() > 3
        yield cast
        transaction.set_rollback(True)


@pytest.fixture
def cast(company: Cast, db: None) -> Cast:
    return company


@pytest.fixture
def at(cast: Cast) -> Iterator[Callable[[datetime], None]]:
    """`at(moment)` sets the clock of that installation."""
    with time_machine.travel(TODAY, tick=False) as machine:
        yield machine.move_to


def tick(*, trusted=False):
    if trusted:
        clockguard.confirm()
    tick_night()
    tick_dispatch()


def a_wrong_clock(at, by=SEASON):
    """Everything believed the clock: a person confirmed it, or it stood for an hour."""
    at(TODAY + by)
    tick(trusted=True)
    at(TODAY + by + timedelta(days=1))
    tick(trusted=True)


def withdraw(days_ago=1):
    after = TODAY.date() - timedelta(days=days_ago)
    out = StringIO()
    call_command("withdraw_runs", "--after", str(after), "--json", stdout=out)
    return json.loads(out.getvalue().splitlines()[-1])


def test_the_state_is_what_it_was_before(at):
    before = state()
    a_wrong_clock(at, by=YEAR)
    assert ChurnCase.objects.filter(state="lost").exists()
    at(TODAY + timedelta(minutes=5))
    done = withdraw()
    assert done["runs"] == 8 + 12, "nights of the wrong year, and the month ends before them"
    assert done["cases_reopened"] > 0
    assert_same(state(), before)


def test_nights_that_came_after_it_are_made_again_as_if_it_never_was(at):
    later = TODAY + timedelta(days=2)
    with transaction.atomic():
        at(later)
        tick()
        undisturbed = state()
        transaction.set_rollback(True)
    a_wrong_clock(at, by=YEAR)
    at(later)
    tick(trusted=True)
    meanwhile = ScoreRun.objects.filter(as_of__gte=TODAY.date(), as_of__lt=later.date())
    assert meanwhile.filter(counts__history_only=True).count() == 2
    withdraw()
    tick()
    assert_same(state(), undisturbed)


def test_the_next_nights_move_tiers_and_cases_again(at):
    a_wrong_clock(at)
    at(TODAY + timedelta(minutes=5))
    assert next(light for light in health.lights([]) if light.code == "clock").level == health.BAD
    withdraw()
    tick()
    assert next(light for light in health.lights([]) if light.code == "clock").level == health.OK
    at(TODAY + timedelta(days=1))
    tick()
    assert ScoreRun.objects.latest().counts["history_only"] is False
    assert not JobRun.objects.filter(published_at=None).exists()


def test_what_people_did_in_that_time_stays(at, cast):
    working, closed = ChurnCase.objects.filter(closed_at=None).order_by("pk")[:2]
    warning_start(case=working, version=1, by=cast.wang)
    at(TODAY + SEASON)
    warning_close(case=closed, version=1, state="false_alarm", reason="moved away", by=cast.wang)
    mine = follow_up_create(customer=working.customer, assignee=cast.wang, due_on=TODAY.date(), by=cast.wang)
    a_wrong_clock(at)
    at(TODAY + timedelta(minutes=5))
    withdraw()
    working.refresh_from_db()
    closed.refresh_from_db()
    assert (working.state, working.closed_at) == ("working", None)
    assert (closed.state, closed.close_reason) == ("false_alarm", "moved away")
    assert closed.closed_on <= TODAY.date()
    assert FollowUp.objects.get(pk=mine.pk).state == "open"


def test_nights_that_have_been_are_not_taken_back(at):
    before = state()
    done = withdraw(days_ago=90)
    assert done["after"] == "2026-06-16"
    assert done["nights_again"] == []
    assert_same(state(), before)
