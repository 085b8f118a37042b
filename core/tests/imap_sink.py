"""A real IMAP server in a thread, as far as reading needs one; it can misbehave on demand."""

from __future__ import annotations

import re
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.test import override_settings


class Sink:
    """`mails` by UID; `validity` is UIDVALIDITY; `hang` waits before each answer; `literal` overstates sizes."""

    def __init__(self) -> None:
        self.mails: dict[int, bytes] = {}
        self.validity = 7
        self.hang = 0.0
        self.refuse = False
        self.literal = 0
        self.commands: list[str] = []
        self.on_fetch: Any = None

    def put(self, data: bytes) -> int:
        uid = max(self.mails, default=0) + 1
        self.mails[uid] = data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        return uid


def _handler(sink: Sink) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        def say(self, data: bytes) -> None:
            self.wfile.write(data + b"\r\n")
            self.wfile.flush()

        def handle(self) -> None:
            try:
                self.say(b"* OK ready")
                while line := self.rfile.readline():
                    tag, _blank, rest = line.decode().strip().partition(" ")
                    sink.commands.append(rest)
                    time.sleep(sink.hang)
                    self.answer(tag.encode(), rest)
            except (OSError, ValueError):
                return

        def answer(self, tag: bytes, rest: str) -> None:
            verb = rest.split(" ")[0].upper()
            if verb == "CAPABILITY":
                self.say(b"* CAPABILITY IMAP4rev1")
            elif verb == "LOGIN" and sink.refuse:
                self.say(tag + b" NO wrong password for " + rest.encode())
                return
            elif verb == "EXAMINE":
                self.say(f"* {len(sink.mails)} EXISTS".encode())
                self.say(f"* OK [UIDVALIDITY {sink.validity}]".encode())
                self.say(f"* OK [UIDNEXT {max(sink.mails, default=0) + 1}]".encode())
            elif verb == "UID" and "SEARCH" in rest.upper():
                self.say(b"* SEARCH " + " ".join(map(str, self.found(rest))).encode())
            elif verb == "UID":
                self.fetched(int(rest.split(" ")[2]), rest)
            elif verb == "LOGOUT":
                self.say(b"* BYE")
            self.say(tag + b" OK done")

        def found(self, rest: str) -> list[int]:
            uids = sorted(sink.mails)
            if asked := re.search(r"UID (\d+):\*", rest):
                later = [uid for uid in uids if uid >= int(asked[1])]
                return later or uids[-1:]
            return uids

        def fetched(self, uid: int, rest: str) -> None:
            if sink.on_fetch:
                sink.on_fetch(uid)
            most = int(re.search(r"<0\.(\d+)>", rest)[1])
            data = sink.mails[uid][:most]
            head = f"* 1 FETCH (UID {uid} RFC822.SIZE {len(sink.mails[uid])} BODY[]<0> {{{sink.literal or len(data)}}}"
            self.say(head.encode())
            self.wfile.write(data)
            self.say(b")")

    return Handler


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def imap_sink(**more: str) -> Iterator[Sink]:
    """The server, with IMAP_URL and OUTBOUND_ALLOW set to it."""
    sink = Sink()
    with _Server(("127.0.0.1", 0), _handler(sink)) as server:
        port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        query = "".join(f"?{name}={value}" for name, value in more.items())
        url = f"imap://box:secret@127.0.0.1:{port}/INBOX{query}"
        with override_settings(IMAP_URL=url, OUTBOUND_ALLOW=frozenset({("127.0.0.1", port)})):
            yield sink
        server.shutdown()
