"""What the settings refuse at a start is gone with the variable; what they took is kept by the folder."""

import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from runtime import start
from runtime.environment import Values
from runtime.layout import DataFolder
from runtime.problems import Problem
from runtime.start import Options

SERVERS = SimpleNamespace(addresses=dict, programs=dict)


@pytest.fixture
def values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Values:
    monkeypatch.setattr(start.staticfiles, "are_collected", lambda _folder: True)
    monkeypatch.setenv("REDIS_URL", "redis://cache.example.com/0")
    return Values(DataFolder(tmp_path))


def _prepare(values: Values) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        start._prepare(values, SERVERS, listener, Options(empty=True))


def _refuse(*_: object) -> start.Filled:
    raise Problem("reading the settings", "The variable REDIS_URL ...", "correct it.")


def test_a_refused_one(values: Values, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "fill", _refuse)
    with pytest.raises(Problem):
        _prepare(values)
    monkeypatch.delenv("REDIS_URL")
    assert values.get("REDIS_URL") == ""


def test_one_that_was_taken(values: Values, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "fill", lambda *_: start.Filled([], has_people=False))
    _prepare(values)
    monkeypatch.delenv("REDIS_URL")
    assert values.get("REDIS_URL") == "redis://cache.example.com/0"
