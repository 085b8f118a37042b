"""Running a night and sending a mail again: act and audit line come together or not at all."""

from datetime import timedelta

import pytest

from accounts import audit
from accounts.models import AuditEntry
from core import clock, jobs
from core.models import JobRun, OutboxMail
from crm.tasks import tick_night
from workbench.health import services

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(db):
    later = clock.now() + timedelta(hours=1)
    return JobRun.objects.create(job="scoring", business_date=clock.last_ended_day(), state="failed", next_try_at=later)


@pytest.fixture
def mail(db):
    old = clock.now() - timedelta(days=3)
    return OutboxMail.objects.create(
        dedupe_key="k",
        kind="day",
        address="a@example.com",
        message_id="<1@x>",
        state="failed",
        due_at=old,
        next_try_at=old,
    )


def acts() -> list[str]:
    return list(AuditEntry.objects.filter(act__startswith="health.").values_list("act", flat=True))


def test_each_act_writes_one_line_and_a_second_click_none(sign_in, cast, run, mail):
    client = sign_in(cast.admin)
    for _click in range(2):
        client.post(f"/settings/health/jobs/{run.pk}/retry/")
        client.post(f"/settings/health/mails/{mail.pk}/retry/")
    assert acts() == ["health.job_retry", "health.mail_retry"]
    run.refresh_from_db()
    mail.refresh_from_db()
    assert (run.state, mail.state) == ("due", "due")


def test_the_night_runs_now_when_an_administrator_asks_for_it(sign_in, cast, defaults):
    page = sign_in(cast.admin)
    assert "Run now" in page.get("/settings/health/").content.decode()
    page.post("/settings/health/night/")
    night = jobs.night_of(clock.last_ended_day())
    assert set(night.values_list("state", flat=True)) == {"due"}
    assert AuditEntry.objects.get(act="health.night_request").by == cast.admin
    tick_night()
    assert set(night.values_list("state", flat=True)) == {"done"}


def test_a_manager_sees_the_nights_and_runs_none(sign_in, cast):
    page = sign_in(cast.manager)
    assert "Run now" not in page.get("/settings/health/").content.decode()
    assert page.post("/settings/health/night/").status_code == 403
    assert not JobRun.objects.exists()


def test_without_its_line_nothing_is_done(cast, run, mail, monkeypatch):
    def away(*_args, **_details):
        raise ConnectionError

    monkeypatch.setattr(audit, "record", away)
    with pytest.raises(ConnectionError):
        services.job_retry(run=run, by=cast.admin)
    with pytest.raises(ConnectionError):
        services.mail_retry(mail=mail, by=cast.admin)
    run.refresh_from_db()
    mail.refresh_from_db()
    assert (run.state, mail.state) == ("failed", "failed")
