"""Browsers that signed in before, by a signed cookie: strangers who guess can't keep their owners out."""

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from core.cookies import host_name

COOKIE = SALT = "device"
KEPT_SECONDS = 400 * 86400  # the longest that browsers keep a cookie
MOST_PEOPLE = 8  # who share one browser


def device_of(request: HttpRequest, user: User) -> str | None:
    """The id of the browser if `user` signed in with it before."""
    known = _read(request)
    return known["id"] if user.pk in known["people"] else None


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Note that `user` proved to be the owner of the account in this browser. It opens nothing."""
    known = _read(request)
    people = [user.pk, *(pk for pk in known["people"] if pk != user.pk)][:MOST_PEOPLE]
    response.set_cookie(
        host_name(COOKIE),
        signing.dumps({"id": known["id"], "people": people}, salt=SALT),
        max_age=KEPT_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        return signing.loads(request.COOKIES.get(host_name(COOKIE), ""), salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return {"id": secrets.token_urlsafe(12), "people": []}
