"""A real HTTP server in a thread that answers as it is told; keeps what it was asked."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.test import override_settings


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class HttpSink:
    """`answer(asked)` gives status and JSON (or bytes, or None to hang up without a word); default 200 and {}."""

    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    answer: Callable[[Asked], tuple[int, Any]] = lambda asked: (200, {})
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def http_sink(*, allowed: bool = True, push: bool = False) -> Iterator[HttpSink]:
    """Run a sink; `allowed` names it in OUTBOUND_ALLOW, `push` for browsers' push services too."""
    sink = HttpSink()

    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = Asked(self.command, parts.path, parse_qs(parts.query), dict(self.headers.items()), body)
            sink.asked.append(asked)
            status, told = sink.answer(asked)
            if told is None:
                self.connection.close()
                return
            data = told if isinstance(told, bytes) else json.dumps(told).encode()
            self.send_response(status)
            for name, value in sink.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            for index in range(len(data) if sink.wait else 0):
                self.wfile.write(data[index : index + 1])
                time.sleep(sink.wait)
            if not sink.wait:
                self.wfile.write(data)

        do_GET = do_POST = _take

        def log_message(self, *args: Any) -> None:
            return

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                return  # the other side hung up

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    sink.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    here = {("127.0.0.1", sink.port)}
    allow = {"OUTBOUND_ALLOW": settings.OUTBOUND_ALLOW | here} if allowed else {}
    allow |= {"PUSH_ALLOW": settings.PUSH_ALLOW | here} if push else {}
    try:
        with override_settings(**allow):
            yield sink
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
