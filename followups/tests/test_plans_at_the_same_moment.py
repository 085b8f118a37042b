"""The night, people who log, plan and move, and re-plans inside requests, all at one moment."""

from __future__ import annotations

import random
import time
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count, Min, Q

from core.versions import StaleVersionError
from customers import services as customers
from customers.models import Customer, CustomerFacts
from followups import planning, services
from followups.models import FollowUp
from followups.planning import plans_make
from followups.services import AlreadyClosedError
from tests.races import at_once, beside

TODAY = date(2026, 11, 24)
SOON = TODAY + timedelta(days=3)  # a Friday
pytestmark = pytest.mark.django_db(transaction=True)
REFUSED = (AlreadyClosedError, StaleVersionError)  # somebody was faster, and is told so


def all_is_right() -> None:
    """One automatic follow-up a customer at most, and facts that name the first day that stands."""
    still_open = FollowUp.objects.filter(state="open")
    twice = still_open.exclude(source="manual").values("customer").annotate(n=Count("pk")).filter(n__gt=1)
    assert not twice
    said = dict(CustomerFacts.objects.values_list("customer", "next_follow_up_on"))
    first = dict(still_open.values_list("customer").annotate(Min("due_on")))
    assert said == {pk: first.get(pk) for pk in said}


def log(customer: Customer, by: Any, step: str = "3") -> None:
    customers.interaction_log(customer=customer, kind="call", result="reached", next_step=step, by=by)


@pytest.mark.parametrize("step", ["candidates", "new", "make", "facts"])
def test_who_logs_while_the_plan_is_made_waits_and_wins(make, cast, monkeypatch, step):
    customer = make(last_contact=300)
    plain, others = planning.sql.run, []

    def meanwhile(cursor, app, name, *rest, **lists):
        if name == step and not others:
            others.append(beside(lambda: log(customer, cast.wang)))
            assert others[0].is_alive()  # it waits for the plan of this customer
        return plain(cursor, app, name, *rest, **lists)

    monkeypatch.setattr(planning.sql, "run", meanwhile)
    plans_make()
    others[0].join()
    [standing] = FollowUp.objects.filter(customer=customer, state="open")
    assert (standing.source, standing.due_on, standing.created_by) == ("manual", SOON, cast.wang)
    all_is_right()


@pytest.mark.parametrize("only", [False, True])
def test_a_plan_waits_for_who_is_logging_and_leaves_theirs(make, cast, only):
    customer = make(last_contact=300)
    with transaction.atomic():
        log(customer, cast.wang)
        other = beside(lambda: plans_make([customer.pk] if only else None))
        assert other.is_alive()
    other.join()
    [standing] = FollowUp.objects.filter(customer=customer, state="open")
    assert (standing.source, standing.due_on) == ("manual", SOON)
    all_is_right()


def test_a_day_moved_while_the_night_looks_is_the_next_day(make, cast, monkeypatch):
    customer = make(last_contact=1)
    plans_make()
    standing = FollowUp.objects.get(customer=customer)
    CustomerFacts.objects.filter(pk=customer.pk).update(tier="D", tier_rank=5)  # so that the night has something to do
    plain, others = planning.sql.run, []

    def meanwhile(cursor, app, name, *rest, **lists):
        if name == "facts" and not others:
            others.append(beside(lambda: services.follow_up_reschedule(follow_up=standing, due_on=SOON, by=cast.wang)))
        return plain(cursor, app, name, *rest, **lists)

    monkeypatch.setattr(planning.sql, "run", meanwhile)
    plans_make()
    others[0].join()
    standing.refresh_from_db()
    assert (standing.due_on, standing.reason["chosen"]) == (SOON, True)
    all_is_right()


def test_two_nights_and_many_replans_make_one_each(make, cast):
    made = [make(f"客户 {n}", last_contact=5 + n) for n in range(20)]
    ids = [customer.pk for customer in made]

    def act(turn: int) -> None:
        if turn < 2:
            plans_make()
        else:  # in any order: they are locked by their ids
            with transaction.atomic():
                services.customers_replan(random.Random(turn).sample(ids, 12))

    at_once(act, 8)
    assert FollowUp.objects.filter(state="open").count() == len(made)
    all_is_right()


def test_a_busy_office_and_the_night(make, cast):
    """Twelve customers, seven doors, a hundred and fifty acts: nobody waits in a circle and nothing is made twice."""
    made = [make(f"客户 {n}", last_contact=20 + n) for n in range(12)]
    plans_make()
    people = [cast.wang, cast.li]

    def act(turn: int) -> None:
        chance = random.Random(turn)
        until = time.monotonic() + 60
        for _ in range(18):
            assert time.monotonic() < until
            customer = Customer.objects.select_related("facts", "owner").get(pk=chance.choice(made).pk)
            if turn == 0:
                plans_make()
                continue
            try:
                _something(chance, customer, people[turn % 2], cast, made)
            except REFUSED:
                continue

    at_once(act, 8)
    all_is_right()
    plans_make()
    all_is_right()
    without = Q(facts__next_follow_up_on=None, owner__isnull=False)
    assert not Customer.objects.filter(without)


def _something(chance: random.Random, customer: Customer, by: Any, cast: Any, made: list[Customer]) -> None:
    standing = FollowUp.objects.select_related("assignee").filter(customer=customer, state="open").first()
    act = chance.choice(["log", "proposal", "undo", "plan", "done", "move", "replan", "stage", "owner", "owners"])
    if act in ("log", "undo"):
        entry = customers.interaction_log(customer=customer, kind="call", result="interested", by=by)
        if act == "undo":
            customers.interaction_undo(interaction=entry, by=by)
    elif act == "proposal":
        customers.interaction_log(customer=customer, kind="call", result="proposal_sent", by=by)
    elif act == "plan":
        services.follow_up_create(customer=customer, assignee=by, due_on=SOON, by=by)
    elif act == "done" and standing:
        services.follow_up_complete(follow_up=standing, by=by)
    elif act == "move" and standing:
        services.follow_up_reschedule(follow_up=standing, due_on=SOON + timedelta(days=chance.randint(3, 9)), by=by)
    elif act == "replan":
        with transaction.atomic():
            services.customers_replan([row.pk for row in chance.sample(made, 5)])
    elif act == "stage":
        with transaction.atomic():
            stage = {"stage": chance.choice(["needs", "long_term", "proposal"])}
            customers.customer_update(customer=customer, changes=stage, version=customer.version, by=by)
            services.customers_replan([customer.pk])
    elif act == "owner":
        customers.customer_transfer(customer=customer, to=by, by=cast.lead)
    elif act == "owners":
        rows = Customer.objects.filter(pk__in=[row.pk for row in chance.sample(made, 5)])
        customers.customers_transfer(customers=list(rows), to=by, by=cast.lead)
