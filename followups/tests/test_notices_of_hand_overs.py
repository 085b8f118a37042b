"""Who gets customers, and who loses them, hears of it once for a whole hand-over, with who did it and why."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core import mail as outgoing

from accounts.models import User
from core import clock, dispatcher
from customers.models import Customer
from customers.services import (
    customer_claim,
    customer_create,
    customer_share,
    customer_transfer,
    customers_transfer,
)
from followups import selectors
from followups.selectors import NoticeRow
from followups.services import notices_read_all
from followups.services.notices import ALL_TOLD

pytestmark = pytest.mark.django_db


def told(user: User, kind: str = "") -> list[NoticeRow]:
    user = User.objects.get(pk=user.pk)  # as the next request finds them
    rows = [selectors.notice_row(notice) for notice in selectors.notices_with_names(user)]
    return [row for row in rows if row.notice.kind == kind] if kind else rows


def test_a_hand_over_of_many_is_one_notice_that_opens_just_these(cast: Any, make: Any, client: Any) -> None:
    kept, given = make("老客户", owner=cast.li), [make(f"客户{n}") for n in range(3)]
    customers_transfer(customers=given, to=cast.li, by=cast.lead, reason="小王调岗")
    (row,) = told(cast.li)
    assert (row.title, row.typed, row.customer) == ("组长 handed 3 customers over to you", "小王调岗", None)
    client.force_login(cast.li)
    page = client.get(row.url).content.decode()
    assert all(customer.name in page for customer in given)
    assert kept.name not in page


def test_one_customer_opens_itself(cast: Any, make: Any) -> None:
    customer = make("恒远")
    customer_transfer(customer=customer, to=cast.li, by=cast.lead)
    (row,) = told(cast.li)
    assert (row.title, row.url) == ("组长 handed 1 customer over to you", f"/customers/{customer.pk}/")
    assert row.customer == customer


def test_slices_of_one_hand_over_count_up_and_are_news_again(cast: Any, make: Any) -> None:
    first, second = make("甲"), make("乙")
    customer_transfer(customer=first, to=cast.li, by=cast.lead, handover=(act := uuid4()))
    notices_read_all(user=cast.li)
    customer_transfer(customer=second, to=cast.li, by=cast.lead, handover=act)
    (row,) = told(cast.li)
    assert row.title == "组长 handed 2 customers over to you"
    assert row.notice.read_at is None


def test_who_loses_customers_hears_to_whom_but_not_whom_they_may_not_see_any_more(cast: Any, make: Any) -> None:
    near, far = make("近处"), make("远方")
    customer_transfer(customer=far, to=cast.outsider, by=cast.manager, reason="换区域")
    (row,) = told(cast.wang, "taken")
    assert (row.title, row.typed) == ("经理 handed 1 customer of yours over to 外组", "换区域")
    assert (row.customer, row.url) == (None, "")
    customers_transfer(customers=[near, make("又一个")], to=None, by=cast.lead)
    assert "组长 put 2 customers of yours into the pool" in [row.title for row in told(cast.wang, "taken")]


def test_nobody_is_told_what_they_did_themselves(cast: Any, make: Any) -> None:
    customer = make("恒远")
    customer_transfer(customer=customer, to=None, by=cast.wang)
    customer_claim(customer=customer, by=cast.wang)
    customer_transfer(customer=make("别人的", owner=cast.li), to=cast.lead, by=cast.lead)
    assert told(cast.wang) == told(cast.lead) == []
    assert [row.notice.kind for row in told(cast.li)] == ["taken"]


def test_who_has_left_is_told_nothing(cast: Any, make: Any) -> None:
    customer = make("恒远")
    User.objects.filter(pk=cast.wang.pk).update(is_active=False)
    customer_transfer(customer=customer, to=cast.li, by=cast.lead)
    assert told(cast.wang) == []


def test_a_new_customer_made_for_a_colleague_is_news_to_them_alone(cast: Any) -> None:
    made = customer_create(name="新客户", channel=None, owner=cast.wang, by=cast.lead)
    customer_create(name="自己的", channel=None, owner=cast.li, by=cast.li)
    assert [row.customer for row in told(cast.wang)] == [made]
    assert told(cast.li) == told(cast.lead) == []


def test_a_share_is_told_once_to_the_colleague(cast: Any, make: Any) -> None:
    customer = make("恒远")
    for _ in range(2):
        customer_share(customer=customer, user=cast.outsider, by=cast.wang)
    (row,) = told(cast.outsider)
    assert row.title == "小王 shared this customer with you: you may read, log and change"
    assert (row.customer, row.url) == (customer, f"/customers/{customer.pk}/")
    assert told(cast.wang) == []


def test_by_mail_a_hand_over_is_one_letter_with_the_whole_count(cast: Any, make: Any) -> None:
    User.objects.filter(pk=cast.li.pk).update(notice_mails={"assigned": True})
    customers_transfer(customers=[make("甲"), make("乙")], to=User.objects.get(pk=cast.li.pk), by=cast.lead)
    with time_machine.travel(clock.now() + ALL_TOLD, tick=False):
        dispatcher.dispatch()
    (letter,) = outgoing.outbox
    assert letter.subject == "组长 handed 2 customers over to you"
    assert "/customers/?view=mine&handover=" in letter.body


def test_the_list_of_a_hand_over_says_when_and_by_whom(cast: Any, make: Any, client: Any) -> None:
    customers_transfer(customers=[make("甲"), make("乙")], to=cast.li, by=cast.lead)
    client.force_login(cast.li)
    page = client.get(told(cast.li)[0].url).content.decode()
    assert "24 Nov 10:00 · 组长" in page
    assert Customer.objects.filter(owner=cast.li).count() == 2
