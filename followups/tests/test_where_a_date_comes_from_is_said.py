"""A date that a person has made says when and by whom; a latest time says that it is one; a moved stage its day."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from customers.models import Channel
from customers.services import customer_create
from followups.models import FollowUp
from followups.planning import plans_make
from followups.services import follow_up_create, follow_up_reschedule
from followups.tests.conftest import TUESDAY
from workbench.today import queue

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


def page(client, address):
    return client.get(address, follow=True).content.decode()


@pytest.mark.parametrize(
    ("by", "words"), [("wang", "planned on Fri 20 Nov"), ("lead", "planned on Fri 20 Nov by 组长")]
)
def test_who_planned_it_and_when_stands_wherever_it_stands(make, cast, sign_in, by, words):
    customer = make()
    with time_machine.travel(TUESDAY - timedelta(days=4), tick=False):
        follow_up_create(customer=customer, assignee=cast.wang, due_on=TODAY, by=getattr(cast, by), purpose="发送报价")
    client = sign_in(cast.wang)
    for address in ("/", "/follow-ups/", f"/customers/{customer.pk}/"):
        said = page(client, address)
        assert words in said, address
        assert ("by 组长" in said) is (by == "lead"), address


def test_what_was_late_says_on_today_that_it_was_dealt_out(make, cast, sign_in):
    make(tier="A", last_contact=60)
    plans_make()
    assert "due since Sun 25 Oct, dealt out" in page(sign_in(cast.wang), "/")


def test_a_first_contact_is_due_by_its_time_and_a_moved_one_at_it(cast, sign_in):
    customer = customer_create(by=cast.wang, owner=cast.wang, name="新客户", kind="person")
    client = sign_in(cast.wang)
    assert "tomorrow by 10:00" in page(client, "/follow-ups/")
    assert "tomorrow by 10:00" in page(client, f"/customers/{customer.pk}/")
    with time_machine.travel(TUESDAY + timedelta(hours=23), tick=False):
        assert queue.due_tag(FollowUp.objects.get(), cast.wang, TODAY + timedelta(days=1))[0] == "today by 10:00"
    follow_up_reschedule(
        follow_up=FollowUp.objects.get(), due_on=TODAY + timedelta(days=1), by=cast.wang, due_time=None
    )
    assert "by 10:00" not in page(client, "/follow-ups/?when=all")


def test_whoever_enters_a_customer_reads_until_when(cast, sign_in):
    channel = Channel.objects.get(code="website")
    sent = {"kind": "company", "name": "新锐仪表", "channel": channel.pk, "phone": "138 0000 1111"}
    sent["idempotency_key"] = str(uuid.uuid4())
    said = sign_in(cast.wang).post(reverse("customer_new"), sent, follow=True).content.decode()
    assert "First contact planned for Wed 25 Nov, by 10:00." in said


def test_a_stage_that_is_moved_by_one_tap_says_the_new_day(make, cast, sign_in):
    customer = make("禾达", tier="C", stage="first_contact", last_contact=0)
    plans_make()
    client = sign_in(cast.wang)
    answer = client.post(reverse("customer_stage", args=[customer.pk]), {"stage": "needs"}, follow=True)
    day = FollowUp.objects.get(state="open").due_on
    assert f"Next follow-up: {day:%a} {day.day} {day:%b}." in answer.content.decode()
