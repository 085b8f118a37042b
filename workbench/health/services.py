"""What an administrator does on the health page: the act and its audit line together or not at all."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit, limits
from accounts.models import User
from core import clock, clockguard, jobs, outbox
from core.mailer import Mailer
from core.models import JobRun, OutboxMail
from workbench.health.clocks import forget_the_future

MAIL_TESTS = limits.Limit(
    audit_act="health.mail_test",
    most=20,
    within=timedelta(days=1),
    text=gettext_lazy("You have sent %(n)s test mails within a day. Try again after %(when)s."),
)
MAIL_TEST_TIMEOUT = 10  # seconds; a person waits for the page


class RefusedError(Exception):
    """The act can't be done; the message says why, in the reader's language."""


@transaction.atomic
def job_retry(*, run: JobRun, by: User) -> bool:
    """Put a failed night first in line; False, and nothing written, when it isn't failed (any more)."""
    done = jobs.run_again(run)
    if done:
        audit.record("health.job_retry", by=by, job=run.job, business_date=str(run.business_date))
    return done


@transaction.atomic
def night_request(*, by: User) -> date:
    """Have the night of the last day that has ended run now, again if it was run before; returns the day."""
    day = clock.last_ended_day()
    jobs.ask_again(day)
    audit.record("health.night_request", by=by, business_date=str(day))
    return day


@transaction.atomic
def clock_confirm(*, by: User | None) -> None:
    """Believe the database's clock as it stands, and clear up what another one has left behind."""
    before = clockguard.state()
    now = clockguard.confirm()
    forget_the_future(now)
    days = {"since": before.mark.date().isoformat(), "until": now.date().isoformat()}
    audit.record("health.clock_confirm", by=by, **days)


@transaction.atomic
def mail_retry(*, mail: OutboxMail, by: User) -> bool:
    """Queue a failed or unknown mail once more; False, and nothing written, when it isn't waiting for a person."""
    done = outbox.mail_retry(mail=mail)
    if done:
        audit.record("health.mail_retry", by=by, mail=mail.pk)
    return done


def mail_test(*, to: User) -> None:
    """Send `to` one mail at once, past the queue, so that the server's answer can be shown.

    Raises RefusedError or LimitReachedError before anything is sent, SendError with the server's answer. Not in a
    transaction: the server may take its time.
    """
    if not outbox.mail_is_on():
        raise RefusedError(_("This installation sends no mail: EMAIL_URL names no server."))
    if not to.email:
        raise RefusedError(_("Your account has no e-mail address to send to."))
    limits.count(MAIL_TESTS, by=to, on=to)
    mail = OutboxMail(
        address=to.email,
        subject=_("Test mail of Keben"),
        body=_("This mail was asked for on the health page. It shows that mail leaves %(url)s.")
        % {"url": settings.BASE_URL},
        message_id=f"<test.{clock.now():%Y%m%d%H%M%S%f}@{settings.BASE_HOST}>",
    )
    mailer = Mailer(timeout=MAIL_TEST_TIMEOUT)
    try:
        mailer.prepare(mail)
        mailer.send(mail)
    finally:
        mailer.close()
