"""Around every request: its number, one line of log, and a second attempt where the database was away for a moment."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from core import doors, measures
from core.faults import Fault, fault_of

GetResponse = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger("keben.access")
NUMBER = re.compile(r"[A-Za-z0-9-]{8,64}")
SAFE = ("GET", "HEAD", "OPTIONS")
WAIT_SECONDS, PAUSE_SECONDS = 5.0, 0.2  # for a database that restarts


class _Counter:
    """How many statements a request has sent."""

    def __init__(self) -> None:
        self.sent = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.sent += 1
        return execute(sql, params, many, context)


def number_and_log(get_response: GetResponse) -> GetResponse:
    """`X-Request-ID` on every answer, and a line for each: which page, never which customer or what was looked for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        begun = time.monotonic()
        request.number = str(structlog.contextvars.get_contextvars().get("request_id", ""))  # type: ignore[attr-defined]
        counter = request.statements = _Counter()  # type: ignore[attr-defined]
        with connection.execute_wrapper(counter), doors.through(doors.door_of(request)):
            response = get_response(request)
        seconds = time.monotonic() - begun
        response.headers["X-Request-ID"] = request.number  # type: ignore[attr-defined]
        route = route_of(request)
        if route or response.status_code >= 400:
            user = request.__dict__.get("user")  # of a token; of a session only where somebody has asked
            if isinstance(user, SimpleLazyObject):
                user = getattr(request, "_cached_user", None)
            method = request.method if request.method in METHODS else "other"
            measures.count(method, route or "-", response.status_code, seconds)
            log.info(
                "request",
                method=method,
                route=route or "-",
                status=response.status_code,
                ms=round(seconds * 1000),
                queries=counter.sent,
                user_id=getattr(user, "pk", None),
            )
        return response

    return middleware


METHODS = (*SAFE, "POST", "PUT", "PATCH", "DELETE")


def route_of(request: HttpRequest) -> str:
    """The pattern of the address, such as customers/<int:pk>/; empty for files and what isn't there."""
    match = request.resolver_match
    return ("/" + match.route) if match else ""


def forget_foreign_number(request: HttpRequest) -> None:
    """A number that is none would go into the log as it came."""
    if not NUMBER.fullmatch(request.META.get("HTTP_X_REQUEST_ID", "")):
        request.META.pop("HTTP_X_REQUEST_ID", None)


def survive_restarts(get_response: GetResponse) -> GetResponse:
    """Ask once more when the database went away and came back within seconds: pages that are only read, and whatever
    had not sent it a statement yet. What may have been written is not repeated."""

    def middleware(request: HttpRequest) -> HttpResponse:
        before = request.statements.sent  # type: ignore[attr-defined]
        response = get_response(request)
        if getattr(response, "fault", None) is Fault.DATABASE_AWAY:
            untouched = request.statements.sent == before  # type: ignore[attr-defined]
            if (request.method in SAFE or untouched) and not connection.in_atomic_block and _comes_back():
                request.__dict__.pop("_cached_user", None)
                return get_response(request)
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()  # the next request begins with another one
        return response

    return middleware


def _comes_back() -> bool:
    until = time.monotonic() + WAIT_SECONDS
    while True:
        connection.close()
        try:
            connection.ensure_connection()
        except DatabaseError:
            if time.monotonic() > until:
                return False
            time.sleep(PAUSE_SECONDS)
        else:
            return True


class Sessions(SessionMiddleware):
    """Django's, but a page that was only read is shown also when its reader's time can't be noted: the disk is full."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except (DatabaseError, SessionInterrupted) as error:
            fault = fault_of(error)
            if fault is Fault.DISK_FULL and request.method in SAFE and settings.SESSION_COOKIE_NAME in request.COOKIES:
                return response
            if fault and isinstance(error, SessionInterrupted):  # Django takes it for a session that has ended
                raise DatabaseError("the session can't be written") from error
            raise
