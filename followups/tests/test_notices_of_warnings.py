"""A churn warning says why, in the reader's language; by mail from the morning on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail as outgoing
from django.utils import translation

from accounts.models import User
from core import clock, dispatcher
from followups import selectors
from followups.models import Notice
from followups.services import notices_read_all, warning_notices_make
from segmentation.models import ChurnCase, ChurnReason, ScoringSettings

pytestmark = pytest.mark.django_db


def warn(customer: Any) -> None:
    today = clock.business_date()
    case = ChurnCase.objects.create(customer=customer, level="red", opened_on=today, level_since=today, value_at_risk=9)
    told = [("SILENT_VS_CYCLE", {"median": 30, "silent": 80, "ratio": 2.7}), ("LONG_SILENT", {"silent": 80})]
    for place, (code, numbers) in enumerate(told):
        ChurnReason.objects.create(case=case, code=code, position=place, numbers=numbers)


def title(user: User) -> str:
    return selectors.notice_row(selectors.notices_with_names(user).get(kind=Notice.Kind.WARNING)).title


def test_it_gives_its_reasons(cast: Any, make: Any) -> None:
    warn(make("恒远"))
    assert warning_notices_make(clock.business_date()) == 1
    assert title(cast.wang) == ("Red churn warning: Usually buys every 30 days; silent for 80 days (2.7x)")
    with translation.override("zh-hans"):
        assert title(cast.wang).startswith("红色流失预警：")
        assert "80 天" in title(cast.wang)


def test_a_warning_without_reasons_still_says_its_level(cast: Any, make: Any) -> None:
    today = clock.business_date()
    ChurnCase.objects.create(customer=make(), level="yellow", opened_on=today, level_since=today)
    warning_notices_make(today)
    assert title(cast.wang) == "Yellow churn warning"


def test_by_mail_it_waits_for_the_morning_and_for_who_has_not_read_it(cast: Any, make: Any) -> None:
    for person in (cast.wang, cast.li):
        User.objects.filter(pk=person.pk).update(notice_mails={"warning": True})
        warn(make(person.name, owner=person))
    warn(make("没有选", owner=cast.lead))
    night = clock.now() - timedelta(hours=8)  # 02:00
    with time_machine.travel(night, tick=False):
        warning_notices_make(clock.business_date())
        assert dispatcher.dispatch() == {}
    notices_read_all(user=cast.li)
    with time_machine.travel(night + timedelta(hours=6, minutes=30), tick=False):
        dispatcher.dispatch()
    (letter,) = outgoing.outbox
    assert letter.to == [cast.wang.email]
    assert letter.subject.startswith("Red churn warning: Usually buys every 30 days")


def test_a_person_is_told_of_as_many_as_the_company_lets_them_see(cast: Any, make: Any) -> None:
    ScoringSettings.objects.update(warnings_shown=2)
    for name in ("一", "二", "三"):
        warn(make(name))
    warn(make("别人的", owner=cast.li))
    assert warning_notices_make(clock.business_date()) == 3
    assert Notice.objects.filter(user=cast.wang).count() == 2
