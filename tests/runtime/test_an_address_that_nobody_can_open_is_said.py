"""BASE_URL names an address that people will type; bin/start itself listens on 127.0.0.1 only."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from runtime import start
from runtime.layout import DataFolder
from runtime.postgres import free_port
from runtime.signals import Interrupted
from runtime.start import Installation, Options, listen

HERE = "http://127.0.0.1:8000"


class Serving:
    """A supervisor that is stopped by Ctrl-C at once."""

    def run(self, until: Callable[[], bool]) -> None:
        raise Interrupted(2)


@pytest.fixture
def proxy() -> Iterator[str]:
    """Something that listens where BASE_URL leads."""
    with listen(free_port()) as listener:
        yield f"http://localhost:{listener.getsockname()[1]}"


def _said(base_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    installation = Installation(DataFolder(tmp_path), HERE, {"BASE_URL": base_url}, "")
    supervisor: Any = Serving()
    assert start._serve(supervisor, installation, Options(), 0) == 0
    return capsys.readouterr().out


def test_it_warns_with_why_and_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    said = _said(url, tmp_path, capsys)
    assert f"Warning: nobody can open {url}, because nothing answers there." in said
    assert f"Why: Keben listens at {HERE} only" in said
    assert f"passes {url} on to it" in said


def test_behind_a_proxy_it_is_quiet(tmp_path: Path, capsys: pytest.CaptureFixture[str], proxy: str) -> None:
    said = _said(proxy, tmp_path, capsys)
    assert f"Keben runs at {proxy} (here {HERE})" in said
    assert "Warning" not in said


def test_the_own_address_is_not_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "answers", lambda _url: False)
    assert "Warning" not in _said(HERE, tmp_path, capsys)


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://keben.example.com", ("keben.example.com", 443)),
        ("http://192.168.1.10", ("192.168.1.10", 80)),
        ("http://192.168.1.10:8000/", ("192.168.1.10", 8000)),
        ("http://[fd00::1]:8000", ("fd00::1", 8000)),
    ],
)
def test_the_port_is_that_of_the_address(monkeypatch: pytest.MonkeyPatch, url: str, asked: tuple[str, int]) -> None:
    seen = []

    def refuse(address: tuple[str, int], timeout: float) -> socket.socket:
        seen.append(address)
        raise OSError

    monkeypatch.setattr(start.socket, "create_connection", refuse)
    assert not start.answers(url)
    assert seen == [asked]
