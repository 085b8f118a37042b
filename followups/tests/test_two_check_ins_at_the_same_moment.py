"""Somebody signs in at one customer twice at the same moment, from two pages or with a double tap: one visit begins."""

from __future__ import annotations

import uuid
from threading import Barrier

import pytest
from django.db import connection
from django.urls import reverse

from core import clock
from customers.models import CustomerFacts
from followups.models import CheckIn, FollowUp, Place
from followups.services import follow_up_create
from followups.tests.test_nobody_waits_for_each_other import slowly
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 4
HERE = {"latitude": "31.24", "longitude": "121.49", "accuracy": "12"}


@pytest.fixture
def sign_in_twice(cast, sign_in):
    """`sign_in_twice(customer, **sent)` taps on two pages of one person at once; gives both answers."""
    clients = [sign_in(cast.wang), sign_in(cast.wang)]
    for client in clients:
        client.get(reverse("check_in"))  # what a process reads once

    def twice(customer, *, once=None, **sent):
        together = Barrier(2)

        def tap(turn: int):
            form = {**HERE, "customer": customer.pk, "idempotency_key": once or uuid.uuid4(), **sent}
            together.wait(10)
            with connection.execute_wrapper(slowly):
                return clients[turn].post(reverse("check_in"), form)

        return at_once(tap, 2)

    return twice


def one_visit_began(customer, answers) -> FollowUp:
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url  # both go on to the log form of that visit
    made = CheckIn.objects.get(customer=customer)
    visit = FollowUp.objects.get(customer=customer, state="open")
    assert made.follow_up == visit
    assert CustomerFacts.objects.get(pk=customer.pk).next_follow_up_on == visit.due_on
    return visit


@pytest.mark.parametrize("same_form", [False, True])
def test_a_visit_that_nobody_planned_begins_once(make, sign_in_twice, same_form):
    for n in range(ROUNDS):
        customer = make(f"客户 {n}")
        once = uuid.uuid4() if same_form else None
        visit = one_visit_began(customer, sign_in_twice(customer, once=once))
        assert (visit.method, visit.due_on) == ("visit", clock.business_date())


def test_the_visit_that_was_planned_for_today_begins_once(make, cast, sign_in_twice):
    for n in range(ROUNDS):
        customer = make(f"客户 {n}")
        planned = follow_up_create(
            customer=customer, assignee=cast.wang, due_on=clock.business_date(), method="visit", by=cast.wang
        )
        assert one_visit_began(customer, sign_in_twice(customer)) == planned


def test_a_customer_without_facts_and_place_gets_one_of_each(make, sign_in_twice):
    for n in range(ROUNDS):
        customer = make(f"客户 {n}")
        CustomerFacts.objects.filter(pk=customer.pk).delete()
        one_visit_began(customer, sign_in_twice(customer, remember=customer.pk))
        assert Place.objects.filter(customer=customer).count() == 1
