"""Whoever is entered by hand or over the API is to be contacted within 24 hours; the night adds nothing."""

import uuid
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from rest_framework.test import APIClient

from core import clock
from customers import services
from customers.models import Channel, Customer, CustomerFacts
from followups.models import FollowUp
from followups.planning import plans_make
from followups.reasons import describe
from ui import formatting

pytestmark = pytest.mark.django_db


def tomorrow():
    return clock.business_date() + timedelta(days=1)


def test_the_form_says_until_when_and_today_has_no_row_without_a_plan(cast, sign_in):
    client, channel = sign_in(cast.wang), Channel.objects.get(code="website")
    sent = {"kind": "company", "name": "新锐仪表", "channel": channel.pk, "phone": "138 0000 1111"}
    key = {"idempotency_key": str(uuid.uuid4())}
    page = client.post(reverse("customer_new"), sent | key, follow=True).content.decode()
    assert f"First contact planned for {formatting.day_short(tomorrow())}" in page
    plan = FollowUp.objects.get()
    assert (plan.assignee, plan.due_on, plan.source, plan.state) == (cast.wang, tomorrow(), "cadence", "open")
    assert CustomerFacts.objects.get().next_follow_up_on == tomorrow()
    assert "first contact within 24 hours" in page


def test_the_api_plans_too_and_the_night_makes_no_second(cast):
    api = APIClient()
    api.force_authenticate(cast.wang)
    assert api.post("/api/v1/customers/", {"name": "新锐仪表", "kind": "company"}, format="json").status_code == 201
    plans_make()
    assert FollowUp.objects.filter(state="open").count() == 1
    assert FollowUp.objects.get(state="open").due_on == tomorrow()


def test_a_contact_takes_its_place(cast):
    customer = services.customer_create(by=cast.wang, owner=cast.wang, name="新锐仪表")
    services.interaction_log(customer=customer, by=cast.wang, kind="call", result="reached")
    first = FollowUp.objects.order_by("pk").first()
    assert first.state == "done"
    assert FollowUp.objects.filter(state="open").exclude(source="manual").count() <= 1


def test_nobody_is_planned_in_the_pool_or_who_is_to_be_left_alone(cast):
    services.customer_create(by=cast.admin, owner=None, name="公海客户")
    services.customer_create(by=cast.wang, owner=cast.wang, name="勿扰", do_not_contact=True)
    assert Customer.objects.count() == 2
    assert not FollowUp.objects.exists()


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_the_24_hours_are_hours_of_the_clock_in_the_owners_zone(cast, zone):
    cast.wang.time_zone = zone
    cast.wang.save()
    friday = datetime(2026, 11, 27, 16, 30, tzinfo=ZoneInfo(zone))
    with time_machine.travel(friday, tick=False):
        services.customer_create(by=cast.wang, owner=cast.wang, name="新锐仪表")
    plan = FollowUp.objects.get()
    assert (plan.due_on, plan.due_time) == (date(2026, 11, 28), time(16, 30)), "a Saturday: 24 hours, not a working day"
    assert plan.due_at == friday + timedelta(hours=24)


def test_the_reason_is_a_sentence():
    today = clock.business_date()
    said = describe("FIRST_CONTACT", {"since": today.isoformat()}, last_contact_on=None, today=today)
    assert said == f"New since {formatting.day_short(today)}: first contact within 24 hours"
