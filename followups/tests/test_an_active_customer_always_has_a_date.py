"""Whoever is active has a next date, whichever way they came and whatever was done with the last one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from customers import services as customers
from customers.models import Customer, CustomerFacts
from followups.models import FollowUp
from followups.planning import plans_make
from followups.services import (
    follow_up_cancel,
    follow_up_complete,
    follow_up_create,
    follow_up_reopen,
    follow_up_skip,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
CLOSE = {"done": follow_up_complete, "skipped": follow_up_skip, "cancelled": follow_up_cancel}


def open_days(customer):
    return list(FollowUp.objects.filter(customer=customer, state="open").values_list("due_on", flat=True))


def has_a_date(customer):
    """The date in the facts is that of what is open."""
    days = open_days(customer)
    assert CustomerFacts.objects.get(pk=customer.pk).next_follow_up_on == min(days, default=None)
    return bool(days)


def only(customer):
    return FollowUp.objects.select_related("customer", "assignee").get(customer=customer, state="open")


@pytest.fixture
def due(make, cast):
    """Of tier C, last contacted 100 days ago, with an automatic follow-up of today."""
    customer = make("明珠", tier="C", last_contact=100)
    plans_make([customer.pk])
    return customer


@pytest.mark.parametrize(("state", "close"), CLOSE.items())
def test_who_lets_the_last_one_go_gets_the_next_one_counted_from_that_day(due, cast, state, close):
    close(follow_up=only(due), by=cast.wang)
    row = only(due)
    assert row.due_on == date(2027, 2, 11)  # 75 days: a Sunday, so the next day
    assert (row.reason["basis"], row.reason["since"]) == (state, "2026-11-24")
    assert has_a_date(due)


@pytest.mark.parametrize(("state", "close"), CLOSE.items())
def test_a_planned_one_goes_the_same_way(make, cast, state, close):
    customer = make(tier="C", last_contact=10)
    close(follow_up=follow_up_create(customer=customer, assignee=cast.wang, due_on=TODAY, by=cast.wang), by=cast.wang)
    assert only(customer).source == "cadence"
    assert has_a_date(customer)


def test_the_night_leaves_it_there_until_stage_or_tier_change(due, cast):
    follow_up_skip(follow_up=only(due), by=cast.wang)
    days = open_days(due)
    for later in (0, 1, 40):
        with time_machine.travel(datetime(2026, 11, 24, 18, tzinfo=UTC) + timedelta(days=later), tick=False):
            plans_make()
            assert open_days(due) == days
    CustomerFacts.objects.filter(pk=due.pk).update(tier="A", tier_rank=2)
    plans_make()
    assert only(due).due_on < date(2026, 12, 15)
    assert only(due).reason["because"] == "tier"


def test_while_something_else_is_planned_nothing_is_added(due, cast):
    other = follow_up_create(customer=due, assignee=cast.wang, due_on=TODAY + timedelta(days=3), by=cast.wang)
    follow_up_skip(follow_up=FollowUp.objects.get(customer=due, source="cadence"), by=cast.wang)
    assert only(due) == other


def test_undo_takes_the_next_one_away_as_often_as_wanted(due, cast):
    first = only(due)
    for _turn in range(2):
        follow_up_skip(follow_up=only(due), by=cast.wang)
        follow_up_reopen(follow_up=FollowUp.objects.get(pk=first.pk), by=cast.wang)
        assert only(due) == first
        assert has_a_date(due)


def test_a_new_customer_that_is_skipped_comes_back_the_day_after(cast):
    customer = customers.customer_create(by=cast.wang, owner=cast.wang, name="新客户")
    follow_up_skip(follow_up=only(customer), by=cast.wang)
    assert (only(customer).due_on, only(customer).reason["phase"]) == (TODAY + timedelta(days=1), "new")
    plans_make()
    assert open_days(customer) == [TODAY + timedelta(days=1)]


def test_the_page_says_what_comes_next(due, cast, sign_in):
    client = sign_in(cast.wang)
    page = client.post(reverse("follow_up_skip", args=[only(due).pk]), {"next": "/"}, follow=True).content.decode()
    assert "明珠: skipped. Next follow-up: 11 Feb 2027." in page


@pytest.mark.parametrize("kind", ["call", "note"])
def test_nothing_agreed_in_the_log_means_the_day_of_the_plan(due, log_contact, kind):
    log_contact(due, next_step="none", kind=kind)
    row = only(due)
    assert (row.source, row.due_on) == ("cadence", date(2027, 2, 11))
    assert has_a_date(due)


def test_nothing_agreed_leaves_what_a_person_planned(due, cast, log_contact):
    later = follow_up_create(customer=due, assignee=cast.wang, due_on=TODAY + timedelta(days=30), by=cast.wang)
    log_contact(due, next_step="none")
    assert only(due) == later


def test_undoing_the_entry_of_somebody_without_a_date_leaves_one(make, cast, log_contact):
    customer = make(tier="C", last_contact=10)
    customers.interaction_undo(interaction=log_contact(customer), by=cast.wang)
    assert has_a_date(customer)


def test_every_way_in_gives_a_date(make, cast, api_customer):
    made = customers.customer_create(by=cast.wang, owner=cast.wang, name="表单")
    pooled = customers.customer_create(by=cast.wang, name="公海")
    assert not has_a_date(pooled)
    customers.customer_claim(customer=Customer.objects.get(pk=pooled.pk), by=cast.wang)
    handed = make("移交", last_contact=200)
    customers.customer_transfer(customer=handed, to=cast.li, by=cast.lead, reason="产假")
    binned = make("回收站", last_contact=200)
    customers.customer_delete(customer=binned, by=cast.wang)
    customers.customer_restore(customer=Customer.all_objects.get(pk=binned.pk), by=cast.wang)
    wished = make("可联系", do_not_contact=True)
    customers.customer_update(customer=wished, changes={"do_not_contact": False}, version=wished.version, by=cast.wang)
    for customer in (made, pooled, handed, binned, wished, api_customer):
        assert has_a_date(customer), customer.name
    assert only(handed).assignee == cast.li


@pytest.fixture
def api_customer(cast, client):
    """Made over the API, signed in as in the browser."""
    client.force_login(cast.wang)
    answer = client.post("/api/v1/customers/", {"name": "接口"}, content_type="application/json")
    assert answer.status_code == 201, answer.content
    return Customer.objects.get(name="接口")


@pytest.mark.parametrize(
    "state", [{"stage": "paused"}, {"do_not_contact": True}, {"lifecycle": "lost"}, {"owner": None}]
)
def test_who_isnt_active_gets_none(make, cast, state):
    customer = make(last_contact=10, **state)
    follow_up_skip(
        follow_up=follow_up_create(customer=customer, assignee=cast.wang, due_on=TODAY, by=cast.wang), by=cast.wang
    )
    assert not has_a_date(customer)


def test_nothing_stays_planned_in_the_pool(due, cast):
    customers.customer_transfer(customer=due, to=None, by=cast.lead, reason="")
    assert open_days(due) == []
    plans_make()
    assert not has_a_date(due)
