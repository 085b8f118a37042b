"""The two lines of the README that begin a company, typed as they stand there: start, first account, sign-in."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.check import Browser
from runtime.layout import ROOT, DataFolder
from runtime.processes import end_group, wait_until
from runtime.start import first_steps

OF_THE_TESTS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "BASE_URL", "DJANGO_SETTINGS_MODULE")
PASSWORD = "teal-otter-of-the-north-42"


def _lines_of_the_readme() -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = next(block for block in re.findall(r"^```\n(.*?)^```", text, re.M | re.S) if "--empty" in block)
    return [line.partition("#")[0].strip() for line in block.splitlines()]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """That of a person at home, without what the tests have set."""
    own = {
        name: value for name, value in os.environ.items() if name not in OF_THE_TESTS and not name.startswith("KEBEN_")
    }
    account = {"DJANGO_SUPERUSER_EMAIL": "boss@example.com", "DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    return {**own, **account, "HOME": str(tmp_path)}


@pytest.fixture
def log(tmp_path: Path, environment: dict[str, str]) -> Iterator[Path]:
    """What the first line prints, once it serves."""
    log = tmp_path / "start.log"
    with log.open("wb") as output:
        start = subprocess.Popen(
            ["sh", "-c", f"exec {_lines_of_the_readme()[0]}"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
            process_group=0,
        )
    try:
        ready = wait_until(lambda: "Ctrl-C stops everything." in log.read_text() or start.poll() is not None, 180)
        assert ready, log.read_text()
        assert start.poll() is None, log.read_text()
        yield log
        start.send_signal(signal.SIGINT)
        assert start.wait(60) == 0, log.read_text()
    finally:
        end_group(start, 30)


def test_from_nothing_to_the_first_sign_in(log: Path, environment: dict[str, str], tmp_path: Path) -> None:
    _start, make_account = _lines_of_the_readme()
    said = log.read_text()
    address = re.search(r"Sign in at (http://127\.0\.0\.1:\d+)$", said, re.M)
    assert address, said
    typed = make_account.replace("~", str(tmp_path))
    assert f"make the first account: {typed}\n" in said
    browser = Browser(address[1])
    assert "createsuperuser" in browser.get("/login/")[2]
    answer = subprocess.run(["sh", "-c", make_account], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    assert answer.stderr.splitlines()[-1] == f"Data folder: {tmp_path}/keben"
    assert "createsuperuser" not in browser.get("/login/")[2]
    assert browser.sign_in("boss@example.com", PASSWORD) == ""


def test_the_command_can_be_typed_wherever_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    steps = first_steps(DataFolder(tmp_path / "our firm"), "http://127.0.0.1:8000")
    assert f"{ROOT}/bin/manage --data '{tmp_path}/our firm' createsuperuser" in steps[1]
    assert steps[2].endswith("Sign in at http://127.0.0.1:8000")
