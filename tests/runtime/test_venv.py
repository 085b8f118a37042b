import sys
from collections.abc import Sequence
from pathlib import Path
from venv import EnvBuilder

import pytest

from runtime import venv
from runtime.problems import Problem


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty checkout with requirement files, to which .venv belongs."""
    for name in venv.REQUIREMENTS["dev"]:
        (tmp_path / name).write_text(f"# {name}\n")
    monkeypatch.setattr(venv, "ROOT", tmp_path)
    monkeypatch.setattr(venv, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(venv, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    return tmp_path


@pytest.fixture
def installed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """What pip was asked for, instead of asking the package index."""
    asked: list[Sequence[str]] = []
    monkeypatch.setattr(venv, "_create", lambda log: _quick_venv())
    monkeypatch.setattr(venv, "_pip_install", lambda log, *what: asked.append(what))
    monkeypatch.setattr(venv, "_remove_leftovers", lambda log: None)
    return asked


def _quick_venv() -> None:
    EnvBuilder().create(venv.VENV)


def test_it_is_made_once_and_again_only_when_the_pins_change(folder: Path, installed: list[Sequence[str]]) -> None:
    log = folder / "pip.log"
    venv.ensure("runtime", log)
    assert venv.PYTHON.exists()
    venv.ensure("runtime", log)
    assert installed == [("-r", "requirements.lock")]
    (folder / "requirements.lock").write_text("# another pin\n")
    venv.ensure("runtime", log)
    assert len(installed) == 2


def test_tests_add_their_own_requirements(folder: Path, installed: list[Sequence[str]]) -> None:
    venv.ensure("runtime", folder / "pip.log")
    assert not venv.is_ready("dev")
    venv.ensure("dev", folder / "pip.log")
    assert venv.is_ready("dev")
    assert venv.is_ready("runtime")


def test_an_interrupted_installation_is_done_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(log: Path, *what: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(venv, "_create", lambda log: _quick_venv())
    monkeypatch.setattr(venv, "_pip_install", stop)
    with pytest.raises(KeyboardInterrupt):
        venv.ensure("runtime", folder / "pip.log")
    assert not venv.is_ready("runtime")


def test_without_ensurepip_another_pip_fills_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = venv.run_step

    def step(command: Sequence[str], *rest: object) -> int:
        return real(command, *rest) if "--without-pip" in command else 1

    monkeypatch.setattr(venv, "run_step", step)
    venv._create(folder / "pip.log")
    assert "--python" in venv._pip_command()


def test_without_any_way_it_says_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(venv, "run_step", lambda *_: 1)
    with pytest.raises(Problem) as caught:
        venv._create(folder / "pip.log")
    assert "apt-get install python3-venv" in caught.value.cure


def test_what_no_lock_names_any_more_is_removed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "requirements.lock").write_text("Django==5.2 \\\n    --hash=sha256:1\n")
    lines = 'print("pip==1\\ndjango==5.2\\nold_thing==3")'
    monkeypatch.setattr(venv, "_pip_command", lambda: [sys.executable, "-c", lines])
    ran: list[Sequence[str]] = []
    monkeypatch.setattr(venv, "run_step", lambda command, *_: ran.append(command[3:]))
    venv._remove_leftovers(folder / "pip.log")
    assert ran == [["uninstall", "--yes", "old-thing"]]


def test_a_failing_pip_shows_the_end_of_its_log(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = folder / "pip.log"
    log.write_text("ERROR: No matching distribution\n")
    monkeypatch.setattr(venv, "run_step", lambda *_: 1)
    with pytest.raises(Problem, match="No matching distribution") as caught:
        venv._pip_install(log, "-r", "requirements.lock")
    assert "PIP_INDEX_URL" in caught.value.cure
