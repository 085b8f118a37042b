"""A thousand times somebody edits, calls off, hands over or is done at the very moment of sending: one truth each.

Two senders run against one person. What was confirmed to the person holds: no mail with an old text, none after a
call-off, none about a customer whom its reader may no longer see; and what came too late was sent once, as it stood.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outgoing
from django.db import connection
from django.test import override_settings

from core import clock, dispatcher, outbox
from core.tests.http_sink import http_sink
from customers.models import Customer
from customers.services import customer_transfer
from followups.models import FollowUp, Notice, Reminder
from followups.services import (
    day_notices_make,
    follow_up_complete,
    follow_up_create,
    reminder_cancel,
    reminder_change,
    reminder_create,
)

pytestmark = [pytest.mark.heavy, pytest.mark.django_db(transaction=True)]
RACES = 250


def customers_of(owner: Any, count: int) -> list[Customer]:
    numbers = [f"R{n:05d}" for n in range(count)]
    Customer.objects.bulk_create(
        Customer(number=number, name=number, owner=owner, team=owner.team) for number in numbers
    )
    return list(Customer.objects.filter(number__in=numbers).order_by("number"))


def race(acts: list[Callable[[], None]]) -> set[int]:
    """Each act in turn against two senders; which of them were confirmed."""
    confirmed: set[int] = set()

    def person() -> None:
        try:
            for n, act in enumerate(acts):
                try:
                    act()
                    confirmed.add(n)
                except outbox.TooLateError:
                    pass
        finally:
            connection.close()

    def sender() -> None:
        try:
            dispatcher.dispatch()
        finally:
            connection.close()

    threads = [threading.Thread(target=person), *(threading.Thread(target=sender) for _ in range(2))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    dispatcher.dispatch()
    return confirmed


def reminders_now(cast: Any) -> list[Reminder]:
    """One of each customer, due now by mail; in the app an hour later, so that only the mail races."""
    due = clock.now()
    made = [
        reminder_create(user=cast.wang, by=cast.wang, due_at=due, text=f"old {n}", customer=customer, channel="email")
        for n, customer in enumerate(customers_of(cast.wang, RACES))
    ]
    Notice.objects.update(due_at=due + timedelta(hours=1))
    return made


def texts() -> Counter[str]:
    return Counter(message.subject.removeprefix("Reminder: ") for message in outgoing.outbox)


def once(*ranges: set[str]) -> Counter[str]:
    return Counter(text for group in ranges for text in group)


def test_called_off_in_time_it_never_goes_out(cast):
    rows = reminders_now(cast)
    confirmed = race([lambda row=row: reminder_cancel(reminder=row, by=cast.wang) for row in rows])
    assert texts() == once({f"old {n}" for n in range(RACES) if n not in confirmed})


def test_edited_in_time_it_goes_out_in_its_new_form_only(cast):
    rows = reminders_now(cast)
    acts = [
        lambda row=row, n=n: reminder_change(reminder=row, changes={"text": f"new {n}"}, version=1, by=cast.wang)
        for n, row in enumerate(rows)
    ]
    confirmed = race(acts)
    kept = {f"old {n}" for n in range(RACES) if n not in confirmed}
    assert texts() == once(kept, {f"new {n}" for n in confirmed})


def test_by_text_message_it_is_the_same(cast):
    """The other channels hold the same lease: called off in time nothing is handed over, else once, as it stood."""
    cast.wang.mobile = "+8613800000001"
    cast.wang.save()
    with http_sink() as sink, override_settings(SMS_URL=f"{sink.url}/sms"):
        due = clock.now()
        rows = [
            reminder_create(user=cast.wang, by=cast.wang, due_at=due, text=f"old {n}", customer=customer, channel="sms")
            for n, customer in enumerate(customers_of(cast.wang, RACES))
        ]
        Notice.objects.update(due_at=due + timedelta(hours=1))
        acts = [
            (lambda row=row: reminder_cancel(reminder=row, by=cast.wang))
            if n % 2
            else (
                lambda row=row, n=n: reminder_change(
                    reminder=row, changes={"text": f"new {n}"}, version=1, by=cast.wang
                )
            )
            for n, row in enumerate(rows)
        ]
        confirmed = race(acts)
        sent = Counter(asked.json()["text"].split("\n")[1] for asked in sink.asked)
    kept = {f"old {n}" for n in range(RACES) if n not in confirmed}
    assert sent == once(kept, {f"new {n}" for n in confirmed if not n % 2})


def test_handed_over_in_time_the_earlier_owner_reads_nothing_of_the_customer(cast):
    rows = reminders_now(cast)
    gone: dict[int, int] = {}

    def hand_over(n: int, row: Reminder) -> None:
        customer_transfer(customer=row.customer, to=cast.outsider, by=cast.admin)
        gone[n] = len(outgoing.outbox)  # what went out up to here may have been on its way

    race([lambda row=row, n=n: hand_over(n, row) for n, row in enumerate(rows)])
    late = [message.subject.removeprefix("Reminder: ") for message in outgoing.outbox]
    assert max(Counter(late).values(), default=1) == 1
    for n, before in gone.items():
        # One mail of each sender may have passed the gate just before.
        assert f"old {n}" not in late[before + 2 :]


def test_done_in_time_the_mail_of_the_day_stays_at_home(cast):
    cast.wang.notice_mails = {"day": True}
    cast.wang.save()
    for n, customer in enumerate(customers_of(cast.wang, RACES)):
        today = clock.user_today(cast.wang)
        plan = follow_up_create(customer=customer, assignee=cast.wang, due_on=today, by=cast.wang)
        Notice.objects.all().delete()
        outbox.OutboxMail.objects.all().delete()
        outgoing.outbox.clear()
        day_notices_make(ahead=timedelta(days=3))
        outbox.OutboxMail.objects.update(due_at=clock.now(), next_try_at=clock.now())
        race([lambda plan=plan: follow_up_complete(follow_up=plan, by=cast.wang)])
        assert len(outgoing.outbox) <= 1, n
        plan.refresh_from_db()
        assert plan.state == FollowUp.State.DONE
