"""The web server's worker: a thread gets a request only when all of it has arrived, and waits for no client.

gunicorn's own threads wait for whoever they serve, so that a few clients that send half a form, or read their answer
byte by byte, hold all of them. Here one loop reads and writes for everybody without waiting; who takes too long is
cut, and when the memory for all of them runs out, who holds most. A thread reads only what is larger than a form, after
the application has asked who sends it (accounts/bodies.py), at a speed it demands, and in half of the threads at most.

With a certificate (bin/start --lan) it speaks TLS by the same rules: the handshake is read by the loop, and who begins
in plain http is sent to BASE_URL.
"""

from __future__ import annotations

import contextlib
import errno
import re
import selectors
import socket
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import Future
from enum import Enum, auto
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast

import gunicorn.http.wsgi
from django.conf import settings
from gunicorn.http import errors
from gunicorn.http.parser import RequestParser
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn, ThreadWorker

from core import scrub
from core.headers import REFUSAL_HEADERS
from core.sizes import FORM_BYTES

KILOBYTE = 1024
MAX_HEAD = 64 * KILOBYTE
MAX_LINE = 8190  # of the request line, as gunicorn's own
MAX_UNSENT = 8 * 1024 * KILOBYTE  # of one answer; a thread that has more to say waits for its client
MAX_HELD = 64 * 1024 * KILOBYTE  # of all connections together
PIECE = 64 * KILOBYTE
HEAD_SECONDS = 10.0
SPARE_SECONDS = 10.0  # for a body or an answer, beside the time it takes at the slowest speed
SLOWEST = 32 * KILOBYTE  # bytes a second
STALL_SECONDS = 15.0
LINE_SECONDS = 60.0  # an upload waits so long for a thread
LINGER_SECONDS = 2.0
LOOK_SECONDS = 0.25
TLS_HANDSHAKE = b"\x16"  # the first byte of whoever speaks TLS
NOT_YET = (ssl.SSLWantReadError, ssl.SSLWantWriteError)  # of TLS; a plain socket says BlockingIOError

LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,15})[ \t]*\r?$", re.I | re.M)
CHUNKED = re.compile(rb"^transfer-encoding:", re.I | re.M)
EXPECT = re.compile(rb"^expect:[ \t]*100-continue", re.I | re.M)
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
STATUSES: dict[type[Exception], HTTPStatus] = {
    errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    errors.ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
    errors.UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
    errors.ConfigurationProblem: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.InvalidResponseHeader: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.InvalidResponseHeaderName: HTTPStatus.INTERNAL_SERVER_ERROR,
}

gunicorn.http.wsgi.SERVER = "Keben"  # what runs below is nobody's business


class Phase(Enum):
    """What a connection that no thread works on waits for."""

    GREETING = auto()  # TLS begins
    READING = auto()
    IN_LINE = auto()  # a large upload, for one of the threads that take them
    SENDING = auto()
    LEAVING = auto()  # everything said; the client may still be sending


class Line:
    """A socket whose `sendall` keeps what the client doesn't take yet, up to MAX_UNSENT, for the loop to send."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.unsent = bytearray()

    def speaks_tls(self, context: ssl.SSLContext) -> bool:
        """Whether the client begins with TLS; the socket speaks it from then on. BlockingIOError before a byte."""
        if self._sock.recv(1, socket.MSG_PEEK) != TLS_HANDSHAKE:
            return False
        self._sock = context.wrap_socket(self._sock, server_side=True, do_handshake_on_connect=False)
        return True

    def greet(self) -> None:
        """Go on with the handshake. BlockingIOError while the client hasn't sent all of it."""
        try:
            cast("ssl.SSLSocket", self._sock).do_handshake()
        except NOT_YET:
            raise BlockingIOError from None

    @property
    def is_tls(self) -> bool:
        return isinstance(self._sock, ssl.SSLSocket)

    def recv(self, size: int) -> bytes:
        """What is there. BlockingIOError when nothing is, or no whole record of TLS."""
        try:
            return self._sock.recv(size)
        except NOT_YET:
            raise BlockingIOError from None

    def shutdown(self, how: int) -> None:
        """No more is sent; TLS says so before, or the client would take the end for an attack."""
        if isinstance(self._sock, ssl.SSLSocket):
            with contextlib.suppress(OSError, ValueError):
                self._sock.unwrap()
        self._sock.shutdown(how)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def sendall(self, data: bytes) -> None:
        """Send or keep; waits only while more is kept than allowed, and raises TimeoutError for a slow client."""
        sent = 0 if self.unsent else self._send(data)
        self.unsent += memoryview(data)[sent:]
        until = time.monotonic() + SPARE_SECONDS + len(self.unsent) / SLOWEST
        while len(self.unsent) > MAX_UNSENT:
            self.wait(selectors.EVENT_WRITE, until)
            self.flush()

    def flush(self) -> None:
        """Send what goes without waiting."""
        while self.unsent and (sent := self._send(memoryview(self.unsent)[:PIECE])):
            del self.unsent[:sent]

    def _send(self, data: bytes | memoryview) -> int:
        try:
            return self._sock.send(data)
        except (BlockingIOError, *NOT_YET):
            return 0

    def wait(self, event: int, until: float) -> None:
        """Wait until the socket is ready; TimeoutError at `until`, or when nothing at all moves."""
        if event == selectors.EVENT_READ and isinstance(self._sock, ssl.SSLSocket) and self._sock.pending():
            return  # decrypted already: the socket itself may have nothing any more
        with selectors.DefaultSelector() as selector:
            selector.register(self._sock, event)
            if not selector.select(max(0.0, min(STALL_SECONDS, until - time.monotonic()))):
                raise TimeoutError


class Connection(TConn):
    """One client: what has been read of its next request, and until when it may wait for what."""

    sock: Line

    def __init__(self, cfg: Any, sock: socket.socket, client: Any, server: Any) -> None:
        super().__init__(cfg, Line(sock), client, server)
        self.phase, self.deadline = Phase.READING, 0.0
        self.received = bytearray()
        self.keep = False
        self.next_request()

    def next_request(self) -> None:
        """Forget the request that was answered."""
        self.head = self.length = 0
        self.whole = True  # nothing of the request is missing
        self.large = self.expects = False

    def held(self) -> int:
        """Bytes of memory."""
        return len(self.received) + len(self.sock.unsent)

    def start_parser(self) -> None:
        """Give what was read to gunicorn's parser."""
        if self.parser is None:
            self.parser = RequestParser(self.cfg, self.sock, self.client)
            self.parser.unreader = Incoming(self)
        self.parser.unreader.unread(bytes(self.received))
        self.received.clear()


class Incoming(SocketUnreader):
    """What the parser reads from: the bytes that are there, and of a large upload the rest as it comes."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection.sock)
        self.connection = connection

    def chunk(self, size_hint: int | None = None) -> bytes:
        """The next bytes; none where the request ends. OSError when they come too slowly or break off."""
        connection = self.connection
        if connection.whole or not connection.large:
            return b""
        if connection.expects:
            connection.expects = False
            self.sock.sendall(CONTINUE)
        while True:
            self.sock.wait(selectors.EVENT_READ, connection.deadline)
            try:
                data = self.sock.recv(min(max(size_hint or 0, self.mxchunk), self.max_body_chunk))
            except BlockingIOError:
                continue  # half a record of TLS
            if not data:
                raise ConnectionResetError  # an early end is no end: half a file must not be taken for a whole one
            return data


class Worker(ThreadWorker):
    """Threads that serve whole requests, behind a loop that reads and writes for all connections."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cfg.set("sendfile", False)  # files go through Line.sendall like all else
        self.most = self.cfg.worker_connections
        self.worker_connections = self.most + 1  # never stop accepting: the oldest one goes instead
        self.waiting: dict[Connection, None] = {}  # those in no thread, oldest first
        self.upload_threads, self.uploads = max(1, self.cfg.threads // 2), 0
        self.next_look = 0.0
        self.certificate_of, self.tls = 0.0, ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)

    # --- coming and going --------------------------------------------------------------------------------------------
    def accept(self, listener: socket.socket) -> None:
        """Take the connections that stand at the door; no thread learns of them yet."""
        for _ in range(self.most):
            try:
                sock, address = listener.accept()
            except OSError as error:
                if error.errno in (errno.EMFILE, errno.ENFILE):
                    self._drop_oldest()
                elif error.errno not in (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED):
                    raise
                return
            self.nr_conns += 1
            if self.nr_conns > self.most:
                self._drop_oldest()
            phase = Phase.GREETING if self.cfg.is_ssl else Phase.READING
            self._wait(Connection(self.cfg, sock, address, listener.getsockname()), phase, HEAD_SECONDS)

    def _context(self) -> ssl.SSLContext:
        """That of the certificate as it is now: it is renewed while we run."""
        made = Path(self.cfg.certfile).stat().st_mtime
        if made != self.certificate_of:
            fresh = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            fresh.load_cert_chain(self.cfg.certfile, self.cfg.keyfile)
            self.certificate_of, self.tls = made, fresh
        return self.tls

    def _wait(self, connection: Connection, phase: Phase, seconds: float) -> None:
        connection.phase, connection.deadline = phase, time.monotonic() + seconds
        self.waiting[connection] = None
        if phase is not Phase.IN_LINE:
            event = selectors.EVENT_WRITE if phase is Phase.SENDING else selectors.EVENT_READ
            self.poller.register(connection.sock, event, partial(self._go_on, connection))

    def _stop_waiting(self, connection: Connection) -> None:
        del self.waiting[connection]
        if connection.phase is not Phase.IN_LINE:
            self.poller.unregister(connection.sock)

    def _drop(self, connection: Connection) -> None:
        self._stop_waiting(connection)
        self._close(connection)

    def _close(self, connection: Connection) -> None:
        self.nr_conns -= 1
        connection.sock.close()

    def _drop_oldest(self) -> None:
        oldest = next(iter(self.waiting), None)
        if oldest:
            self._drop(oldest)

    def _make_room(self) -> None:
        """While all together hold too much, drop who holds most."""
        while sum(one.held() for one in self.waiting) > MAX_HELD:
            self._drop(max(self.waiting, key=Connection.held))

    # --- reading and writing -----------------------------------------------------------------------------------------
    def _go_on(self, connection: Connection, _file: Any) -> None:
        if connection not in self.waiting:
            return  # dropped by an earlier event of this round
        try:
            if connection.phase is Phase.SENDING:
                self._send(connection)
            elif connection.phase is Phase.GREETING:
                self._greet(connection)
            else:
                self._read(connection)
        except BlockingIOError:
            return
        except OSError:
            if connection in self.waiting:
                self._drop(connection)

    def _greet(self, connection: Connection) -> None:
        if not connection.sock.is_tls and not connection.sock.speaks_tls(self._context()):
            self._refuse(connection, HTTPStatus.TEMPORARY_REDIRECT)
            return
        connection.sock.greet()
        self._stop_waiting(connection)
        self._wait(connection, Phase.READING, HEAD_SECONDS)

    def _send(self, connection: Connection) -> None:
        connection.sock.flush()
        if not connection.sock.unsent:
            self._stop_waiting(connection)
            self._after(connection)

    def _read(self, connection: Connection) -> None:
        data = connection.sock.recv(PIECE)
        if not data:
            self._drop(connection)
        elif connection.phase is Phase.READING:
            if not connection.received:
                connection.deadline = time.monotonic() + HEAD_SECONDS
            connection.received += data
            self._consider(connection)
            if connection.held() > PIECE:
                self._make_room()

    def _consider(self, connection: Connection) -> None:
        """Hand the request to a thread when all of it is there, or all that the loop reads of it."""
        if not connection.head and not self._find_head(connection):
            return
        if connection.large:
            self._stop_waiting(connection)
            self._wait(connection, Phase.IN_LINE, LINE_SECONDS)
            self._next_uploads()
        elif not connection.whole or len(connection.received) >= connection.head + connection.length:
            self._stop_waiting(connection)
            self._work(connection)

    def _find_head(self, connection: Connection) -> bool:
        """Whether the head has arrived; its length and the body's are noted then."""
        received = connection.received
        while received.startswith(b"\r\n"):
            del received[:2]
        connection.head = received.find(b"\r\n\r\n", 0, MAX_HEAD) + 4
        if connection.head == 3:
            connection.head = 0
            if len(received) >= MAX_HEAD:
                long_line = received.find(b"\r\n", 0, MAX_LINE) < 0
                self._refuse(connection, STATUSES[errors.LimitRequestLine if long_line else errors.LimitRequestHeaders])
            return False
        head = bytes(received[: connection.head])
        connection.length = max(map(int, LENGTH.findall(head)), default=0)
        # A body without length is left unread: the application refuses it.
        connection.whole = not CHUNKED.search(head)
        connection.large = connection.whole and connection.length > FORM_BYTES
        connection.expects = bool(EXPECT.search(head))
        connection.deadline = time.monotonic() + SPARE_SECONDS + connection.length / SLOWEST
        if connection.expects and connection.whole and not connection.large:
            connection.sock.sendall(CONTINUE)
        return True

    # --- threads -----------------------------------------------------------------------------------------------------
    def _next_uploads(self) -> None:
        for connection in [one for one in self.waiting if one.phase is Phase.IN_LINE]:
            if self.uploads == self.upload_threads:
                return
            self.uploads += 1
            self._stop_waiting(connection)
            connection.whole = False
            connection.deadline = time.monotonic() + SPARE_SECONDS + connection.length / SLOWEST
            self._work(connection)

    def _work(self, connection: Connection) -> None:
        connection.start_parser()
        self.enqueue_req(connection)

    def handle(self, conn: Connection) -> bool:
        """In a thread: answer one request; whether another one may follow."""
        request = None
        try:
            request = next(conn.parser)
            request._expected_100_continue = False  # said already, or said when the body is read
            if not conn.whole:
                request.force_close()
            return self.handle_request(request, conn) and conn.whole and conn.parser.finish_body()
        except (StopIteration, OSError):  # gone, too slow, or the answer broke off
            return False
        except Exception as error:
            self.handle_error(request, conn.sock, conn.client, error)
            return False

    def finish_request(self, conn: Connection, fs: Future[bool]) -> None:
        """Back in the loop: send what is left of the answer, then read on or part."""
        if conn.large:
            self.uploads -= 1
            self._next_uploads()
        conn.keep = not fs.cancelled() and not fs.exception() and fs.result() and self.alive
        if conn.sock.fileno() < 0:  # closed in the thread, in the middle of an answer
            self.nr_conns -= 1
        elif conn.sock.unsent:
            self._wait(conn, Phase.SENDING, SPARE_SECONDS + len(conn.sock.unsent) / SLOWEST)
            self._make_room()
        else:
            self._after(conn)

    def _after(self, connection: Connection) -> None:
        """The answer is out."""
        if not connection.keep:
            self._leave(connection)
            return
        connection.received += connection.parser.unreader.take_buffered()
        connection.next_request()
        self._wait(connection, Phase.READING, HEAD_SECONDS if connection.received else self.cfg.keepalive)
        if connection.received:
            self._consider(connection)

    def _leave(self, connection: Connection) -> None:
        """Close our side and let the client finish: closing at once would take the answer from it."""
        try:
            connection.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._close(connection)
        else:
            connection.received.clear()
            self._wait(connection, Phase.LEAVING, LINGER_SECONDS)

    # --- refusing ----------------------------------------------------------------------------------------------------
    def _refuse(self, connection: Connection, status: HTTPStatus) -> None:
        with contextlib.suppress(OSError):
            connection.sock.sendall(refusal(status))
        self._stop_waiting(connection)
        self._leave(connection)

    def handle_error(self, req: Any, client: Line, addr: Any, exc: Exception) -> None:
        """Answer what gunicorn couldn't read, or what broke in the application; nothing of the request is logged."""
        status = status_of(exc)
        if status is HTTPStatus.INTERNAL_SERVER_ERROR:
            self.log.error("a request broke outside of the application\n%s", scrub.trace(exc))
        else:
            self.log.info("a request couldn't be read: %s", type(exc).__name__)
        with contextlib.suppress(OSError):
            client.sendall(refusal(status))

    # --- deadlines ---------------------------------------------------------------------------------------------------
    def murder_keepalived(self, force: bool = False) -> None:
        """Cut who took too long; with `force` everybody. Called by the loop after each round."""
        now = time.monotonic()
        if now < self.next_look and not force:
            return
        self.next_look = now + LOOK_SECONDS
        for connection in [one for one in self.waiting if force or one.deadline <= now]:
            if connection.phase is Phase.READING and connection.received:
                self._refuse(connection, HTTPStatus.REQUEST_TIMEOUT)
            elif connection.phase is Phase.IN_LINE:
                self._refuse(connection, HTTPStatus.SERVICE_UNAVAILABLE)
            else:
                self._drop(connection)

    def murder_pending(self) -> None:
        """All waiting ones are looked at above."""

    def _cap_keepalive(self, deadline: float) -> None:
        """The worker stops: who has sent nothing yet has a moment left."""
        for connection in self.waiting:
            if connection.phase in (Phase.GREETING, Phase.READING) and not connection.received:
                connection.deadline = min(connection.deadline, deadline)


def status_of(error: Exception) -> HTTPStatus:
    """What the client is told."""
    for kind, status in STATUSES.items():
        if isinstance(error, kind):
            return status
    return HTTPStatus.BAD_REQUEST if isinstance(error, errors.ParseException) else HTTPStatus.INTERNAL_SERVER_ERROR


def refusal(status: HTTPStatus) -> bytes:
    """A whole answer in plain words, with the headers of every other one."""
    body = f"<!doctype html><title>{status.value}</title><h1>{status.value} {status.phrase}</h1>\n".encode()
    lines = [f"HTTP/1.1 {status.value} {status.phrase}", *(f"{name}: {value}" for name, value in _headers(len(body)))]
    if status is HTTPStatus.TEMPORARY_REDIRECT:  # plain http came where TLS is spoken
        lines.append(f"Location: {settings.BASE_URL}/")
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


def _headers(length: int) -> Iterator[tuple[str, str]]:
    yield from (("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(length)), ("Connection", "close"))
    yield from REFUSAL_HEADERS.items()
    if settings.SECURE_HSTS_SECONDS:
        below = "; includeSubDomains" if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else ""
        yield "Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}{below}"
