import errno
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from runtime import supervisor as module
from runtime.problems import Problem
from runtime.processes import wait_until
from runtime.supervisor import Service, Supervisor

Make = Callable[[str], Service]


@pytest.fixture
def service(tmp_path: Path) -> Make:
    """`service(python code)` as a service whose output goes to a log."""

    def make(code: str) -> Service:
        return Service("part", [sys.executable, "-c", code], tmp_path / "part.log", dict(os.environ))

    return make


def _run(services: list[Service], seconds: float, until: Callable[[], bool] = lambda: False) -> None:
    end = time.monotonic() + seconds
    with Supervisor(services, revive=lambda: False) as running:
        running.run(until=lambda: until() or time.monotonic() > end)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_what_dies_comes_back_with_growing_pauses(
    service: Make, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.05)
    short = service("print('born', flush=True)")
    short.pause = 0.05
    _run([short], 10, until=lambda: short.log.exists() and short.log.read_text().count("born") >= 3)
    assert short.log.read_text().count("born") >= 3
    told = capsys.readouterr().out
    assert "starting it again in 0.05 s" in told
    assert "starting it again in 0.1 s" in told


def test_leaving_ends_everything_even_what_ignores_sigterm(service: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.3)
    stubborn = service("import signal,time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)")
    with Supervisor([stubborn], revive=lambda: False):
        assert wait_until(lambda: "up" in stubborn.log.read_text(), 10)
        pid = stubborn.child.pid
    assert not _alive(pid)


def test_children_of_a_service_go_with_it(service: Make) -> None:
    parent = service(
        "import subprocess,time; c = subprocess.Popen(['sleep', '60']); print(c.pid, flush=True); time.sleep(60)"
    )
    with Supervisor([parent], revive=lambda: False):
        assert wait_until(lambda: parent.log.read_text().strip().isdigit(), 10)
    grandchild = int(parent.log.read_text())
    assert wait_until(lambda: not _alive(grandchild) or _is_zombie(grandchild), 2)


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False


def test_a_stopped_server_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    answers = iter([True, False, False])
    with Supervisor([], revive=lambda: next(answers)) as running:
        running.tend()
    assert "has been started again" in capsys.readouterr().out


@pytest.mark.parametrize(
    "trouble",
    [Problem("starting PostgreSQL", "no room", "make room"), OSError(errno.ENOSPC, "No space left on device")],
)
def test_a_server_that_cannot_start_is_told_once_and_tried_until_it_does(
    service: Make, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    """A full disk keeps the database down; the pages stay up and say so, and nobody has to start anything again."""
    monkeypatch.setattr(module, "REVIVE_PAUSE", 0.0)
    outcomes: list[Exception | bool] = [trouble, trouble, True]

    def revive() -> bool:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    web = service("import time; time.sleep(60)")
    with Supervisor([web], revive=revive) as running:
        for _turn in range(3):
            running.tend()
        assert web.child is not None
        assert web.child.poll() is None
    told = capsys.readouterr().out
    assert told.count("Failed: ") == told.count("this is said once") == 1
    assert told.endswith("An embedded server had stopped; it has been started again.\n")


def test_an_overgrown_log_is_moved_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.layout.LOG_LIMIT", 10)
    log = tmp_path / "web.log"
    log.write_text("much more than ten")
    module.shorten_log(log)
    assert log.read_text() == ""
    assert (tmp_path / "web.log.1").read_text() == "much more than ten"
