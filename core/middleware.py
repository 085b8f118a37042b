"""Middleware without business: client address behind trusted proxies, headers of every response."""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]
PERMISSIONS_POLICY = "camera=(), microphone=(), payment=(), usb=(), geolocation=(self)"


def trusted_proxies(get_response: GetResponse) -> GetResponse:
    """Take address and scheme from forwarding headers only when the peer is a trusted proxy; else drop them."""

    def middleware(request: HttpRequest) -> HttpResponse:
        forwarded = request.META.pop("HTTP_X_FORWARDED_FOR", "")
        if _is_trusted(request.META.get("REMOTE_ADDR", "")):
            request.META["REMOTE_ADDR"] = _client(forwarded) or request.META["REMOTE_ADDR"]
        else:
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)
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


def security_headers(get_response: GetResponse) -> GetResponse:
    """Headers that Django doesn't set itself; signed-in pages are never stored."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response

    return middleware
