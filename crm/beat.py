"""When the ticks are sent: by the time since the last one, never by the clock, and with nothing kept on disk.

A schedule that remembers dates stands still for a year after a minute with a wrong clock. This one knows only how many
seconds have passed, so it doesn't matter what the clock says or how often it jumps. For the same reason the messages
carry no date of expiry, which the worker would read by another clock: while nobody takes them, no further ones are
added.

A message is only a hint to look into a table. While the broker is away nobody gets one, so processes of our own look
there instead (the command `work_without_broker`), until it is back.
"""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import structlog
from celery.beat import ScheduleEntry, Scheduler
from django.conf import settings
from kombu import Connection, Producer
from kombu.exceptions import ChannelError

log = structlog.get_logger(__name__)
MOST_WAITING = 20  # messages of one queue; each is only a hint to look into a table
TRIED_EVERY = 5.0  # seconds, while the broker is away
SUBSTITUTED_AFTER = 10.0
SAID_EVERY = 60.0
QUEUES = ("celery", "imports")  # each has a worker of its own, so each has a substitute


class SteadyScheduler(Scheduler):
    """Sends each entry of CELERY_BEAT_SCHEDULE every so many seconds of running time, at once after a start."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._next: dict[str, float] = {}
        self._away_since: float | None = None
        self._tried = self._said = float("-inf")
        self.substitutes: dict[str, subprocess.Popen[bytes]] = {}
        super().__init__(*args, **kwargs)

    def tick(self, *_args: Any, **_kwargs: Any) -> float:
        """Send what is due; returns the seconds until the next one."""
        now = time.monotonic()
        if self._away_since is None or now - self._tried >= TRIED_EVERY:
            for name, entry in self.schedule.items():
                if now >= self._next.get(name, 0):
                    self._tried = now
                    if not self._send(entry):
                        break
                    self._next[name] = now + entry.schedule.run_every.total_seconds()
        if self._away_since is not None and time.monotonic() - self._away_since >= SUBSTITUTED_AFTER:
            self._substitute()
            return TRIED_EVERY
        following = min(self._next.values(), default=now + TRIED_EVERY) - time.monotonic()
        return max(0.0, min(following, TRIED_EVERY))

    def _send(self, entry: ScheduleEntry) -> bool:
        try:
            if self._waiting(self.app.amqp.router.route({}, entry.task)["queue"].name) < MOST_WAITING:
                headers = {"beat_at": time.time()}
                self.send_task(entry.task, producer=self.producer, **{**entry.options, "headers": headers})
        except Exception as error:  # the broker may be away for hours
            self._broke(error)
            return False
        if self._away_since is not None:
            log.warning("the broker is back", seconds=round(time.monotonic() - self._away_since))
            self._away_since = None
            self._dismiss()
        return True

    def _broke(self, error: Exception) -> None:
        now = time.monotonic()
        self._away_since = now if self._away_since is None else self._away_since
        if now - self._said >= SAID_EVERY:
            self._said = now
            away = round(now - self._away_since)
            log.warning("the broker doesn't answer", error=str(error), seconds=away, substitutes=len(self.substitutes))
        self.__dict__.pop("producer", None)
        connection: Connection | None = self.__dict__.pop("connection", None)
        if connection:
            connection.collect(socket_timeout=0.1)

    def _waiting(self, queue: str) -> int:
        try:
            return self.producer.channel.queue_declare(queue=queue, passive=True).message_count
        except ChannelError:  # nobody has made the queue yet
            return 0

    @property
    def producer(self) -> Producer:
        """Of a connection that is tried once: Celery's own tries for ever, and nothing else would happen meanwhile."""
        made: Producer | None = self.__dict__.get("producer")
        if made is None:
            self.connection.ensure_connection(max_retries=1, interval_start=0)
            made = self.__dict__["producer"] = self.Producer(self.connection, auto_declare=False)
        return made

    # --- while it is away
    def _substitute(self) -> None:
        """Keep one process for each queue that looks into the tables itself."""
        for queue in QUEUES:
            running = self.substitutes.get(queue)
            if running is None or running.poll() is not None:
                command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "work_without_broker", queue]
                self.substitutes[queue] = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603

    def _dismiss(self) -> None:
        """Ask them to end after what they are at."""
        for child in self.substitutes.values():
            child.terminate()
        self.substitutes.clear()

    def close(self) -> None:
        """Beat ends: so do they."""
        self._dismiss()
        super().close()
