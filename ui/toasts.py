"""Short confirmations that the next page shows in its status line, with an undo button where an act can be undone."""

from django.contrib import messages
from django.http import HttpRequest


def success(request: HttpRequest, text: str, undo: str = "") -> None:
    """Say `text`; `undo` is the path that a POST within 10 seconds takes it back with."""
    messages.success(request, text, extra_tags=f"undo:{undo}" if undo else "")


def info(request: HttpRequest, text: str) -> None:
    """Say `text`."""
    messages.info(request, text)


def error(request: HttpRequest, text: str) -> None:
    """Say `text`; it stays until it is closed."""
    messages.error(request, text)
