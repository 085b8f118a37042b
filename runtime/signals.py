"""Ctrl-C, SIGTERM and a closed terminal end a command through its `finally` blocks."""

import signal
from types import FrameType

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """Somebody asked this command to end. `number` is the signal."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _interrupt(number: int, _frame: FrameType | None) -> None:
    ignore()  # cleaning up is not interrupted by a second Ctrl-C; it is short
    raise Interrupted(number)


def listen() -> None:
    """Turn the ending signals into `Interrupted`, once."""
    for number in ENDING:
        signal.signal(number, _interrupt)


def ignore() -> None:
    """From now on the ending signals do nothing in this process."""
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)


def restore() -> None:
    """In a forked child: the signals' ordinary meaning."""
    for number in ENDING:
        signal.signal(number, signal.SIG_DFL)
