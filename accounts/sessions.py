"""How long a session may live, by the company's own numbers."""

import time

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from core.cookies import host_name
from core.numbers import number

MINUTE, HOUR, DAY = 60, 3600, 86400
PERSON_COOKIE = "person"
PERSON_SECONDS = 30 * DAY


def begin(request: HttpRequest, user: User, *, remember: bool) -> None:
    """Set the kind of the new session: long only on a device to be remembered, for who may have that."""
    now = int(time.time())
    kind = "remembered" if remember and user.can("device.remember") else "short"
    request.session.update({"kind": kind, "begun": now, "seen": now})
    if kind == "short":
        request.session.set_expiry(0)  # the cookie goes with the browser; the limits hold on the server anyway


def is_over(session: SessionBase, now: int) -> bool:
    """Whether the session was idle or open too long at `now` (Unix seconds)."""
    if session.get("kind", "short") == "remembered":
        idle, longest = number("device_idle_days") * DAY, number("device_days") * DAY
    else:
        idle, longest = number("session_idle_minutes") * MINUTE, number("session_hours") * HOUR
    return now - session.get("seen", now) > idle or now - session.get("begun", now) > longest


def remember_person(response: HttpResponse, user: User) -> None:
    """Note who used this browser last, so that what they typed comes back to nobody else. It opens nothing."""
    response.set_cookie(
        host_name(PERSON_COOKIE),
        signing.dumps(user.pk, salt=PERSON_COOKIE),
        max_age=PERSON_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )


def last_person(request: HttpRequest) -> int | None:
    """The id of who used this browser last, if it still exists."""
    try:
        pk = signing.loads(
            request.COOKIES.get(host_name(PERSON_COOKIE), ""), salt=PERSON_COOKIE, max_age=PERSON_SECONDS
        )
    except signing.BadSignature:
        return None
    return pk if User.objects.filter(pk=pk).exists() else None
