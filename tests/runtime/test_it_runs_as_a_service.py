"""`bin/start --install` writes a systemd user unit and says what it did; here with a systemctl that notes its calls."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from runtime.install import quoted
from runtime.layout import ROOT, DataFolder
from runtime.locks import Lock

FAKE = """#!/bin/sh
echo "$@" >> "{calls}"
[ "$2" != "{broken}" ] || {{ echo "Failed to connect to bus: No medium found" >&2; exit 1; }}
"""


class Home:
    """A user's home with a fake systemctl before all others on PATH."""

    def __init__(self, path: Path) -> None:
        self.path, self.calls, self.data = path, path / "calls", path / "our firm"
        self.unit = path / ".config" / "systemd" / "user" / "keben.service"
        self.give_systemctl()

    def give_systemctl(self, broken: str = "") -> None:
        (self.path / "bin").mkdir(exist_ok=True)
        for name in ("systemctl", "loginctl"):
            file = self.path / "bin" / name
            file.write_text(FAKE.format(calls=self.calls, broken=broken))
            file.chmod(0o755)

    def start(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        own = {name: value for name, value in os.environ.items() if name not in ("KEBEN_DATA", "DATABASE_URL")}
        own |= {"HOME": str(self.path), "PATH": f"{self.path / 'bin'}:{own['PATH']}", **more}
        own.pop("XDG_CONFIG_HOME", None)
        command = [sys.executable, str(ROOT / "runtime"), "start", *arguments]
        return subprocess.run(command, env=own, capture_output=True, text=True)

    def install(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return self.start("--install", "--data", str(self.data), *arguments, **more)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_it_writes_the_unit_with_what_was_asked_and_says_each_step(home: Home) -> None:
    done = home.install("--empty", "--port", "8123", "--lan")
    assert done.returncode == 0, done.stderr
    (line,) = [one for one in home.unit.read_text().splitlines() if one.startswith("ExecStart=")]
    assert line.endswith(f'start" "--data" "{home.data}" "--empty" "--port" "8123" "--lan=on"')
    assert f"Wrote {home.unit}" in done.stdout
    assert home.calls.read_text().splitlines()[:4] == [
        "--user show-environment",
        "--user daemon-reload",
        "--user enable keben.service",
        "--user restart keben.service",
    ]
    assert "Did: systemctl --user enable keben.service" in done.stdout
    assert "sudo loginctl enable-linger" in done.stdout
    assert stat.S_IMODE(home.data.stat().st_mode) == 0o700


def test_what_is_set_in_this_terminal_alone_is_named(home: Home) -> None:
    done = home.install(BASE_URL="https://crm.example.com")
    assert "Not taken over from this terminal: BASE_URL" in done.stdout.replace("REDIS_URL, ", "").replace(
        "SECRET_KEY, ", ""
    )


def test_without_systemd_it_says_so_and_writes_nothing(home: Home) -> None:
    home.give_systemctl(broken="show-environment")
    done = home.install()
    assert done.returncode == 1
    assert "systemd keeps no services for this user here (Failed to connect to bus: No medium found)" in done.stderr
    assert not home.unit.exists()


def test_a_second_folder_is_refused_the_same_one_is_written_anew(home: Home) -> None:
    assert home.install().returncode == 0
    assert home.install("--port", "8124").returncode == 0
    assert "8124" in home.unit.read_text()
    done = home.start("--install", "--data", str(home.path / "other"))
    assert done.returncode == 1
    assert f"runs {home.data} already" in done.stderr
    assert "8124" in home.unit.read_text()


def test_one_that_runs_in_a_terminal_is_refused(home: Home) -> None:
    with Lock(DataFolder(home.data).make().path / "run.lock") as running:
        assert running.try_alone()
        done = home.install()
    assert "runs in" in done.stderr
    assert not home.unit.exists()


def test_uninstall_takes_the_unit_away_and_leaves_the_data(home: Home) -> None:
    home.install()
    home.calls.unlink()
    done = home.start("--uninstall")
    assert done.returncode == 0
    assert not home.unit.exists()
    assert home.data.is_dir()
    assert "--user disable --now keben.service" in home.calls.read_text()
    assert f"The data folder {home.data} stays" in done.stdout
    assert "There is no service" in home.start("--uninstall").stdout


@pytest.mark.parametrize(("part", "written"), [("/a b", '"/a b"'), ('50%"$x\\', '"50%%\\"$$x\\\\"')])
def test_systemd_reads_each_word_as_it_is(part: str, written: str) -> None:
    assert quoted(part) == written
