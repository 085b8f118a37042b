"""Forms that arrive after their session has ended: kept on the server, shown again after sign-in, no script needed.

The browser gets a signed cookie with the token of the kept form. It is given back only to that browser, and only to
the person who typed it where that is known. Passwords and files are never kept, and nothing that another site sent.
"""

import uuid
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, get_user
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts import sessions
from core import clock
from core.cookies import host_name
from core.digits import whole_number
from core.models import HeldPost

COOKIE = "held"
KEPT_FOR = timedelta(hours=12)
SHOWN_FOR = timedelta(minutes=15)  # once shown it stays for a reload, then goes
MAX_CHARS = 50_000  # names and values together
MAX_BYTES = 9 * MAX_CHARS  # a Chinese character of a form takes nine
MAX_PER_PERSON = 60  # an hour
MAX_PER_ADDRESS = 30  # an hour, of unknown senders
MAX_UNKNOWN = 400  # alive at one time, of all unknown senders together
NEVER_KEPT = ("csrfmiddlewaretoken",)
# Open to everybody, or of no use after the session.
OPEN_PATHS = (
    *(
        "/login/",
        "/logout/",
        "/password/",
        "/invitation/",
        "/language/",
        "/theme/",
        "/drafts/",
        "/api/",
        "/healthz",
        "/calendar/",
        "/appointment/",
    ),
    *("/s/", "/c/", "/f/", "/u/", "/in/", "/trust/", "/ca.crt", "/company/logo/", "/metrics"),
    *("/offline/", "/manifest.webmanifest", "/service-worker.js"),
)


def intercept(request: HttpRequest) -> HttpResponse | None:
    """For a POST without a living session: keep the form and send the person to sign-in; else None.

    Runs before the CSRF check, which would refuse the form of a session that has gone; nothing but the kept row is
    written here.
    """
    if request.method != "POST" or request.path.startswith(OPEN_PATHS) or not is_from_here(request):
        return None
    person = request.session.get(SESSION_KEY) or sessions.last_person(request)
    if has_session(request):
        return None
    token = hold(request, person)
    target = reverse("login") + "?" + urlencode({"next": request.get_full_path(), "kept": "1" if token else ""})
    response = _to_page(request, target)
    if token:
        _set_cookie(response, token)
    return response


def is_from_here(request: HttpRequest) -> bool:
    """Whether a page of ours sent this: what another site sends must not come back as one's own entries."""
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    return not origin or urlsplit(origin).netloc == request.get_host() or origin.startswith(f"{settings.BASE_URL}/")


def _to_page(request: HttpRequest, target: str) -> HttpResponse:
    """A redirect of the whole page, also when a part of it was asked for."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": target})
    return redirect(target)


def has_session(request: HttpRequest) -> bool:
    """Whether a living session of an active person came along; who it is stays in `request._cached_user`."""
    if SESSION_KEY not in request.session or sessions.is_over(request.session, int(clock.now().timestamp())):
        return False
    request._cached_user = get_user(request)  # the authentication middleware takes it from here
    return request._cached_user.is_authenticated


def hold(request: HttpRequest, person: str | int | None) -> uuid.UUID | None:
    """Store the typed fields; None when they are too long or too many come from nowhere."""
    if not _is_short(request):
        return None
    HeldPost.objects.filter(created_at__lt=clock.now() - KEPT_FOR).delete()
    data = {name: values for name, values in request.POST.lists() if name not in NEVER_KEPT and "password" not in name}
    person_id = int(person) if person else None
    sender = "" if person_id else _sender_of(request)
    if not data or _chars(data) > MAX_CHARS or _too_many(person_id, sender):
        return None
    row = HeldPost.objects.create(
        path=request.get_full_path()[:500], data=_clean(data), user_id=person_id, sender=sender
    )
    return row.token


def _chars(data: dict[str, list[Any]]) -> int:
    return sum(len(name) + sum(map(len, values)) for name, values in data.items())


def _too_many(person_id: int | None, sender: str) -> bool:
    recent = HeldPost.objects.filter(created_at__gte=clock.now() - timedelta(hours=1))
    if person_id:
        return recent.filter(user_id=person_id).count() >= MAX_PER_PERSON
    unknown = HeldPost.objects.filter(user_id=None)
    return recent.filter(sender=sender).count() >= MAX_PER_ADDRESS or unknown.count() >= MAX_UNKNOWN


def _sender_of(request: HttpRequest) -> str:
    """The client's address as a digest: enough to count by, and nobody reads it back."""
    return salted_hmac(COOKIE, request.META.get("REMOTE_ADDR", "")).hexdigest()


def _is_short(request: HttpRequest) -> bool:
    """Whether the body is read at all: the sender is nobody yet, and long ones are no forms of ours."""
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    return whole_number(length, MAX_BYTES) is not None


def _clean(data: dict[str, list[Any]]) -> dict[str, list[str]]:
    """NUL characters can't be stored; no field of ours takes them."""
    return {name.replace("\0", ""): [str(v).replace("\0", "") for v in values] for name, values in data.items()}


def _set_cookie(response: HttpResponse, token: uuid.UUID) -> None:
    response.set_cookie(
        host_name(COOKIE),
        signing.dumps(str(token), salt=COOKIE),
        max_age=int(KEPT_FOR.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )


def held_data(request: HttpRequest) -> QueryDict | None:
    """The kept fields of this page, for a form's initial values; the person is told."""
    row = _held_row(request)
    if row is None:
        return None
    messages.info(request, _("You were signed out while typing. Your entries are back: please check and save."))
    return _show(row)


def _show(row: HeldPost) -> QueryDict:
    HeldPost.objects.filter(pk=row.pk).update(created_at=clock.now() - KEPT_FOR + SHOWN_FOR)
    data = QueryDict(mutable=True)
    for name, values in row.data.items():
        data.setlist(name, values)
    return data


def _held_row(request: HttpRequest) -> HeldPost | None:
    try:
        token = signing.loads(request.COOKIES.get(host_name(COOKIE), ""), salt=COOKIE, max_age=KEPT_FOR)
    except signing.BadSignature:
        return None
    row = HeldPost.objects.filter(pk=token, created_at__gte=clock.now() - KEPT_FOR).first()
    mine = row is not None and row.user_id in (None, request.user.pk)
    return row if mine and row.path == request.get_full_path()[:500] else None


def settle(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """After the view: a kept form that was sent is done; one whose address knows no GET gets a page to send it."""
    user = getattr(request, "user", None)
    name = host_name(COOKIE)
    if name not in request.COOKIES or name in response.cookies or not (user and user.is_authenticated):
        return response
    if request.method == "POST" and response.status_code < 400:
        row = _held_row(request)
        if row is not None:
            row.delete()
            response.delete_cookie(name, samesite="Lax")
    elif request.method == "GET" and response.status_code == 405:
        row = _held_row(request)
        if row is not None:
            fields = [(name, value) for name, values in _show(row).lists() for value in values]
            return render(request, "accounts/resume.html", {"fields": fields, "path": row.path})
    return response


def hold_after_failed_check(request: HttpRequest) -> HttpResponse | None:
    """For a form of ours whose CSRF token is out of date (signed in again in another tab): keep it, show it again."""
    own = request.headers.get("Origin") or request.headers.get("Referer")
    if not own or not is_from_here(request) or request.path.startswith(OPEN_PATHS) or not has_session(request):
        return None
    token = hold(request, request._cached_user.pk)
    if token is None:
        return None
    response = _to_page(request, request.get_full_path())
    _set_cookie(response, token)
    return response
