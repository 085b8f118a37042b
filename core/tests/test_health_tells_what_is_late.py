"""Health is read from the database alone and names what is late."""

from datetime import timedelta

import pytest
from django.test import override_settings

from core import clock, clockguard, health, jobs, outbox
from core.models import Heartbeat, JobRun, MailChannel, OutboxMail

pytestmark = pytest.mark.django_db
JOBS = ["scoring", "plans"]


def level(code: str) -> str:
    return next(light.level for light in health.lights(JOBS) if light.code == code)


def mail(**changes):
    values = {
        "dedupe_key": "k",
        "kind": "reminder",
        "address": "a@example.com",
        "message_id": "<1@x>",
        "due_at": clock.now(),
        "next_try_at": clock.now(),
    }
    return OutboxMail.objects.create(**{**values, **changes})


def publish(day):
    for job in JOBS:
        JobRun.objects.create(job=job, business_date=day, state="done", published_at=clock.now())


def test_a_worker_never_seen_is_reported():
    assert level("worker") == "danger"


def test_a_worker_seen_lately_is_fine():
    clockguard.note("worker:one")
    assert level("worker") == "ok"


def test_a_silent_worker_is_reported():
    clockguard.note("worker:one")
    Heartbeat.objects.update(seen_at=clock.now() - timedelta(minutes=3))
    assert level("worker") == "danger"


def test_the_worker_of_imports_is_a_light_of_its_own():
    clockguard.note("worker:one")
    assert level("importer") == "danger"
    clockguard.note("importer:one")
    assert level("importer") == "ok"


def test_a_night_without_its_runs_is_reported():
    assert level("night:scoring") == level("night:plans") == "warn"
    publish(clock.due_nights(clock.now() - health.NIGHT_GRACE, days=1)[0])
    assert level("night:scoring") == level("night:plans") == "ok"


def test_a_failed_night_can_be_put_first_in_line():
    run = JobRun.objects.create(
        job="scoring",
        business_date=clock.last_ended_day(),
        state="failed",
        next_try_at=clock.now() + timedelta(hours=1),
    )
    assert level("night:scoring") == "danger"
    assert level("night:plans") == "warn", "each job has a light of its own"
    assert jobs.run_again(run)
    run.refresh_from_db()
    assert run.state == "due"
    assert run.next_try_at <= clock.now()
    assert not jobs.run_again(run)


def test_mail_that_waits_too_long_is_reported():
    row = mail(due_at=clock.now() - timedelta(minutes=6))
    assert level("mail") == "danger"
    OutboxMail.objects.filter(pk=row.pk).update(state="sent", sent_at=clock.now())
    assert level("mail") == "ok"


def test_other_channels_have_a_light_of_their_own():
    assert level("channels") == "off"
    with override_settings(SMS_URL="https://sms.example.com/"):
        assert level("channels") == "ok"
        row = mail(channel="sms", due_at=clock.now() - timedelta(minutes=6))
        assert (level("channels"), level("mail")) == ("danger", "ok")
        OutboxMail.objects.filter(pk=row.pk).update(state="unknown")
        assert (level("channels"), level("mail")) == ("warn", "ok")
        OutboxMail.objects.filter(pk=row.pk).update(state="sent", sent_at=clock.now())
        MailChannel.objects.create(name="sms", errors=5, paused_until=clock.now() + timedelta(seconds=30))
        assert (level("channels"), level("mail")) == ("danger", "ok")


def test_failed_mail_waits_for_a_person_and_can_be_sent_again():
    row = mail(state="failed", last_error="550")
    assert level("mail") == "warn"
    assert health.failed_mails() == [row]
    assert outbox.mail_retry(mail=row)
    assert health.failed_mails() == []


def test_the_page_answers_without_any_worker(sign_in, cast):
    page = sign_in(cast.admin).get("/settings/health/").content.decode()
    assert "System health" in page
    assert "never seen" in page


def test_reps_have_no_business_here(sign_in, cast):
    assert sign_in(cast.wang).get("/settings/health/").status_code == 403
