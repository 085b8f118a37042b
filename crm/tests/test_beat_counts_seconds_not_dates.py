"""The scheduler goes by running time: no clock, no file and no expiry stands in the way of the next tick."""

from datetime import UTC, datetime

import pytest
import time_machine
from kombu.exceptions import ChannelError

from crm import beat
from crm.celery import app


class Broker:
    """Counts what is sent and how much waits; `down` refuses everything."""

    def __init__(self):
        self.sent, self.waiting, self.down = [], 0, False

    channel = property(lambda self: self)

    def queue_declare(self, queue, passive):
        if self.down:
            raise ConnectionError("away")
        if self.waiting is None:
            raise ChannelError("no such queue")
        return type("Declared", (), {"message_count": self.waiting})


@pytest.fixture
def scheduler(monkeypatch):
    made = beat.SteadyScheduler(app=app)
    made.broker = Broker()
    made.__dict__["producer"] = made.broker
    made.seconds = 0.0
    monkeypatch.setattr(beat.time, "monotonic", lambda: made.seconds)
    monkeypatch.setattr(made, "send_task", lambda name, **options: made.broker.sent.append((name, options)))
    return made


def test_it_goes_on_whatever_the_clock_says(scheduler):
    with time_machine.travel(datetime(2028, 1, 2, tzinfo=UTC), tick=False):
        scheduler.tick()
    scheduler.broker.sent.clear()
    with time_machine.travel(datetime(2026, 11, 28, tzinfo=UTC), tick=False):
        scheduler.seconds = 61.0
        scheduler.tick()
    assert {name for name, _options in scheduler.broker.sent} >= {"tick_night", "tick_dispatch", "tick_jobs"}


def test_no_message_expires_by_a_clock(scheduler):
    scheduler.tick()
    assert not any("expires" in options for _name, options in scheduler.broker.sent)


def test_nothing_is_added_while_nobody_takes_it(scheduler):
    scheduler.broker.waiting = beat.MOST_WAITING
    scheduler.tick()
    assert scheduler.broker.sent == []
    scheduler.broker.waiting, scheduler.seconds = None, 61.0
    scheduler.tick()
    assert scheduler.broker.sent


def test_a_broker_that_is_away_is_tried_again(scheduler):
    scheduler.broker.down = True
    assert scheduler.tick() <= 5.0
    scheduler.broker.down, scheduler.seconds = False, 61.0
    scheduler.__dict__["producer"] = scheduler.broker
    scheduler.tick()
    assert scheduler.broker.sent


def test_it_is_the_scheduler_of_every_start(settings):
    assert settings.CELERY_BEAT_SCHEDULER == "crm.beat.SteadyScheduler"
