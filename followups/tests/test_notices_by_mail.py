"""Notices by mail: by wish per kind, in the reader's language, of what its reader may see when it goes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core import mail as outgoing

from accounts.models import AuditEntry, User
from core import clock, dispatcher
from core.models import OutboxMail
from core.notices import tell
from customers.services import customer_transfer
from followups.models import Notice
from followups.services import follow_up_create, notices_read_all

pytestmark = pytest.mark.django_db
PROFILE = {"name": "小王", "language": "en", "theme": "", "time_zone": "", "single_keys": "on"}


def wish(user: User, *kinds: str) -> User:
    User.objects.filter(pk=user.pk).update(notice_mails=dict.fromkeys(kinds, True))
    return User.objects.get(pk=user.pk)


def send() -> None:
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=False):
        dispatcher.dispatch()


def plan(customer: Any, assignee: User, by: User) -> None:
    day = clock.business_date() + timedelta(days=8)
    follow_up_create(customer=customer, assignee=assignee, due_on=day, purpose="送样品", method="visit", by=by)


def test_the_profile_offers_every_kind_that_may_come_and_keeps_the_choice(cast: Any, client: Any) -> None:
    client.force_login(cast.wang)
    page = client.get("/profile/").content.decode()
    assert "Follow-ups that others plan for you" in page
    assert "Failed backups" not in page  # what only administrators are told
    client.post("/profile/", {**PROFILE, "notice_mails": ["follow_up", "assigned"]})
    wang = User.objects.get(pk=cast.wang.pk)
    assert wang.wants_mail("follow_up")
    assert not wang.wants_mail("day")
    assert AuditEntry.objects.get(act="profile.change").details["fields"] == ["notice_mails"]
    client.post("/profile/", PROFILE)
    assert not User.objects.get(pk=cast.wang.pk).wants_mail("follow_up")


def test_only_who_wishes_it_gets_a_letter(cast: Any, make: Any) -> None:
    plan(make("甲", owner=cast.li), cast.li, cast.lead)
    plan(make("恒远"), wish(cast.wang, "follow_up"), cast.lead)
    send()
    (letter,) = outgoing.outbox
    assert letter.to == ["wang@example.com"]
    assert letter.subject == "组长 planned a follow-up for you: Wed 2 Dec, visit · 恒远"
    assert "送样品" in letter.body
    (notice,) = Notice.objects.filter(user=cast.wang)
    assert f"{settings.BASE_URL}{notice.url}\n" in letter.body
    assert notice.url.startswith("/follow-ups/")


def test_it_is_written_in_the_language_of_its_reader(cast: Any, make: Any) -> None:
    User.objects.filter(pk=cast.wang.pk).update(language="zh-hans")
    plan(make("恒远"), wish(cast.wang, "follow_up"), cast.lead)
    send()
    assert outgoing.outbox[0].subject == "组长为您安排了跟进：12-02 周三，上门 · 恒远"


def test_nothing_of_it_lies_in_the_table_of_mails(cast: Any, make: Any) -> None:
    plan(make("恒远"), wish(cast.wang, "follow_up"), cast.lead)
    stored = OutboxMail.objects.get()
    assert "恒远" not in stored.subject + stored.body


def test_who_lost_the_right_meanwhile_gets_no_letter(cast: Any, make: Any) -> None:
    customer = make("恒远")
    li = wish(cast.li, "assigned")
    customer_transfer(customer=customer, to=li, by=cast.lead)
    customer_transfer(customer=customer, to=cast.outsider, by=cast.manager)
    send()
    assert outgoing.outbox == []
    assert OutboxMail.objects.get().state == "cancelled"


def test_what_was_taken_is_told_without_the_name_that_is_out_of_reach(cast: Any, make: Any) -> None:
    wish(cast.wang, "taken")
    customer = make("恒远")
    customer_transfer(customer=customer, to=cast.outsider, by=cast.manager)
    send()
    (letter,) = outgoing.outbox
    assert letter.subject == "经理 handed 1 customer of yours over to 外组"
    assert "恒远" not in letter.body
    assert f"/customers/{customer.pk}/" not in letter.body


def test_what_was_read_in_the_app_or_is_wished_no_more_is_not_mailed(cast: Any, make: Any) -> None:
    plan(make("甲"), wish(cast.wang, "follow_up"), cast.lead)
    notices_read_all(user=cast.wang)
    plan(make("乙"), User.objects.get(pk=cast.wang.pk), cast.lead)
    wish(cast.wang)
    send()
    assert outgoing.outbox == []


def test_who_was_switched_off_gets_neither(cast: Any, make: Any) -> None:
    wang = wish(cast.wang, "follow_up")
    plan(make("恒远"), wang, cast.lead)
    User.objects.filter(pk=wang.pk).update(is_active=False)
    tell(user=User.objects.get(pk=wang.pk), kind="follow_up", key="later", numbers={})
    send()
    assert outgoing.outbox == []
    assert not Notice.objects.filter(key="later").exists()
