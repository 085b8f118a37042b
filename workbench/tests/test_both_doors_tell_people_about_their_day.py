"""The worker's task and `dispatch_due` do the same: without Celery the notice of the day comes too."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core import mail as outgoing
from django.core.management import call_command

from core.models import Heartbeat
from crm.tasks import tick_dispatch
from followups.models import Notice
from followups.services import follow_up_create

MONDAY = datetime(2027, 3, 15, 0, 31, tzinfo=UTC)  # 08:31 in Shanghai
DOORS = {"the task": tick_dispatch, "the command": lambda: call_command("dispatch_due")}


@pytest.mark.django_db
@pytest.mark.parametrize("door", DOORS)
def test_the_day_is_told_in_the_app_and_by_mail_once(cast, customer, door):
    with time_machine.travel(MONDAY, tick=False):
        cast.wang.notice_mails = {"reminder": True, "day": True}
        cast.wang.save()
        follow_up_create(customer=customer, assignee=cast.wang, due_on=MONDAY.date(), by=cast.wang)
        for _twice in range(2):
            DOORS[door]()
        assert Notice.objects.filter(user=cast.wang, kind=Notice.Kind.DAY).count() == 1
        assert [mail.subject for mail in outgoing.outbox] == ["1 follow-up today"]
        assert Heartbeat.objects.filter(name="dispatch").exists()
