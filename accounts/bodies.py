"""How much a request may bring, judged by its head alone: nothing is read or stored of what is too much."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import IO

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
from core.digits import whole_number
from core.sizes import FORM_BYTES, UPLOAD_BYTES

GetResponse = Callable[[HttpRequest], HttpResponse]
# Where files come in, and the right that it takes.
UPLOADS = {
    "/imports/new/": "import.add",
    "/api/v1/imports/": "import.add",
    "/settings/company/logo/": "setting.change",
    "/files/": "attachment.add",
    "/attachments/new/": "attachment.add",
    "/api/v1/attachments/": "attachment.add",
    "/interactions/new/": "interaction.add",
}
MEGABYTE = 1024 * 1024


class Body:
    """What a request brings, as it comes. Remembers whether it broke off: the CSRF check only misses its token then."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.broke_off = False

    def read(self, *size: int) -> bytes:
        """The next bytes; OSError where they break off."""
        return self._noting(self._stream.read, *size)

    def readline(self, *size: int) -> bytes:
        """The next line, like `read`."""
        return self._noting(self._stream.readline, *size)

    def close(self) -> None:
        """Nothing is left to read."""
        self._stream.close()

    def _noting(self, read: Callable[..., bytes], *size: int) -> bytes:
        try:
            return read(*size)
        except OSError:
            self.broke_off = True
            raise


def limit_bodies(get_response: GetResponse) -> GetResponse:
    """Refuse what is too large, of unknown length or breaks off; before all that reads a body, the CSRF check among
    it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        refusal = _refusal(request)
        if refusal is not None:
            return refusal
        body = request._stream = Body(request._stream)
        response = get_response(request)
        if body.broke_off:
            return _answer(request, HTTPStatus.REQUEST_TIMEOUT, _("It broke off on its way. Send it again."))
        return response

    return middleware


def _refusal(request: HttpRequest) -> HttpResponse | None:
    if request.META.get("HTTP_TRANSFER_ENCODING"):
        return _answer(request, HTTPStatus.LENGTH_REQUIRED, _("Say with Content-Length how long it is."))
    length = whole_number(str(request.META.get("CONTENT_LENGTH") or "0"))
    if length is None:
        raise BadRequest
    if length <= FORM_BYTES:
        return None
    if request.method != "POST" or request.path not in UPLOADS:
        text = _("A form takes up to %(limit)s MB. Files are taken under Imports.")
        return _answer(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, text % {"limit": FORM_BYTES // MEGABYTE})
    if length > UPLOAD_BYTES:
        text = _("A file may have up to %(limit)s MB. Split it.") % {"limit": UPLOAD_BYTES // MEGABYTE}
        return _answer(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, text)
    sender = _sender(request)
    if sender.is_authenticated and sender.can(UPLOADS[request.path]):
        return None
    text = _(
        "Large files are taken only from people who are signed in and may bring them in. Sign in and choose it again."
    )
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
