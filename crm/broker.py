"""The way to the queue: Redis by kombu, but an entry that is no message is thrown away instead of ending the worker."""

from __future__ import annotations

from queue import Empty
from typing import Any

import structlog
from kombu.transport import TRANSPORT_ALIASES, redis

log = structlog.get_logger(__name__)


class Channel(redis.Channel):
    """Reads on after what it can't read."""

    def _brpop_read(self, **options: Any) -> bool:
        try:
            return super()._brpop_read(**options)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            # It has left the queue already; what it says may be anything, so it isn't written down.
            log.error("an entry of the queue was no message and is gone", error=type(error).__name__)
            raise Empty from error


class Transport(redis.Transport):
    """The same with that channel."""

    Channel = Channel


def use() -> None:
    """Take the place of kombu's own for redis:// and rediss:// addresses."""
    for name in ("redis", "rediss"):
        TRANSPORT_ALIASES[name] = f"{__name__}:{Transport.__name__}"
