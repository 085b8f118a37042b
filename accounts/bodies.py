"""How much a request may bring, judged by its head alone: nothing is read or stored of what is too much."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from rest_framework.exceptions import AuthenticationFailed

from accounts.authentication import TokenAuthentication
from accounts.heldposts import has_session
from accounts.models import User
from accounts.rest.problems import MEDIA_TYPE
from core.sizes import FORM_BYTES, UPLOAD_BYTES

GetResponse = Callable[[HttpRequest], HttpResponse]
UPLOADS = ("/imports/new/", "/api/v1/imports/")  # where files come in
UPLOAD_RIGHT = "import.add"
MEGABYTE = 1024 * 1024


def limit_bodies(get_response: GetResponse) -> GetResponse:
    """Refuse what is too large or of unknown length; before all that reads a body, the CSRF check among it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return _refusal(request) or get_response(request)

    return middleware


def _refusal(request: HttpRequest) -> HttpResponse | None:
    if request.META.get("HTTP_TRANSFER_ENCODING"):
        return _answer(request, HTTPStatus.LENGTH_REQUIRED, _("Say with Content-Length how long it is."))
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if not length.isascii() or not length.isdecimal():
        raise BadRequest
    if int(length) <= FORM_BYTES:
        return None
    if request.method != "POST" or request.path not in UPLOADS:
        text = _("A form takes up to %(limit)s MB. Files are taken under Imports.")
        return _answer(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, text % {"limit": FORM_BYTES // MEGABYTE})
    if int(length) > UPLOAD_BYTES:
        text = _("A file may have up to %(limit)s MB. Split it.") % {"limit": UPLOAD_BYTES // MEGABYTE}
        return _answer(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, text)
    sender = _sender(request)
    if sender.is_authenticated and sender.can(UPLOAD_RIGHT):
        return None
    text = _("Large files are taken only from people who are signed in and may import. Sign in and choose it again.")
    return _answer(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, text)


def _sender(request: HttpRequest) -> User | AnonymousUser:
    """Whose token or living session this is; the body isn't needed for that."""
    try:
        found = TokenAuthentication().authenticate(request)
    except AuthenticationFailed:
        return AnonymousUser()
    if found is not None:
        return found[0]
    return request._cached_user if has_session(request) else AnonymousUser()


def _answer(request: HttpRequest, status: HTTPStatus, text: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        problem = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": text}
        return JsonResponse(problem, status=status.value, content_type=MEDIA_TYPE)
    return render(request, "errors/body.html", {"status": status.value, "text": text}, status=status.value)
