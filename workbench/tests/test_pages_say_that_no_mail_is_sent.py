"""Every page that would send a mail says that this installation sends none, and names another way."""

from datetime import timedelta

import pytest
from django.test import Client, override_settings

from accounts.models import AuditEntry
from core import clock
from core.models import OutboxMail
from followups.models import Reminder

SAID = "This installation sends no mail"


@pytest.fixture(autouse=True)
def _without_server(db):
    with override_settings(EMAIL_CONFIGURED=False, EMAIL_BACKEND="core.mailoff.RefusingBackend"):
        yield


def test_a_forgotten_password_leads_to_the_administrator_and_posts_do_nothing(cast):
    stranger = Client(headers={"accept-language": "en"})
    page = stranger.get("/password/reset/").content.decode()
    assert SAID in page
    assert "bin/manage changepassword" in page
    assert 'name="username"' not in page
    answer = stranger.post("/password/reset/", {"username": cast.wang.email})
    assert SAID in answer.content.decode()
    assert not OutboxMail.objects.exists()
    assert not AuditEntry.objects.filter(act="password.reset_request").exists()


def test_the_profile_shows_the_choice_and_why_it_stands_still(cast, sign_in):
    client = sign_in(cast.wang)
    assert SAID in client.get("/profile/").content.decode()
    client.post("/profile/", {"name": cast.wang.name, "notice_mails": ["day"]})
    cast.wang.refresh_from_db()
    assert not cast.wang.notice_mails


def test_a_reminder_by_mail_is_refused_by_form_and_api(cast, sign_in):
    client, at = sign_in(cast.wang), clock.now() + timedelta(days=2)
    entry = {"text": "call", "day": at.date().isoformat(), "time": "10:00", "channel": "email"}
    page = client.post("/reminders/new/", entry)
    assert page.status_code == 422
    assert SAID in page.content.decode()
    entry = {"text": "call", "due_at": at.isoformat(), "channel": "email"}
    answer = client.post("/api/v1/reminders/", entry, content_type="application/json")
    assert answer.status_code == 400
    assert SAID in str(answer.json())
    assert not Reminder.objects.exists()


def test_a_reminder_of_somebody_who_wants_mails_comes_in_the_app_alone(cast, sign_in):
    cast.wang.notice_mails = {"reminder": True, "day": True}
    cast.wang.save()
    at = clock.now() + timedelta(days=2)
    entry = {"text": "call", "due_at": at.isoformat(), "channel": "in_app"}
    assert sign_in(cast.wang).post("/api/v1/reminders/", entry, content_type="application/json").status_code == 201
    assert not OutboxMail.objects.exists()


def test_users_and_health_say_it_to_the_administrator(cast, sign_in):
    client = sign_in(cast.admin)
    assert SAID in client.get("/settings/users/").content.decode()
    page = client.get("/settings/health/").content.decode()
    assert "no mail leaves" in page
    assert "Send me a test mail" not in page
    answer = client.post("/settings/health/mail-test/", follow=True)
    assert SAID in answer.content.decode()
