"""A real SMTP server in a thread that can misbehave on demand; keeps what it has taken."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from django.test import override_settings


class Sink:
    """`taken` are the mails; `on_rcpt`/`on_data` may hold an answer such as "451 later"; `hang` waits after DATA."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.connections = 0
        self.on_rcpt = ""
        self.on_data = ""
        self.hang = 0.0
        self.close_after_data = False

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.on_rcpt:
            return self.on_rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.on_data:
            return self.on_data
        self.taken.append(message_from_bytes(envelope.content, policy=default))
        if self.close_after_data:
            server.transport.close()
        if self.hang:
            await asyncio.sleep(self.hang)
        return "250 taken"

    @property
    def ids(self) -> Counter[str]:
        return Counter(str(mail["Message-ID"]).strip() for mail in self.taken)


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def smtp_sink() -> Iterator[Sink]:
    """Run a sink and point Django's mail at it."""
    sink = Sink()
    port = free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    mail = {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": port,
        "EMAIL_TIMEOUT": 1,
        "EMAIL_USE_TLS": False,
        "EMAIL_USE_SSL": False,
        "EMAIL_HOST_USER": "",
    }
    try:
        with override_settings(**mail):
            yield sink
    finally:
        controller.stop()
