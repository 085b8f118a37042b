"""The web server's worker on a real socket, before a small application: slow clients hold no thread and are cut.

`bin/test --heavy slow_clients`.
"""

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator

import pytest

from core.sizes import FORM_BYTES
from runtime import service
from runtime.layout import ROOT
from runtime.postgres import free_port

pytestmark = pytest.mark.heavy

# The figures are those of the product, cut down so that the test needn't wait.
CONFIG = """
import crm.webserver as web
web.HEAD_SECONDS, web.SPARE_SECONDS, web.STALL_SECONDS, web.LINE_SECONDS = 3.0, 3.0, 3.0, 30.0
exec(open("gunicorn.conf.py").read())
wsgi_app, preload_app, workers, threads = "slow_application", False, 1, 4
pythonpath = {folder!r}
"""
APPLICATION = """
def application(environ, start_response):
    what = environ["PATH_INFO"]
    size = len(environ["wsgi.input"].read()) if what == "/read" else 0
    body = b"x" * int(what[1:]) if what[1:].isdigit() else str(size).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder, number = tmp_path_factory.mktemp("web"), free_port()
    (folder / "slow_application.py").write_text(APPLICATION)
    (folder / "conf.py").write_text(CONFIG.format(folder=str(folder)))
    command = [sys.executable, "-m", "gunicorn", "-c", str(folder / "conf.py"), "--bind", f"127.0.0.1:{number}"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    try:
        for _ in range(100):
            if _opens(number):
                break
            time.sleep(0.1)
        yield number
    finally:
        server.terminate()
        server.wait(20)
    assert "Traceback" not in (folder / "log").read_text()


def _opens(number: int) -> bool:
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{number}/", timeout=2).status == 200
    except OSError:
        return False


class Client:
    """One connection."""

    def __init__(self, port: int, text: bytes, *, room: int = 0) -> None:
        self.socket = socket.socket()
        if room:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        self.socket.settimeout(15)
        self.socket.connect(("127.0.0.1", port))
        self.socket.sendall(text)

    def rest(self) -> bytes:
        """All that comes until the other side closes."""
        found = b""
        while piece := self.socket.recv(65536):
            found += piece
        return found


Connect = Callable[..., Client]


@pytest.fixture
def connect(port: int) -> Iterator[Connect]:
    """`connect(text)` opens a connection and sends the text."""
    opened: list[Client] = []

    def enter(text: bytes, *, room: int = 0) -> Client:
        opened.append(Client(port, text, room=room))
        return opened[-1]

    yield enter
    for client in opened:
        client.socket.close()


def head(length: int, path: str = "/read", more: str = "") -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: here\r\nContent-Length: {length}\r\n{more}\r\n".encode()


def seconds_of_a_colleague(port: int) -> float:
    begun = time.monotonic()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=15) as answer:
        answer.read()
    return time.monotonic() - begun


SLOW = {
    "half a body": head(100_000) + b"ab",
    "half a head": head(100_000)[:30],
    "nothing at all": b"",
    "chunks without end": head(0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked") + b"2\r\nab",
    "never closing": b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n",
}


@pytest.mark.parametrize("kind", SLOW)
def test_forty_of_them_hold_nobody_up_and_are_cut(port: int, connect: Connect, kind: str) -> None:
    slow = [connect(SLOW[kind]) for _ in range(40)]
    assert max(seconds_of_a_colleague(port) for _ in range(5)) < 1
    begun = time.monotonic()
    for client in slow:
        client.rest()
    assert time.monotonic() - begun < 10


def test_who_reads_slowly_holds_no_thread(port: int, connect: Connect) -> None:
    slow = [connect(b"GET /4000000 HTTP/1.1\r\nHost: here\r\n\r\n", room=4096) for _ in range(12)]
    assert max(seconds_of_a_colleague(port) for _ in range(5)) < 1
    assert slow[0].socket.recv(12) == b"HTTP/1.1 200"
    whole = connect(b"GET /4000000 HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
    assert len(whole.rest()) > 4_000_000


def test_slow_uploads_leave_half_of_the_threads_to_others(port: int, connect: Connect) -> None:
    slow = [connect(head(FORM_BYTES + 1) + b"ab") for _ in range(8)]
    assert max(seconds_of_a_colleague(port) for _ in range(5)) < 1
    for client in slow:
        client.rest()
    quick = connect(head(3 * FORM_BYTES) + b"x" * 3 * FORM_BYTES)
    assert quick.rest().endswith(str(3 * FORM_BYTES).encode())


def test_half_a_file_is_never_taken_for_a_whole_one(connect: Connect) -> None:
    half = connect(head(3 * FORM_BYTES) + b"x" * FORM_BYTES)
    half.socket.shutdown(socket.SHUT_WR)
    assert b"200 OK" not in half.rest()


def test_requests_in_a_row_and_in_pieces_are_answered(connect: Connect) -> None:
    two = connect(head(5) + b"hello" + head(3)[:20])
    time.sleep(0.3)
    two.socket.sendall(head(3, more="Connection: close\r\n")[20:] + b"abc")
    answers = two.rest()
    assert answers.count(b"HTTP/1.1 200") == 2
    assert answers.endswith(b"3")


def test_a_client_that_asks_before_it_sends_is_told_to_go_on(connect: Connect) -> None:
    for length in (5, FORM_BYTES + 5):
        asking = connect(head(length, more="Expect: 100-continue\r\nConnection: close\r\n"))
        assert asking.socket.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        asking.socket.sendall(b"x" * length)
        assert asking.rest().endswith(str(length).encode())


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /?" + b"q" * 9000 + b" HTTP/1.1\r\nHost: here\r\n\r\n", b"414"),
        (b"GET /?" + b"q" * 70_000, b"414"),
        (b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 12_000, b"431"),
        (b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 100 + b"\r\n", b"431"),
        (b"nonsense\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: funny\r\n\r\n", b"501"),
        (b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab", b"408"),
    ],
)
def test_what_the_server_itself_refuses_has_all_headers(connect: Connect, sent: bytes, status: bytes) -> None:
    answer = connect(sent).rest()
    assert answer.startswith(b"HTTP/1.1 " + status)
    for name in (b"Content-Security-Policy", b"X-Content-Type-Options", b"Cache-Control", b"X-Frame-Options"):
        assert name in answer
    assert b"gunicorn" not in answer.lower()


def test_the_name_of_the_server_is_not_told(port: int) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
        assert answer.headers["Server"] == "Keben"


def test_more_connections_than_allowed_push_out_the_oldest(port: int, connect: Connect) -> None:
    slow = [connect(b"") for _ in range(420)]
    assert seconds_of_a_colleague(port) < 2
    assert slow[0].socket.recv(10) == b""


def test_the_shipped_settings_are_what_the_launcher_uses() -> None:
    assert "gunicorn.conf.py" in service.COMMANDS["web"]
