"""An SMTP server that counts what it has taken: the oracle outside the application."""

import time
from collections import Counter

ACCEPTS_SLOWLY = 0.003  # sleeps after taking a mail: the window in which a kill leaves doubt


class Sink:
    """Counts what it has taken, by Message-ID."""

    def __init__(self) -> None:
        self.ids: Counter[str] = Counter()
        self.connections = 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_DATA(self, server, session, envelope):
        head = envelope.content.split(b"\r\n\r\n", 1)[0].decode()
        (line,) = [line for line in head.splitlines() if line.lower().startswith("message-id:")]
        self.ids[line.split(":", 1)[1].strip()] += 1
        time.sleep(ACCEPTS_SLOWLY)
        return "250 taken"
