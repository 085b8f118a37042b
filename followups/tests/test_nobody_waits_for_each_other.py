"""Two people change the plan of one customer at the same moment: neither fails, and the facts tell what stands."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier
from time import sleep
from typing import Any

import pytest
from django.db import connection
from django.db.models import Min
from django.test import Client
from django.urls import reverse

from core import clock
from core.versions import StaleVersionError
from customers.models import Customer, CustomerFacts, Interaction
from customers.services import UndoTooLateError, customer_stage_move, customer_transfer, interaction_correct
from customers.services import interaction_log as log_entry
from followups import services
from followups.models import FollowUp, Rhythm
from followups.services import AlreadyClosedError
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 4  # ten of them in bin/test --heavy lock_races
TOLD = (AlreadyClosedError, StaleVersionError, UndoTooLateError)  # somebody was faster: people are told so
State, Source = FollowUp.State, FollowUp.Source


class Round:
    """A customer with what stands for it: an automatic date, one by hand, an own plan and an entry of the log."""

    def __init__(self, customer: Customer, people: Any, clients: list[Client], n: int) -> None:
        self.pk, self.people, self.clients, self.n = customer.pk, people, clients, n
        today = clock.business_date()
        Rhythm.objects.create(customer=customer, every_days=30)
        self.entry = log_entry(customer=customer, by=people.wang, kind="call", result="reached").pk
        FollowUp.objects.filter(customer=customer).delete()

        def add(source: str, days: int, state: str = State.OPEN) -> int:
            closed = None if state == State.OPEN else clock.now()
            row = FollowUp(customer=customer, assignee=people.wang, due_on=today + timedelta(days=days), source=source)
            row.state, row.closed_at = state, closed
            row.save()
            return row.pk

        self.closed = [add(Source.CADENCE, 3, State.CANCELLED), add(Source.WARNING, 4, State.CANCELLED)]
        self.ids = [add(Source.CADENCE, -1), add(Source.MANUAL, -2), add(Source.MANUAL, 9)]
        CustomerFacts.objects.filter(pk=customer.pk).update(next_follow_up_on=today - timedelta(days=2))

    def customer(self) -> Customer:
        return Customer.objects.select_related("facts", "owner").get(pk=self.pk)

    def row(self, at: int = 1) -> FollowUp:
        return FollowUp.objects.get(pk=self.ids[at])

    def by_api(self, turn: int, method: str, path: str, body: dict[str, Any] | None = None) -> None:
        client = self.clients[turn]
        url = f"/api/v1/{path}"
        tag = client.get(url)
        if tag.status_code == 404:
            return
        sent = {"content_type": "application/json", "headers": {"If-Match": tag.headers["ETag"]}}
        answer = client.generic(method, url, json.dumps(body or {}), **sent)
        assert answer.status_code in (200, 204, 404, 409, 412), answer.content


Act = Callable[[Round, int], Any]


def log(r: Round, turn: int) -> None:
    log_entry(customer=r.customer(), by=r.people.wang, kind="call", result="reached")


def skip(r: Round, turn: int) -> None:
    services.follow_up_skip(follow_up=r.row(), by=r.people.wang)


def skip_last(r: Round, turn: int) -> None:
    FollowUp.objects.filter(pk__in=r.ids[1:]).delete()  # the plan gives the next date at once
    services.follow_up_skip(follow_up=r.row(0), by=r.people.wang)


def done(r: Round, turn: int) -> None:
    services.follow_up_complete(follow_up=r.row(0), by=r.people.wang)


def move(r: Round, turn: int) -> None:
    day = clock.business_date() + timedelta(days=2 + turn)
    services.follow_up_reschedule(follow_up=r.row(), due_on=day, by=r.people.wang)


def move_automatic(r: Round, turn: int) -> None:
    day = clock.business_date() + timedelta(days=2 + turn)
    services.follow_up_reschedule(follow_up=r.row(0), due_on=day, by=r.people.wang)


def move_together(r: Round, turn: int) -> None:
    versions = dict(FollowUp.objects.filter(pk__in=r.ids).values_list("pk", "version"))
    services.follow_ups_reschedule(versions=versions, to=clock.business_date() + timedelta(days=5), by=r.people.wang)


def reopen(r: Round, turn: int) -> None:
    services.follow_up_reopen(follow_up=FollowUp.objects.get(pk=r.closed[turn]), by=r.people.wang)


def later(r: Round, turn: int) -> None:
    services.follow_up_snooze(follow_up=r.row(), until=clock.now() + timedelta(hours=1), by=r.people.wang)


def stage(r: Round, turn: int) -> None:
    to = "proposal" if r.n % 2 else "needs"
    customer_stage_move(customer=r.customer(), stage=to, by=r.people.wang)


def hand_over(r: Round, turn: int) -> None:
    customer_transfer(customer=r.customer(), to=r.people.li, by=r.people.lead)


def own_plan(r: Round, turn: int) -> None:
    stored = Rhythm.objects.filter(pk=r.pk).first()
    version = stored.version if stored else 0
    services.rhythm_set(customer=r.customer(), changes={"every_days": 7}, version=version, by=r.people.wang)


def no_own_plan(r: Round, turn: int) -> None:
    r.clients[turn].post(reverse("own_plan_remove", args=[r.pk]))


def correct(r: Round, turn: int) -> None:
    entry = Interaction.objects.filter(pk=r.entry).first()
    if entry is not None:
        interaction_correct(interaction=entry, changes={"result": "no_answer"}, version=entry.version, by=r.people.wang)


def undo(r: Round, turn: int) -> None:
    answer = r.clients[turn].post(f"/interactions/{r.entry}/undo/")
    assert answer.status_code < 500


def api_change(r: Round, turn: int) -> None:
    day = clock.business_date() + timedelta(days=6)
    r.by_api(turn, "PATCH", f"follow-ups/{r.ids[0]}/", {"due_on": day.isoformat()})


def api_complete(r: Round, turn: int) -> None:
    r.by_api(turn, "DELETE", f"follow-ups/{r.ids[0]}/")


def api_own_plan(r: Round, turn: int) -> None:
    r.by_api(turn, "PATCH", f"own-plans/{r.pk}/", {"every_days": 11})


def api_stage(r: Round, turn: int) -> None:
    r.by_api(turn, "PATCH", f"customers/{r.pk}/", {"stage": "proposal"})


PAIRS: list[tuple[Act, Act]] = [
    *((act, log) for act in (move, move_automatic, skip, done, reopen, api_change, api_complete, later)),
    *((act, api_own_plan) for act in (skip, done, move_automatic, api_change, no_own_plan, log, stage)),
    *((act, stage) for act in (reopen, skip, move_automatic, api_change, undo, correct)),
    *((act, move_together) for act in (move, move_automatic, skip, log)),
    *((act, hand_over) for act in (log, skip, stage, api_change)),
    *((act, api_stage) for act in (skip_last, log)),
    *((reopen, reopen), (undo, correct), (undo, undo), (undo, log), (correct, skip), (own_plan, no_own_plan)),
]


def slowly(execute: Callable[..., Any], *statement: Any) -> Any:
    """A statement, and a moment in which the other one goes on: what can meet meets."""
    sleep(0.002)
    return execute(*statement)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: " and ".join(act.__name__ for act in pair))
def test_neither_fails(pair, make, cast, sign_in):
    assert race(pair, make, cast, sign_in, ROUNDS) == []


def race(pair, make, cast, sign_in, rounds) -> list[str]:
    """Both acts of a pair at the same moment, so many times: who failed, and where the facts were wrong afterwards."""
    clients = [sign_in(cast.wang), sign_in(cast.wang)]
    for client in clients:
        client.get(reverse("today"))  # what a process reads once
    failed: list[str] = []
    for n in range(rounds):
        r, together = Round(make(last_contact=20), cast, clients, n), Barrier(2)

        def act(turn: int, r: Round = r, together: Barrier = together) -> None:
            together.wait(10)
            try:
                with connection.execute_wrapper(slowly):
                    pair[turn](r, turn)
            except TOLD:
                pass
            except Exception as error:  # counted with the rest
                failed.append(f"{r.n}: {pair[turn].__name__}: {type(error).__name__}: {error}"[:150])

        at_once(act, 2)
        standing = FollowUp.objects.filter(customer=r.pk, state=State.OPEN)
        told = CustomerFacts.objects.get(pk=r.pk).next_follow_up_on
        if told != standing.aggregate(next=Min("due_on"))["next"]:
            failed.append(f"{n}: the facts say {told}")
        if standing.exclude(source=Source.MANUAL).count() > 1:
            failed.append(f"{n}: two automatic ones")
    return failed
