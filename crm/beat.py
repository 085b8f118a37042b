"""When the ticks are sent: by the time since the last one, never by the clock, and with nothing kept on disk.

A schedule that remembers dates stands still for a year after a minute with a wrong clock. This one knows only how many
seconds have passed, so it doesn't matter what the clock says or how often it jumps. For the same reason the messages
carry no date of expiry, which the worker would read by another clock: while nobody takes them, no further ones are
added.
"""

from __future__ import annotations

import time
from typing import Any

import structlog
from celery.beat import ScheduleEntry, Scheduler
from kombu.exceptions import ChannelError

log = structlog.get_logger(__name__)
MOST_WAITING = 20  # messages of one queue; each is only a hint to look into a table


class SteadyScheduler(Scheduler):
    """Sends each entry of CELERY_BEAT_SCHEDULE every so many seconds of running time, at once after a start."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._next: dict[str, float] = {}
        super().__init__(*args, **kwargs)

    def tick(self, *_args: Any, **_kwargs: Any) -> float:
        """Send what is due; returns the seconds until the next one."""
        now = time.monotonic()
        for name, entry in self.schedule.items():
            if now >= self._next.get(name, 0):
                self._next[name] = now + entry.schedule.run_every.total_seconds()
                self._send(entry)
        following = min(self._next.values(), default=now + self.max_interval) - time.monotonic()
        return max(0.0, min(following, self.max_interval))

    def _send(self, entry: ScheduleEntry) -> None:
        try:
            if self._waiting(self.app.amqp.router.route({}, entry.task)["queue"].name) < MOST_WAITING:
                headers = {"beat_at": time.time()}
                self.send_task(entry.task, producer=self.producer, **{**entry.options, "headers": headers})
        except Exception as error:  # the broker may be away for hours: one line each time, no more
            self.__dict__.pop("producer", None)
            log.warning("beat can't send", task=entry.task, error=str(error))

    def _waiting(self, queue: str) -> int:
        try:
            return self.producer.channel.queue_declare(queue=queue, passive=True).message_count
        except ChannelError:  # nobody has made the queue yet
            return 0
