"""Two senders that run at the same moment, each on a connection of its own: every reminder goes out once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import time_machine
from django.core import mail as outgoing

from core import clock, dispatcher
from core.models import OutboxMail
from followups.services import reminder_create
from followups.tests.conftest import TUESDAY
from tests.races import at_once

REMINDERS, SENDERS, ROUNDS = 30, 2, 4


@pytest.mark.django_db(transaction=True)
def test_each_reminder_goes_out_once(cast):
    due = [TUESDAY + timedelta(minutes=5 * (n % ROUNDS + 1)) for n in range(REMINDERS)]
    for n, at in enumerate(due):
        reminder_create(user=cast.wang, by=cast.wang, due_at=at, text=f"{n}", channel="email")
    gates = [threading.Barrier(SENDERS) for _ in range(ROUNDS)]

    def send(turn: int) -> None:
        gates[turn_of["round"]].wait()
        dispatcher.dispatch()

    turn_of = {"round": 0}
    for number in range(ROUNDS):
        turn_of["round"] = number
        with time_machine.travel(TUESDAY + timedelta(minutes=5 * (number + 1)), tick=False):
            at_once(send, SENDERS)
            told = [message.subject.removeprefix("Reminder: ") for message in outgoing.outbox]
            assert sorted(told) == sorted(f"{n}" for n, at in enumerate(due) if at <= clock.now())
    assert set(OutboxMail.objects.values_list("state", flat=True)) == {OutboxMail.State.SENT}
