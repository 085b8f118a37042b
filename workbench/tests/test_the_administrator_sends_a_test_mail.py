"""The health page sends its reader a mail at once and shows what the mail server said."""

from dataclasses import replace

import pytest
from django.test import override_settings

from accounts.models import AuditEntry
from core.models import OutboxMail
from core.tests.smtp_sink import free_port, smtp_sink
from workbench.health import services

pytestmark = pytest.mark.django_db


def ask(client):
    return client.post("/settings/health/mail-test/", follow=True).content.decode()


def test_it_goes_to_the_own_address_and_is_audited(cast, sign_in):
    with smtp_sink() as sink:
        page = ask(sign_in(cast.admin))
    assert "has taken a test mail" in page
    assert [mail["To"] for mail in sink.taken] == [cast.admin.email]
    assert AuditEntry.objects.filter(act="health.mail_test", by=cast.admin).count() == 1
    assert not OutboxMail.objects.exists()


def test_the_servers_refusal_is_shown(cast, sign_in):
    with smtp_sink() as sink:
        sink.on_rcpt = "550 no such box"
        assert "550 no such box" in ask(sign_in(cast.admin))


def test_a_server_that_is_away_is_said(cast, sign_in):
    smtp = "django.core.mail.backends.smtp.EmailBackend"
    with override_settings(EMAIL_BACKEND=smtp, EMAIL_HOST="127.0.0.1", EMAIL_PORT=free_port()):
        assert "Connection refused" in ask(sign_in(cast.admin))


def test_it_is_limited_and_not_for_managers(cast, sign_in, monkeypatch):
    monkeypatch.setattr(services, "MAIL_TESTS", replace(services.MAIL_TESTS, most=2))
    client = sign_in(cast.admin)
    with smtp_sink() as sink:
        pages = [ask(client) for _ in range(3)]
    assert len(sink.taken) == 2
    assert "Try again after" in pages[-1]
    assert sign_in(cast.manager).post("/settings/health/mail-test/").status_code == 403
