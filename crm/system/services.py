"""What an administrator does on the health page: the act and its audit line together or not at all."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts import audit
from core import jobs, outbox
from core.models import JobRun, OutboxMail


@transaction.atomic
def job_retry(*, run: JobRun, by: Any) -> bool:
    """Put a failed night first in line; False, and nothing written, when it isn't failed (any more)."""
    done = jobs.run_again(run)
    if done:
        audit.record("health.job_retry", by=by, job=run.job, business_date=str(run.business_date))
    return done


@transaction.atomic
def mail_retry(*, mail: OutboxMail, by: Any) -> bool:
    """Queue a failed or unknown mail once more; False, and nothing written, when it isn't waiting for a person."""
    done = outbox.mail_retry(mail=mail)
    if done:
        audit.record("health.mail_retry", by=by, mail=mail.pk)
    return done
