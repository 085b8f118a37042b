"""10,000 reminders, and messages to customers, while workers, their children, Valkey and PostgreSQL are killed: nothing
lost, nothing told twice.

The oracle is outside the application: an SMTP server that counts Message-IDs, and the rows that a person would see.
Kills are random but replayable: set KILL_SEED. Figures are printed as JSON for docs/measurements.md.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
import pytest
from aiosmtpd.controller import Controller
from celery import Celery

from runtime.layout import ROOT
from runtime.postgres import Cluster, find_postgres, free_port
from runtime.valkey import Valkey, find_redis
from tests.heavy.sink import Sink

pytestmark = pytest.mark.heavy

REMINDERS = int(os.environ.get("KILL_REMINDERS", "10000"))
MESSAGES = int(os.environ.get("KILL_MESSAGES", "2000"))
KILLS = 24
CHILDREN = 2
PATIENCE = 900

PREPARE = """
from datetime import timedelta
from accounts.models import Role, User
from core import clock
from workbench.defaults import ensure_defaults
from customers.models import Customer
from customers.services import customer_create
from followups.services import reminder_create
from django.db import transaction
ensure_defaults()
rep = User.objects.create_user(email="rep@example.com", password=None, name="rep", role=Role.objects.get(code="rep"))
with transaction.atomic():
    customer = customer_create(by=rep, name="客户", owner=rep)
    for n in range({count}):
        reminder_create(user=rep, due_at=clock.now(), text=f"number {{n}}", by=rep, customer=customer, channel="email")
    from core.models import OutboxMail
    OutboxMail.objects.update(policy="{policy}")
"""

MESSAGES_PREPARE = """
from workbench.defaults import ensure_defaults
from accounts.models import Role, User
from customers.services import customer_create
from followups.services import message_send
from django.db import transaction
ensure_defaults()
rep = User.objects.create_user(email="rep@example.com", password=None, name="rep", role=Role.objects.get(code="rep"))
with transaction.atomic():
    for n in range({count}):
        customer = customer_create(by=rep, name=f"客户{{n}}", owner=rep, email=f"c{{n}}@example.com")
        message_send(customer=customer, channel="email", subject="您好", text=f"number {{n}}", by=rep)
"""


@dataclass
class Place:
    """A folder with servers, an SMTP sink and two Celery workers of two children each."""

    folder: Path
    postgres: Cluster
    valkey: Valkey
    sink: Sink = field(default_factory=Sink)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    port: int = 0

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "crm.settings",
            "DATABASE_URL": self.postgres.url(),
            "REDIS_URL": self.valkey.url(),
            "EMAIL_URL": f"smtp://127.0.0.1:{self.port}",
            "KEBEN_DATA": str(self.folder),
            "SECRET_KEY": "heavy-suite-only-key-with-more-than-thirty-two-characters",
            "TIME_ZONE": "Asia/Shanghai",
            "CURRENCY": "CNY",
        }

    def manage(self, *arguments: str) -> None:
        subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def start_worker(self, number: int) -> subprocess.Popen[bytes]:
        command = ["-m", "celery", "-A", "crm", "worker", "-c", str(CHILDREN), "-n", f"w{number}@kill", "-l", "WARNING"]
        with (self.folder / f"worker{number}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *command, "--without-gossip", "--without-mingle"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def rows(self, sql: str) -> list[tuple]:
        with contextlib.closing(psycopg2.connect(self.postgres.url())) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    def states(self) -> dict[str, int]:
        return dict(self.rows("SELECT state, count(*) FROM core_outboxmail GROUP BY state"))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    postgres = Cluster(find_postgres(), tmp_path / "pg", tmp_path / "pg.log")
    valkey = Valkey(find_redis(), tmp_path / "valkey", tmp_path / "valkey.log")
    postgres.start()
    valkey.start()
    here = Place(tmp_path, postgres, valkey, port=free_port())
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    sink = Controller(here.sink, hostname="127.0.0.1", port=here.port)
    sink.start()
    try:
        yield here
    finally:
        for worker in here.workers:
            _kill_group(worker)
        sink.stop()
        valkey.stop()
        postgres.stop()


def _kill_group(worker: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def _children(pid: int) -> list[int]:
    found = subprocess.run(["ps", "--ppid", str(pid), "-o", "pid="], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


class Ticker(threading.Thread):
    """Says "look into the table" every second, as beat does; with the broker away it keeps on trying."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.app = Celery(broker=url)
        self.app.conf.broker_transport_options = {"socket_timeout": 2, "socket_connect_timeout": 1}
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(1):
            with contextlib.suppress(Exception):
                self.app.send_task("tick_dispatch", retry=False, expires=30)


class Killer:
    """Random kill -9: of single children, of whole workers; Valkey and PostgreSQL once each in the middle."""

    def __init__(self, place: Place, seed: int, *, servers: bool) -> None:
        self.place, self.chance, self.servers = place, random.Random(seed), servers
        self.children_hit = 0
        self.done: Counter[str] = Counter()

    def strike(self, share_done: float) -> None:
        if self.servers and share_done > 0.35 and not self.done["valkey"]:
            self._valkey()
        elif self.servers and share_done > 0.6 and not self.done["postgres"]:
            self._postgres()
        elif self.chance.random() < 0.4:
            self._worker()
        else:
            self._child()

    def _child(self) -> None:
        worker = self.chance.choice(self.place.workers)
        children = _children(worker.pid)
        if children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.chance.choice(children), signal.SIGKILL)
            self.done["child"] += 1
            self.children_hit += 1

    def _worker(self) -> None:
        number = self.chance.randrange(len(self.place.workers))
        _kill_group(self.place.workers[number])
        self.place.workers[number] = self.place.start_worker(number)
        self.done["worker"] += 1
        self.children_hit += CHILDREN

    def _valkey(self) -> None:
        os.kill(self.place.valkey.child.pid, signal.SIGKILL)
        self.place.valkey.child.wait()
        time.sleep(5)
        self.place.valkey.start()
        self.done["valkey"] += 1

    def _postgres(self) -> None:
        """The postmaster first, so that no child cleans up after the others."""
        postmaster = self.place.postgres.child.pid
        backends = _children(postmaster)
        for pid in (postmaster, *backends):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.place.postgres.child.wait()
        time.sleep(1)
        self.place.postgres.start()
        self.done["postgres"] += 1
        self.children_hit += len(self.place.workers) * CHILDREN


def _run(
    place: Place, prepare: str, total: int, *, servers: bool, waiting: str = "SELECT 0"
) -> tuple[Killer, dict[str, int], float]:
    """Prepare, dispatch under fire until nothing is due any more and `waiting` counts nothing; returns the killer, the
    states and the seconds."""
    place.manage("migrate", "-v0")
    place.manage("shell", "-c", prepare)
    place.workers.extend(place.start_worker(number) for number in range(2))
    ticker = Ticker(place.valkey.url())
    ticker.start()
    seed = int(os.environ.get("KILL_SEED", time.time_ns() % 1_000_000))
    sys.stdout.write(f"KILL_SEED={seed}\n")
    killer = Killer(place, seed, servers=servers)
    began = time.monotonic()
    states = _under_fire(place, killer, began, total, waiting)
    ticker.over.set()
    return killer, states, time.monotonic() - began


def _under_fire(place: Place, killer: Killer, began: float, total: int, waiting: str) -> dict[str, int]:
    """Kills come by the share of mails taken, so that all of them fall into the dispatch on any machine."""
    states: dict[str, int] = {}
    while time.monotonic() - began < PATIENCE:
        time.sleep(0.2)
        share = len(place.sink.ids) / total
        if sum(killer.done.values()) < KILLS * share + 1 and 0.01 < share < 0.97:
            killer.strike(share)
        with contextlib.suppress(psycopg2.OperationalError):
            states = place.states()
            if not states.get("due") and not states.get("sending") and place.rows(waiting) == [(0,)]:
                return states
    pytest.fail(f"not done after {PATIENCE} s: {states}, taken {len(place.sink.ids)}")


def _report(title: str, place: Place, killer: Killer, states: dict[str, int], seconds: float) -> dict[str, object]:
    ids = place.sink.ids
    (told,) = place.rows(
        "SELECT count(*), count(DISTINCT key) FROM followups_notice"
        " WHERE kind = 'reminder' AND due_at <= now() AND cancelled_at IS NULL"
    )
    figures = {
        "run": title,
        "reminders": REMINDERS,
        "seconds": round(seconds),
        "kills": dict(killer.done),
        "processes_hit": killer.children_hit,
        "distinct": len(ids),
        "received": sum(ids.values()),
        "extra": sum(ids.values()) - len(ids),
        "most_copies": max(ids.values()),
        "states": states,
        "in_app": told,
        "connections": place.sink.connections,
    }
    sys.stdout.write(json.dumps(figures) + "\n")
    return figures


@pytest.mark.parametrize("servers", [False, True], ids=["workers", "workers, Valkey and PostgreSQL"])
def test_every_reminder_arrives_and_is_told_exactly_once(place: Place, servers: bool) -> None:
    prepare = PREPARE.format(count=REMINDERS, policy="resend")
    killer, states, seconds = _run(place, prepare, REMINDERS, servers=servers)
    figures = _report("resend, servers killed too" if servers else "resend", place, killer, states, seconds)
    assert sum(killer.done.values()) >= 20
    assert figures["distinct"] == REMINDERS, "lost mail"
    assert states == {"sent": REMINDERS}
    assert figures["extra"] <= killer.children_hit
    assert figures["most_copies"] <= 2
    assert figures["in_app"] == (REMINDERS, REMINDERS)


def test_with_the_policy_hold_nothing_goes_twice_and_every_doubt_is_listed(place: Place) -> None:
    killer, states, seconds = _run(place, PREPARE.format(count=REMINDERS, policy="hold"), REMINDERS, servers=True)
    figures = _report("hold, servers killed too", place, killer, states, seconds)
    unknown = {row[0] for row in place.rows("SELECT message_id FROM core_outboxmail WHERE state = 'unknown'")}
    everything = {row[0] for row in place.rows("SELECT message_id FROM core_outboxmail")}
    assert figures["extra"] == 0
    assert everything - set(place.sink.ids) <= unknown
    assert len(unknown) <= killer.children_hit
    assert states.get("sent", 0) + len(unknown) == REMINDERS


def test_no_message_to_a_customer_goes_twice_and_every_doubt_waits_for_a_person(place: Place) -> None:
    """Killed between the mail server's answer and the row that tells of it, and between that row and the log."""
    waiting = "SELECT count(*) FROM followups_message WHERE state = 'waiting'"
    prepare = MESSAGES_PREPARE.format(count=MESSAGES)
    killer, states, seconds = _run(place, prepare, MESSAGES, servers=True, waiting=waiting)
    ids = place.sink.ids
    found = dict(place.rows("SELECT state, count(*) FROM followups_message GROUP BY state"))
    figures = {"run": "messages", "messages": MESSAGES, "seconds": round(seconds), "kills": dict(killer.done)}
    figures |= {"received": sum(ids.values()), "distinct": len(ids), "mails": states, "states": found}
    sys.stdout.write(json.dumps(figures) + "\n")
    assert set(ids.values()) == {1}, "sent twice by itself"
    assert set(found) <= {"sent", "unknown"}
    assert found == states, "what the mail says, the message says"
    assert found.get("sent", 0) + found.get("unknown", 0) == MESSAGES
    doubted = {row[0] for row in place.rows("SELECT message_id FROM core_outboxmail WHERE state = 'unknown'")}
    everything = {row[0] for row in place.rows("SELECT message_id FROM core_outboxmail")}
    assert everything - set(ids) <= doubted, "lost without a word"
    # What has gone is logged once, and what nobody knows of isn't logged.
    (logged,) = place.rows(
        "SELECT count(*), count(DISTINCT m.interaction_id), count(DISTINCT i.customer_id), "
        "(SELECT count(*) FROM customers_interaction) "
        "FROM followups_message m JOIN customers_interaction i ON i.id = m.interaction_id WHERE m.state = 'sent'"
    )
    assert set(logged) == {found.get("sent", 0)}
    # Its author is told of each doubt, once.
    (told,) = place.rows("SELECT count(*), count(DISTINCT key) FROM followups_notice WHERE kind = 'message'")
    assert set(told) == {found.get("unknown", 0)}
