"""Why a row of a file is refused: what a cell can't be, in words, and what nobody foresaw, in the log."""

from __future__ import annotations

import traceback

import structlog
from django.utils.translation import gettext as _

log = structlog.get_logger(__name__)
LOGGED = 20  # unforeseen errors of one file that the log names


class BadCellError(ValueError):
    """A cell that can't be understood; the text says why and what to write instead."""


# Whatever a cell may do to the code that reads it. Not Exception: a worker that is told to stop must stop.
ROW_ERRORS = (ValueError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError)


class Refusals:
    """Callable: (row number, one of ROW_ERRORS) -> the sentence for that row, so that no single cell stops a file."""

    def __init__(self) -> None:
        self.unforeseen = 0

    def __call__(self, row_no: int, error: Exception) -> str:
        if isinstance(error, BadCellError):
            return str(error)
        self.unforeseen += 1
        if self.unforeseen <= LOGGED:
            # The message may quote the cell, which may be somebody's phone number: type and place are enough.
            places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-3:]]
            log.error("row unreadable", row=row_no, error=type(error).__name__, places=places)
        return _("This row could not be read because of an error on our side. Check it, or tell the administrator.")
