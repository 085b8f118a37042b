"""A night of few, killed with kill -9 at each of its steps and then started twice at once: one published run, and every
row as a night that nobody disturbed writes it.

The server's process of a killed night lives on for some seconds and holds its locks, as after a long statement. Each
case works in a copy of one prepared database; the clock stands still, so that moments are equal too.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from runtime.layout import ROOT
from runtime.postgres import ROLE, Cluster, find_postgres
from runtime.valkey import Valkey, find_redis
from segmentation.tests.life import WRITTEN

pytestmark = pytest.mark.heavy

LINGER = 6  # seconds for which the server's process of a killed night holds its locks
PREPARED = "prepared"

# The morning after a Tuesday in mid-month: no calibration, no fit, not the week's night of everybody.
BEGIN = """
import time_machine
time_machine.travel("2026-05-{day}T01:00Z", tick=False).start()
from segmentation import night
night.PART = 40  # several parts of so few
"""
PREPARE = """
from datetime import timedelta
from django.core.management import call_command
from django.db import connection
from core import clock
from core.jobs import insert_due
from core.models import JobRun
from workbench.defaults import ensure_defaults
ensure_defaults()
call_command("load_scale", customers=3000, orders=30000, interactions=6000, complaints=60)
night.rescore(clock.last_ended_day())
"""
# What happens on the day: orders, an order that goes, answers, another owner, a file in the bin.
HAPPENS = """
from core import clock
from core.jobs import insert_due
from core.models import JobRun
from accounts.models import User
from customers.models import Customer, CustomerFacts
from sales.models import Order
day = clock.last_ended_day()
ids = list(Customer.objects.order_by("pk").values_list("pk", flat=True)[5:2000:40])
for n, pk in enumerate(ids):
    Order.objects.create(source="kill", number=str(n), customer_id=pk, ordered_at=clock.now(), ordered_on=day,
                         currency="CNY", total=90000, amount=90000)
for order in Order.objects.filter(source="scale").order_by("-ordered_on", "pk")[:20]:
    Order.objects.filter(pk=order.pk).update(deleted_at=clock.now())
CustomerFacts.objects.filter(customer__in=ids[::3]).update(last_csat=1, open_complaints=1, qualification=80)
Customer.objects.filter(pk__in=ids[::4]).update(owner=User.objects.filter(role__code="rep").order_by("pk").last())
Customer.objects.filter(pk__in=ids[::9]).update(deleted_at=clock.now())
insert_due([night.NIGHTLY], clock.due_nights())
JobRun.objects.exclude(business_date=day).update(state="done", published_at=clock.now())
"""
START = """
import json
from core.jobs import ensure_nightly
from core.models import JobRun
published = ensure_nightly([night.NIGHTLY])
print("FIGURES", json.dumps({"published": published}))
"""
# kill -9 while the server is at work for this process: after the n-th time of a statement.
KILLED = """
import os, signal, threading
from core import sql
real, met = sql.run, []
def run(cursor, app, name, *args, **lists):
    found = real(cursor, app, name, *args, **lists)
    met.append(name)
    if met.count({name!r}) == {times}:
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGKILL)).start()
        cursor.execute("SELECT pg_sleep({linger})")
    return found
sql.run = run
"""
# What the night must not do: think itself done when the run is published.
FORGETS = """
from segmentation.models import RateOn, ScoreLook, ToRate
publish = night._publish
def published(cursor, as_of, **asked):
    found = publish(cursor, as_of, **asked)
    ToRate.objects.all().delete()
    RateOn.objects.filter(on__lte=as_of).delete()
    ScoreLook.objects.update(as_of=as_of)
    return found
night._publish = published
"""


class Company:
    """A server with a prepared database and its copies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.postgres = Cluster(find_postgres(), folder / "pg", folder / "pg.log")
        self.valkey = Valkey(find_redis(), folder / "valkey", folder / "valkey.log")

    def url(self, database: str) -> str:
        return self.postgres.url().rsplit("/", 1)[0] + f"/{database}"

    def _sql(self, text: str) -> None:
        with contextlib.closing(psycopg2.connect(self.url("postgres"))) as connection:
            connection.autocommit = True
            connection.cursor().execute(text)

    def prepare(self) -> None:
        self._sql(f"CREATE DATABASE {PREPARED} OWNER {ROLE}")
        self.finish(self.manage(PREPARED, "migrate", "-v0"))
        self.finish(self.shell(PREPARED, BEGIN.format(day=12), PREPARE))
        self.finish(self.shell(PREPARED, BEGIN.format(day=13), HAPPENS))

    def copy(self, name: str) -> str:
        self._sql(f"CREATE DATABASE {name} TEMPLATE {PREPARED}")
        return name

    def manage(self, database: str, *arguments: str) -> subprocess.Popen[str]:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "crm.settings",
            "DATABASE_URL": self.url(database),
            "REDIS_URL": self.valkey.url(),
            "KEBEN_DATA": str(self.folder),
            "SECRET_KEY": "heavy-suite-only-key-with-more-than-thirty-two-characters",
            "TIME_ZONE": "Asia/Shanghai",
            "CURRENCY": "CNY",
        }
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def shell(self, database: str, *scripts: str) -> subprocess.Popen[str]:
        return self.manage(database, "shell", "-v0", "-c", "".join(scripts))

    def finish(self, child: subprocess.Popen[str]) -> str:
        said = child.communicate(timeout=300)[0]
        assert child.returncode == 0, said[-3000:]
        return said

    def killed(self, database: str, *scripts: str) -> None:
        child = self.shell(database, BEGIN.format(day=13), *scripts, START)
        said = child.communicate(timeout=300)[0]
        assert child.returncode == -9, said[-3000:]

    def started(self, database: str, times: int) -> int:
        """How many nights so many workers published that began at once."""
        workers = [self.shell(database, BEGIN.format(day=13), START) for _n in range(times)]
        return sum(json.loads(self.finish(one).split("FIGURES ", 1)[1])["published"] for one in workers)

    def written(self, database: str) -> dict[str, list[str]]:
        """Every row of every table that a night writes."""
        found = {}
        with contextlib.closing(psycopg2.connect(self.url(database))) as connection, connection.cursor() as cursor:
            for name, rows in WRITTEN.items():
                cursor.execute(f"SELECT said::text FROM ({rows}) AS rows(said) ORDER BY 1")
                found[name] = [said for (said,) in cursor.fetchall()]
        return found

    def looked_at(self, database: str) -> tuple[int, int]:
        with contextlib.closing(psycopg2.connect(self.url(database))) as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT (counts->>'looked_at')::int, (counts->>'customers')::int FROM segmentation_scorerun"
                " WHERE published_at IS NOT NULL ORDER BY as_of DESC LIMIT 1"
            )
            looked_at, customers = cursor.fetchall()[0]
            return looked_at, customers


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    here = Company(tmp_path_factory.mktemp("nights"))
    here.postgres.start()
    here.valkey.start()
    try:
        here.prepare()
        yield here
    finally:
        here.valkey.stop()
        here.postgres.stop()


@pytest.fixture(scope="module")
def undisturbed(company: Company) -> dict[str, list[str]]:
    """What a night writes that is left alone."""
    assert company.started(company.copy("undisturbed"), 1) == 1
    looked, customers = company.looked_at("undisturbed")
    assert 0 < looked < customers / 4, "a night of few"
    return company.written("undisturbed")


STEPS = [
    ("few", 1), ("scores", 1), ("intervals", 1), ("sums", 1), ("cases", 1), ("retired", 1), ("differ", 1), ("hold", 1),
    ("facts", 1), ("facts", 3), ("expected_write", 1), ("potential_sums", 1), ("finish", 1),
]  # fmt: skip


@pytest.mark.parametrize(("name", "times"), STEPS)
def test_killed_and_started_twice(company: Company, undisturbed: dict[str, list[str]], name: str, times: int) -> None:
    database = company.copy(f"killed_{name}_{times}")
    company.killed(database, KILLED.format(name=name, times=times, linger=LINGER))
    assert company.started(database, 2) == 1
    found = company.written(database)
    for table, rows in undisturbed.items():
        assert found[table] == rows, table


def test_killed_again_and_again(company: Company, undisturbed: dict[str, list[str]]) -> None:
    """At each step once, one after the other, in one database."""
    database = company.copy("killed_often")
    for name, times in STEPS:
        company.killed(database, KILLED.format(name=name, times=times, linger=0.5))
    assert company.started(database, 2) == 1
    assert company.written(database) == undisturbed


def test_a_night_that_thought_itself_done_too_early_would_be_found(
    company: Company, undisturbed: dict[str, list[str]]
) -> None:
    database = company.copy("forgetful")
    company.killed(database, FORGETS, KILLED.format(name="differ", times=1, linger=0.5))
    assert company.started(database, 2) == 1
    found = company.written(database)
    assert found["intervals"] == undisturbed["intervals"], "published"
    assert found["facts"] != undisturbed["facts"], "and its facts never written"
