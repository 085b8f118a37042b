"""A whole installation under bin/start while its worker, beat and web server are killed at random, during nights and a
dispatch: each night published once, every notice once, no mail lost, and everything answers again.

Kills are replayable: set KILL_SEED. Figures are printed as JSON for docs/measurements.md.
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
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from core.jobs import nightly
from runtime.layout import ROOT
from runtime.postgres import free_port
from tests.heavy.sink import Sink

pytestmark = pytest.mark.heavy

REMINDERS = int(os.environ.get("KILL_REMINDERS", "2000"))
KILLS = 24
PAUSE = 2.0
NIGHTS = 7  # that clock.due_nights() asks for
PATIENCE = 600
FOREIGN = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE")
PARTS = {"worker": " worker ", "beat": " beat ", "web server": "gunicorn"}

PREPARE = """
from datetime import timedelta
from django.db import transaction
from accounts.models import User
from core import clock
from core.jobs import insert_due, nightly
from core.models import JobRun
from followups.services import reminder_create
reps = list(User.objects.filter(role__code="rep"))
with transaction.atomic():
    for n in range({count}):
        rep = reps[n % len(reps)]
        reminder_create(user=rep, due_at=clock.now(), text=f"number {{n}}", by=rep, channel="email")
    insert_due(nightly(), clock.due_nights())
    JobRun.objects.update(state="due", published_at=None, next_try_at=clock.now())
"""
READ = """
import json
from django.db.models import Count, F
from core.models import JobRun, OutboxMail
from customers.models import Customer
from followups.models import FollowUp, Notice
from segmentation.models import ChurnCase, ScoreRun
twice = lambda rows, *by: rows.values(*by).annotate(n=Count("pk")).filter(n__gt=1).count()
print("FIGURES", json.dumps({
    "waiting_nights": JobRun.objects.filter(published_at=None).count(),
    "nights": JobRun.objects.count(),
    "nights_twice": twice(JobRun.objects, "job", "business_date"),
    "scored_twice": twice(ScoreRun.objects, "as_of"),
    "unpublished_scores": ScoreRun.objects.filter(published_at=None).count(),
    "open_cases_twice": twice(ChurnCase.objects.filter(closed_at=None), "customer"),
    "plans_twice": twice(FollowUp.objects.filter(state="open").exclude(source="manual"), "customer"),
    "reminder_notices": Notice.objects.filter(kind="reminder", cancelled_at=None).count(),
    "notices_twice": twice(Notice.objects, "key"),
    "mails": dict(OutboxMail.objects.values_list("state").annotate(n=Count("pk"))),
}))
"""


@dataclass
class Installation:
    """`bin/start` in a folder of its own, with an SMTP sink."""

    folder: Path
    port: int
    sink_port: int
    sink: Sink = field(default_factory=Sink)
    child: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        own = {
            name: value for name, value in os.environ.items() if not name.startswith("KEBEN") and name not in FOREIGN
        }
        return {**own, "KEBEN_DATA": str(self.folder), "EMAIL_URL": f"smtp://127.0.0.1:{self.sink_port}"}

    def start(self) -> None:
        command = [str(ROOT / "bin" / "start"), "--empty", "--port", str(self.port)]
        with (self.folder.parent / "start.log").open("ab") as log:
            self.child = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        assert self.comes_back(120), (self.folder.parent / "start.log").read_text()

    def manage(self, *arguments: str) -> str:
        command = [str(ROOT / "bin" / "manage"), *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def figures(self) -> dict:
        return json.loads(self.manage("shell", "-v0", "-c", READ).split("FIGURES ", 1)[1])

    def answers(self) -> bool:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as a,
        ):
            return a.status == 200
        return False

    def comes_back(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.answers():
                return True
            time.sleep(0.3)
        return False

    def processes(self, part: str) -> list[int]:
        """Pids of one supervised service and of its children."""
        found = []
        for pid in self.descendants():
            with contextlib.suppress(OSError):
                line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode() + " "
                if PARTS[part] in line:
                    found.append(pid)
        return found

    def descendants(self) -> list[int]:
        listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        parents = [tuple(map(int, line.split())) for line in listed.splitlines()]
        found, border = [], {self.child.pid}
        while border:
            border = {pid for pid, parent in parents if parent in border}
            found += border
        return found


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    folder = tmp_path / "data"
    folder.mkdir()
    here = Installation(folder, free_port(), free_port())
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    sink = Controller(here.sink, hostname="127.0.0.1", port=here.sink_port)
    sink.start()
    try:
        here.start()
        yield here
    finally:
        sink.stop()
        if here.child and here.child.poll() is None:
            here.child.send_signal(signal.SIGTERM)
            here.child.wait(60)


def test_kills_of_worker_beat_and_server_lose_and_double_nothing(installation: Installation) -> None:
    sizes = ("--customers", "4000", "--orders", "60000", "--interactions", "4000", "--follow-ups", "500")
    installation.manage("load_scale", *sizes)
    installation.manage("shell", "-v0", "-c", PREPARE.format(count=REMINDERS))
    killed, began = _kill_at_random(installation), time.monotonic()
    figures = _settled(installation)
    again = json.loads(installation.manage("rescore", "--json").splitlines()[-1])
    ids = installation.sink.ids
    report = {
        **{"kills": dict(killed), "settled_after": round(time.monotonic() - began), **figures},
        **{"distinct": len(ids), "received": sum(ids.values()), "changed_by_a_further_run": again["changed"]},
    }
    sys.stdout.write(json.dumps(report) + "\n")
    assert installation.comes_back(60), "the web server doesn't answer any more"
    assert sum(killed.values()) >= 20
    assert figures["nights"] == NIGHTS * len(nightly())
    doubles = ("nights_twice", "scored_twice", "open_cases_twice", "plans_twice", "notices_twice", "unpublished_scores")
    assert {name: figures[name] for name in doubles} == dict.fromkeys(doubles, 0)
    assert figures["reminder_notices"] == REMINDERS
    assert set(figures["mails"]) == {"sent"}
    assert figures["mails"]["sent"] == len(ids), "lost mail"
    assert sum(ids.values()) - len(ids) <= sum(killed.values())
    assert (again["changed"], again["tier_moves"], again["warnings_opened"]) == (0, 0, 0)


def _kill_at_random(installation: Installation) -> Counter[str]:
    """Any process of a random service, every two seconds; the supervisor brings it back."""
    seed = int(os.environ.get("KILL_SEED", time.time_ns() % 1_000_000))
    sys.stdout.write(f"KILL_SEED={seed}\n")
    chance, killed = random.Random(seed), Counter()
    end = time.monotonic() + PATIENCE
    while sum(killed.values()) < KILLS and time.monotonic() < end:
        part = chance.choice(list(PARTS))
        pids = installation.processes(part)
        if pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(chance.choice(pids), signal.SIGKILL)
                killed[part] += 1
        time.sleep(PAUSE)
    return killed


def _settled(installation: Installation) -> dict:
    """The figures once no night and no mail waits any more."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        figures = installation.figures()
        if not figures["waiting_nights"] and set(figures["mails"]) == {"sent"}:
            return figures
        time.sleep(3)
    pytest.fail(f"not done after {PATIENCE} s: {figures}")


def test_nothing_is_left_running_after_sigterm(installation: Installation) -> None:
    family = installation.descendants()
    assert len(family) > 8
    installation.child.send_signal(signal.SIGTERM)
    assert installation.child.wait(60) in (0, 128 + signal.SIGTERM)  # 143 where it was not yet serving
    left = [pid for pid in family if Path(f"/proc/{pid}").exists()]
    assert left == []
