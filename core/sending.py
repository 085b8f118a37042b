"""What a failure means for something that was to be sent, by mail or any other channel."""

from collections.abc import Callable
from enum import Enum

# Asked right before the other side may have the message: False = somebody else sends it now, drop it (LostError).
Begin = Callable[[], bool]


def at_once() -> bool:
    """The `begin` of who holds no lease: the test message of a page."""
    return True


class LostError(Exception):
    """Somebody else sends this message now; nothing was handed over."""


class Trouble(Enum):
    """What a failure means for the message."""

    REJECTED = "rejected"  # this message will never be taken
    LATER = "later"  # not now
    CHANNEL = "channel"  # no connection, no sign-in, our sender refused: the fault of no single message
    UNSURE = "unsure"  # the answer to the data never came: perhaps sent


class SendError(Exception):
    """A message didn't go out, or perhaps did; `trouble` says which, the text is for the record."""

    def __init__(self, trouble: Trouble, text: str) -> None:
        super().__init__(text[:500])
        self.trouble = trouble
