"""Middleware without business: client address behind trusted proxies, headers of every response."""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict

from core import clockguard
from core.headers import PERMISSIONS_POLICY
from core.serving import forget_foreign_number

GetResponse = Callable[[HttpRequest], HttpResponse]


def trusted_proxies(get_response: GetResponse) -> GetResponse:
    """Take address and scheme from forwarding headers only when the peer is a trusted proxy; else drop them."""

    def middleware(request: HttpRequest) -> HttpResponse:
        forwarded = request.META.pop("HTTP_X_FORWARDED_FOR", "")
        if _is_trusted(request.META.get("REMOTE_ADDR", "")):
            request.META["REMOTE_ADDR"] = _client(forwarded) or request.META["REMOTE_ADDR"]
        else:
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)
            request.META.pop("HTTP_X_REQUEST_ID", None)
        forget_foreign_number(request)
        return get_response(request)

    return middleware


def _is_trusted(address: str) -> bool:
    try:
        peer = ipaddress.ip_address(address)
        return any(peer in ipaddress.ip_network(network) for network in settings.TRUSTED_PROXIES)
    except ValueError:
        return False


def _client(forwarded: str) -> str:
    """The last address that isn't itself a trusted proxy: the left part of the header is free text."""
    for address in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
        if not _is_trusted(address):
            return address
    return ""


def follow_database_clock(get_response: GetResponse) -> GetResponse:
    """Once a minute, compare this process's clock with the database's, which counts."""
    name = f"web:{socket.gethostname()}"

    def middleware(request: HttpRequest) -> HttpResponse:
        clockguard.follow(name)
        return get_response(request)

    return middleware


def security_headers(get_response: GetResponse) -> GetResponse:
    """Headers that Django doesn't set itself; signed-in pages are never stored."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response

    return middleware


# --- NUL characters ---------------------------------------------------------------------------------------------------
# No keyboard types them and PostgreSQL stores none; forms refuse them, but not all that is read comes through a form.
def refuse_nul_in_address(get_response: GetResponse) -> GetResponse:
    """400 for a path or query with a NUL character; before anything is looked up or written down."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or (_is_page(request) and _has_nul(request.GET)):
            raise BadRequest
        return get_response(request)

    return middleware


class RefuseNulInFields:
    """400 for a form with a NUL character; after the CSRF check, so that no stranger's body is read for it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        """Refuse before the view reads the fields."""
        if request.method == "POST" and _is_page(request) and _has_nul(request.POST):
            raise BadRequest


def _is_page(request: HttpRequest) -> bool:
    """The API names the parameter or the field that has it."""
    return not request.path.startswith("/api/")


def _has_nul(data: QueryDict) -> bool:
    return any("\0" in text for name, values in data.lists() for text in (name, *values))
