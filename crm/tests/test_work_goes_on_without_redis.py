"""A Redis that is really away: beat says so once a minute and has the tables looked into by processes of its own."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from kombu import Connection
from structlog.testing import capture_logs

from core import jobs
from core.models import Heartbeat, JobRun
from crm import beat
from crm.celery import app
from crm.management.commands import work_without_broker
from runtime.postgres import free_port
from runtime.valkey import Valkey, find_redis


class Child:
    """A substitute, as Popen."""

    def __init__(self, command: list[str], **_: Any) -> None:
        self.queue, self.code, self.ended = command[-1], None, False

    def poll(self) -> int | None:
        return self.code

    def terminate(self) -> None:
        self.ended = True


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Child]:
    children: list[Child] = []

    def popen(command: list[str], **options: Any) -> Child:
        children.append(Child(command, **options))
        return children[-1]

    monkeypatch.setattr(beat, "subprocess", SimpleNamespace(Popen=popen, DEVNULL=None))
    return children


def test_beat_survives_it_says_so_once_a_minute_and_has_others_look(
    tmp_path: Path, begun: list[Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    redis = Valkey(find_redis(), tmp_path / "valkey", tmp_path / "valkey.log")
    redis.start()
    now = {"seconds": 0.0}
    monkeypatch.setattr(beat, "time", SimpleNamespace(monotonic=lambda: now["seconds"], time=time.time))
    made = beat.SteadyScheduler(app=app)
    monkeypatch.setattr(app, "connection_for_write", lambda *_, **__: Connection(redis.url()))
    try:
        made.tick()
        assert (begun, made._away_since) == ([], None)
        redis.stop()
        with capture_logs() as lines:
            for second in range(5, 186, 5):
                now["seconds"] = float(second)
                assert made.tick() <= beat.TRIED_EVERY
        assert [line["event"] for line in lines].count("the broker doesn't answer") in (3, 4)
        assert not any("exc_info" in line for line in lines)
        assert [child.queue for child in begun] == ["celery", "imports"]
        begun[1].code = 1  # one that died is replaced
        now["seconds"] += 5
        made.tick()
        assert [child.queue for child in begun] == ["celery", "imports", "imports"]
        redis.start()
        now["seconds"] += 5
        made.tick()
        assert made._away_since is None
        assert [child.ended for child in begun] == [True, False, True]
    finally:
        redis.stop()


def test_a_worker_waits_for_it_for_ever() -> None:
    assert app.conf.broker_connection_max_retries is None


@pytest.mark.django_db(transaction=True)
def test_nights_and_imports_are_done_by_the_tables_alone(
    cast: Any, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    ran: list[str] = []
    night = jobs.NightlyJob("sweep", lambda day: ran.append(str(day)) or {}, "")
    monkeypatch.setattr(work_without_broker.tasks, "nightly", lambda: [night])
    monkeypatch.setattr(app.conf, "broker_url", f"redis://127.0.0.1:{free_port()}/0")
    work_without_broker.round_of("celery")
    assert len(ran) == 7
    assert JobRun.objects.filter(state="done").count() == 7
    assert Heartbeat.objects.filter(name="dispatch").exists()
    assert not Heartbeat.objects.filter(name="broker").exists()


@pytest.mark.django_db(transaction=True)  # each round closes a connection that has grown old
def test_one_task_that_fails_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def broken() -> None:
        raise RuntimeError("broken")

    monkeypatch.setitem(work_without_broker.QUEUES, "celery", (broken, lambda: ran.append("next")))
    work_without_broker.round_of("celery")
    assert ran == ["next"]
