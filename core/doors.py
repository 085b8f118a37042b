"""Through which door a change comes: a page on a desk or a phone, the API, or a form for
strangers; none for nights and commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest

PAGE, PHONE, API, FORM = "page", "phone", "api", "form"
_DOOR: ContextVar[str] = ContextVar("door", default="")


def door() -> str:
    """That of the request under way; empty outside of requests."""
    return _DOOR.get()


def via() -> dict[str, str]:
    """The same for a line of the audit log."""
    name = door()
    return {"via": name} if name else {}


def door_of(request: HttpRequest) -> str:
    """By address, and by what a browser says of its device: every phone's says Mobi."""
    if request.path.startswith("/api/"):
        return API
    return PHONE if "Mobi" in request.headers.get("User-Agent", "") else PAGE


@contextmanager
def through(name: str) -> Iterator[None]:
    """What happens inside comes through this door."""
    token = _DOOR.set(name)
    try:
        yield
    finally:
        _DOOR.reset(token)
