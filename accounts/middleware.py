"""Who is here and how: session limits, language and zone of the person, forms that outlived their session."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode

from accounts import audit, heldposts, sessions, throttle
from accounts.hashers import BusyError
from accounts.limits import LimitReachedError
from core import company

GetResponse = Callable[[HttpRequest], HttpResponse]
TOUCH_SECONDS = 60
OPEN_WHILE_CHANGING = ("/password/first/", "/logout/", "/language/", "/theme/", "/healthz")


def session_rules(get_response: GetResponse) -> GetResponse:
    """End sessions that were idle or open too long; write the last use at most once a minute."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "_auth_user_id" in request.session:
            _check_age(request)
        return get_response(request)

    return middleware


def _check_age(request: HttpRequest) -> None:
    now = int(time.time())
    request.session.setdefault("begun", now)
    if sessions.is_over(request.session, now):
        logout(request)
    elif now - request.session.get("seen", 0) >= TOUCH_SECONDS:
        request.session["seen"] = now


def personal_settings(get_response: GetResponse) -> GetResponse:
    """Language by profile, then cookie, then Accept-Language; times in the person's zone."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and user.language:
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        with timezone.override(ZoneInfo(getattr(user, "time_zone", "") or company.company().time_zone)):
            return get_response(request)

    return middleware


def first_password_change(get_response: GetResponse) -> GetResponse:
    """A temporary password opens one page only: the one that replaces it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and user.must_change_password and not request.path.startswith(OPEN_WHILE_CHANGING):
            return redirect(reverse("password_first"))
        return get_response(request)

    return middleware


def note_refusals(get_response: GetResponse) -> GetResponse:
    """One audit line for what a signed-in person was refused: 403, or 404 by a view that hides what is out of reach."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == 403 or (response.status_code == 404 and request.resolver_match):
            _note_refusal(request, response.status_code)
        return response

    return middleware


def _note_refusal(request: HttpRequest, status: int) -> None:
    match, user = request.resolver_match, getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return
    page: dict[str, Any] = {}
    if match:
        # A token in an address lets in; the line names the page without it.
        of = {name: "" if name == "token" else str(value)[:40] for name, value in match.kwargs.items()}
        page = {"page": match.view_name, "of": of}
    audit.record("denied", by=user, status=status, method=request.method, **page)


class AnswerLimits:
    """The answer with Retry-After to who must wait: too many acts or sign-ins (429), too many at this moment (503).

    The API says it in its own form.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page for whoever must wait; other errors go on."""
        if isinstance(error, throttle.TooManyAttemptsError | BusyError):
            return throttle.answer(request, error)
        return _say_limit(request, error) if isinstance(error, LimitReachedError) else None


def _say_limit(request: HttpRequest, reached: LimitReachedError) -> HttpResponse:
    template = "errors/429_part.html" if request.headers.get("HX-Request") else "errors/429.html"
    answer = render(request, template, {"text": str(reached)}, status=429)
    answer.headers["Retry-After"] = str(reached.seconds)
    return answer


def _whole_page(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Sign-in is a page of its own, also when only a part of a page was asked for."""
    location = response.headers.get("Location", "")
    if not request.headers.get("HX-Request") or not location.startswith(reverse("login")):
        return response
    came_from = urlsplit(request.headers.get("HX-Current-URL", ""))
    back = urlencode({"next": f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path})
    return HttpResponse(headers={"HX-Redirect": f"{reverse('login')}?{back}"})


def keep_expired_post(get_response: GetResponse) -> GetResponse:
    """A form sent after the session ended is kept on the server and shown again after sign-in (accounts/heldposts)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = heldposts.intercept(request)
        if response is None:
            response = heldposts.settle(request, get_response(request))
        return _whole_page(request, response)

    return middleware
