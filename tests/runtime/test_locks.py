import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runtime.layout import ROOT
from runtime.locks import Lock

HOLD = """
import sys, time
from pathlib import Path
from runtime.locks import Lock
lock = Lock(Path(sys.argv[2]))
lock.share() if sys.argv[1] == "share" else lock.take("")
print("held", flush=True)
time.sleep(60)
"""
Holder = Callable[[str, Path], subprocess.Popen[bytes]]


@pytest.fixture
def holder() -> Iterator[Holder]:
    """`holder("share" or "alone", path)`: another process that holds the lock until it is killed."""
    started = []

    def hold(how: str, path: Path) -> subprocess.Popen[bytes]:
        child = subprocess.Popen([sys.executable, "-c", HOLD, how, path], stdout=subprocess.PIPE, cwd=ROOT)
        assert child.stdout.readline() == b"held\n"
        started.append(child)
        return child

    yield hold
    for child in started:
        child.kill()
        child.communicate()


def test_a_lock_held_elsewhere_is_seen(tmp_path: Path, holder: Holder) -> None:
    holder("alone", tmp_path / "lock")
    assert Lock(tmp_path / "lock").is_held()


def test_a_killed_holder_leaves_no_lock(tmp_path: Path, holder: Holder) -> None:
    child = holder("alone", tmp_path / "lock")
    child.kill()
    child.wait()
    assert Lock(tmp_path / "lock").try_alone()


def test_who_waits_says_so(tmp_path: Path, holder: Holder, capsys: pytest.CaptureFixture[str]) -> None:
    child = holder("alone", tmp_path / "lock")
    with subprocess.Popen(["sh", "-c", f"sleep 0.3; kill -9 {child.pid}"]):
        Lock(tmp_path / "lock").take("waiting for the other").release()
    assert capsys.readouterr().out == "waiting for the other\n"


def test_the_last_of_two_sharers_is_alone(tmp_path: Path, holder: Holder) -> None:
    first, second = holder("share", tmp_path / "lock"), holder("share", tmp_path / "lock")
    mine = Lock(tmp_path / "lock")
    first.kill()
    first.wait()
    assert not mine.try_alone()
    second.kill()
    second.wait()
    assert mine.try_alone()


def test_a_folder_can_be_locked(tmp_path: Path, holder: Holder) -> None:
    holder("alone", tmp_path)
    assert Lock(tmp_path).is_held()
    assert list(tmp_path.iterdir()) == []
