"""The database's clock is believed only as far as it fits the last right time; nothing happens by itself before."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.core import mail as outgoing
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import AuditEntry
from core import clock, clockguard, dispatcher, health, outbox
from core.clockguard import BY_ITSELF, LEAP, STEADY_FOR, Held
from core.jobs import nightly
from core.models import ClockMark, Heartbeat, JobRun
from crm.tasks import tick_dispatch, tick_jobs, tick_night
from workbench.health import clocks

pytestmark = pytest.mark.django_db
MONDAY = datetime(2027, 3, 15, 4, 0, tzinfo=UTC)
JOBS = [job.name for job in nightly()]


@pytest.fixture
def at():
    """`at(moment)` sets all clocks; the installation has been running until MONDAY."""
    with time_machine.travel(MONDAY, tick=False) as machine:
        clockguard.look()
        yield machine.move_to


def light(code):
    return next(light for light in health.lights(JOBS) if light.code == code)


def run_on(at, start, span):
    """Tick every five minutes from `start` on, as a running installation does."""
    for minutes in range(0, int(span / timedelta(minutes=1)) + 1, 5):
        at(start + timedelta(minutes=minutes))
        tick_night()


@pytest.mark.parametrize("leap", [timedelta(days=400), timedelta(days=10), timedelta(days=-10), timedelta(days=-4000)])
def test_a_minute_with_a_wrong_clock_changes_nothing(at, cast, customer, leap):
    runs = set(JobRun.objects.values_list("job", "business_date"))
    later = outbox.mail_queue(
        kind="k", dedupe_key="d", address="a@example.com", subject="s", body="b", due_at=MONDAY + timedelta(days=5)
    )
    at(MONDAY + leap)
    tick_night()
    tick_dispatch()
    tick_jobs()
    assert light("clock").level == health.BAD
    with pytest.raises(CommandError, match=r"needs a look.*clock"):
        call_command("check_health")
    at(MONDAY + timedelta(minutes=2))
    assert light("worker").level == health.BAD or leap < timedelta(0)  # its signs of life are of another time
    assert set(JobRun.objects.values_list("job", "business_date")) == runs
    later.refresh_from_db()
    assert later.state == "due"
    tick_night()
    tick_dispatch()
    assert not Heartbeat.objects.filter(seen_at__gt=clock.now() + timedelta(minutes=5)).exists()
    assert light("clock").level == light("worker").level == health.OK
    assert JobRun.objects.filter(published_at=None).count() == 0
    assert JobRun.objects.latest("business_date").business_date == clock.due_nights()[-1]


def test_after_a_break_of_two_weeks_it_goes_on_by_itself_within_the_hour(at, cast, customer):
    back = MONDAY + timedelta(days=14)
    run_on(at, back, STEADY_FOR - timedelta(minutes=5))
    assert not JobRun.objects.exists()
    run_on(at, back + STEADY_FOR, timedelta(0))
    assert set(JobRun.objects.values_list("business_date", flat=True)) == set(clock.due_nights())
    assert light("clock").level == health.OK


def test_an_hour_in_pieces_is_no_hour(at):
    back = MONDAY + timedelta(days=14)
    for hours in range(4):
        run_on(at, back + timedelta(hours=hours), timedelta(minutes=20))
    assert not JobRun.objects.exists()


def test_a_weekend_needs_no_hour(at):
    run_on(at, MONDAY + LEAP, timedelta(0))
    assert JobRun.objects.exists()


def test_far_away_only_a_person_is_believed(at, cast, sign_in):
    far = MONDAY + BY_ITSELF + timedelta(days=1)
    run_on(at, far, 3 * STEADY_FOR)
    assert not JobRun.objects.exists()
    for command in ("rescore", "request_night"):
        with pytest.raises(CommandError, match=r"46 days after the last time that was right.*confirm_clock"):
            call_command(command)
    client = sign_in(cast.admin)
    assert "The clock is right: go on" in client.get("/settings/health/").content.decode()
    assert client.post("/settings/health/clock/").status_code == 302
    tick_night()
    assert JobRun.objects.exists()
    assert AuditEntry.objects.filter(act="health.clock_confirm", by=cast.admin).count() == 1


def test_the_command_confirms_too(at):
    at(MONDAY + timedelta(days=400))
    call_command("confirm_clock")
    assert clockguard.look().held is None


def test_a_persons_command_is_believed_after_some_weeks(at, cast, customer):
    at(MONDAY + timedelta(days=20))
    call_command("rescore")
    assert clockguard.look().held is None


def test_a_mail_wanted_at_once_goes_out_while_planned_ones_wait(at):
    at(MONDAY + timedelta(days=10))
    for key, ahead in (("reset", 0), ("planned", 60)):
        outbox.mail_queue(
            kind="k",
            dedupe_key=key,
            address=f"{key}@example.com",
            subject="s",
            body="b",
            due_at=clock.now() + timedelta(minutes=ahead),
        )
    at(MONDAY + timedelta(days=10, hours=2))
    tick_dispatch()
    assert [mail.to for mail in outgoing.outbox] == [["reset@example.com"]]


# --- one process's clock against the database's ----------------------------------------------------------------------
@pytest.fixture
def database_stays(monkeypatch):
    """The database's machine has the right time, this process hasn't."""
    right = timezone.now()
    ClockMark.objects.create(pk=1, seen_at=right)
    monkeypatch.setattr(clockguard, "database_now", lambda: right)
    return right


@pytest.mark.parametrize("days", [400, -400, 1])
def test_a_worker_follows_the_databases_clock_and_is_named(database_stays, cast, customer, days):
    due = outbox.mail_queue(
        kind="k",
        dedupe_key="d",
        address="a@example.com",
        subject="s",
        body="b",
        due_at=database_stays + timedelta(days=3),
    )
    with time_machine.travel(database_stays + timedelta(days=days), tick=False):
        tick_night()
        tick_dispatch()
        assert abs(clock.now() - database_stays) < timedelta(seconds=1)
        assert any(name.startswith("worker:") for name in light("clock").numbers["off"])
    assert JobRun.objects.latest("business_date").business_date == clock.due_nights(database_stays)[-1]
    due.refresh_from_db()
    assert due.state == "due"


def test_a_web_server_with_a_wrong_clock_follows_and_says_so(database_stays, cast, sign_in, monkeypatch):
    client = sign_in(cast.admin)
    monkeypatch.setattr(clockguard, "_measured", 0.0)
    with time_machine.travel(database_stays + timedelta(days=400), tick=False):
        page = client.get("/login/")
        assert abs(clock.now() - database_stays) < timedelta(seconds=1)
    assert page.status_code in (200, 302)
    assert any(name.startswith("web:") for name in light("clock").numbers["off"])


def test_a_wrong_database_takes_no_process_along(cast, monkeypatch):
    ClockMark.objects.create(pk=1, seen_at=timezone.now())
    monkeypatch.setattr(clockguard, "database_now", lambda: timezone.now() + timedelta(days=400))
    assert clockguard.look().held is Held.FAR_LEAP
    assert abs(clock.now() - timezone.now()) < timedelta(seconds=1)


def test_what_was_put_off_into_a_wrong_year_comes_back(at, cast):
    mails = [
        outbox.mail_queue(kind="k", dedupe_key=str(n), address="a@example.com", subject="s", body="b") for n in range(2)
    ]
    at(MONDAY + timedelta(days=400))
    clockguard.look()
    assert dispatcher.claim("killed", 1)
    at(MONDAY + timedelta(minutes=1))
    assert clocks.time_is_believed()
    assert dispatcher.dispatch() == {"sent": 2}
    assert {mail.state for mail in outbox.OutboxMail.objects.filter(pk__in=[m.pk for m in mails])} == {"sent"}


def test_a_held_clock_is_logged_when_it_begins_and_now_and_then(at, cast, monkeypatch):
    told, seconds = [], [5_000.0]
    monkeypatch.setattr(clocks, "_logged", None)  # what another test of this process has logged
    monkeypatch.setattr(
        clocks, "log", SimpleNamespace(warning=lambda text, **more: told.append(more.get("held", text)))
    )
    monkeypatch.setattr(clocks.time, "monotonic", lambda: seconds[0])

    def look(leap, after):
        at(MONDAY + leap)
        seconds[0] += after
        clocks.time_is_believed()

    for _tick in range(100):
        look(timedelta(days=10), 5)
    assert told == ["leap"]
    look(timedelta(days=10), 600)
    look(timedelta(days=400), 5)
    assert told == ["leap", "leap", "far_leap"]
    look(timedelta(minutes=1), 5)
    look(timedelta(days=10), 5)
    assert told[3:] == ["the clock is back", "leap"]
