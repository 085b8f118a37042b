"""A follow-up is put off until later the same day: it comes back at its minute, with a notice. Its plan stays."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import clock
from followups.locks import hold
from followups.models import FollowUp, Notice
from followups.services.follow_ups import AlreadyClosedError
from followups.services.notices import notice_tell


@transaction.atomic
def follow_up_snooze(*, follow_up: FollowUp, until: datetime, by: User) -> None:
    """Until a minute of the assignee's own day; AlreadyClosedError when it isn't open. Repeating it changes nothing.

    It is no plan and no appointment: day, time and version stay, so nobody's form is overtaken by it.
    """
    person = follow_up.assignee
    if until <= clock.now():
        raise ValidationError(_("That time has passed. Choose a later one, or another day."))
    if until >= clock.day_bounds(clock.user_today(person), clock.user_zone(person))[1]:
        raise ValidationError(_("That is no longer today. Choose another day instead."))
    if not _write(follow_up, until):
        return
    audit.record("follow_up.snooze", by=by, on=follow_up, snoozed_until=until.isoformat())
    notice = notice_tell(
        user=person,
        key=f"back:{follow_up.pk}:{until:%Y%m%d%H%M}",
        kind=Notice.Kind.BACK,
        due_at=until,
        source_id=follow_up.pk,
        customer=follow_up.customer,
        text=follow_up.purpose,
        numbers={"method": follow_up.method},
        url=f"{reverse('today')}#today",
    )
    others = Notice.objects.filter(kind=Notice.Kind.BACK, source_id=follow_up.pk, cancelled_at=None)
    others.exclude(pk=notice.pk).update(cancelled_at=clock.now())
    Notice.objects.filter(pk=notice.pk).update(cancelled_at=None, read_at=None)


@transaction.atomic
def follow_up_wake(*, follow_up: FollowUp, by: User) -> None:
    """Take that back: it stands where it stood."""
    if _write(follow_up, None):
        audit.record("follow_up.wake", by=by, on=follow_up)


def _write(follow_up: FollowUp, until: datetime | None) -> bool:
    """Whether it differs from what stands there. Its notice is shown only while this stands (notice_kinds.py)."""
    hold([follow_up.customer_id])
    locked = FollowUp.objects.select_for_update(of=("self",)).get(pk=follow_up.pk)
    if locked.state != FollowUp.State.OPEN:
        raise AlreadyClosedError
    if locked.snoozed_until == until:
        return False
    FollowUp.objects.filter(pk=locked.pk).update(snoozed_until=until)
    return True
