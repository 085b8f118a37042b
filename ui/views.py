"""Pages and endpoints without business: language, appearance, drafts, style guide, failures."""

import sys
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import check_for_language, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from core.cookies import host_name
from core.faults import Fault, fault_of
from core.http import safe_next
from ui import drafts
from ui.styleguide import samples

YEAR = 365 * 86400
MAX_DRAFT = 50_000


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Switch the language: kept in the profile of a signed-in person and in a cookie for everybody."""
    response = redirect(safe_next(request, "/"))
    code = request.POST.get("language", "")
    if check_for_language(code) and code in dict(settings.LANGUAGES):
        _remember(response, settings.LANGUAGE_COOKIE_NAME, code)
        _keep_in_profile(request, language=code)
    return response


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Switch the appearance: light, dark, or as the device says."""
    response = redirect(safe_next(request, "/"))
    theme = request.POST.get("theme", "")
    if theme in ("light", "dark", ""):
        _remember(response, host_name("theme"), theme)
        _keep_in_profile(request, theme=theme)
    return response


def _remember(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True)


def _keep_in_profile(request: HttpRequest, **values: str) -> None:
    if request.user.is_authenticated:
        get_user_model().objects.filter(pk=request.user.pk).update(**values)


@login_required
@require_POST
def save_draft(request: HttpRequest) -> HttpResponse:
    """Keep what was typed so far; an empty `data` removes the draft."""
    form_key, data = request.POST.get("form_key", "")[:120], request.POST.get("data", "")
    if not form_key or len(data) > MAX_DRAFT:
        return JsonResponse({"saved": False}, status=422)
    if data:
        drafts.keep(request.user, form_key, data)
    else:
        drafts.drop(request.user, form_key)
    return JsonResponse({"saved": True})


@login_required
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in every state."""
    return render(request, "styleguide.html", samples())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form came without a valid token: says so and how to go on; nothing was changed."""
    return render(request, "errors/csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """400: the request can't be understood, or asks by a name of the host that isn't ours."""
    return render(request, "errors/400.html", {"foreign": isinstance(exception, DisallowedHost)}, status=400)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """403: seen, but not for this person to do."""
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404: nothing here, or nothing this person may know of."""
    return render(request, "errors/404.html", status=404)


FAULTS = {
    Fault.DISK_FULL: (507, "errors/507.html"),
    Fault.DATABASE_AWAY: (503, "errors/503.html"),
    Fault.TOO_SLOW: (504, "errors/504.html"),
}
PROBLEMS = {
    504: gettext_lazy("This takes too long. Take a filter or a condition out, or ask for a shorter time."),
    500: gettext_lazy("Something went wrong on our side."),
    503: gettext_lazy("The database is starting again. Please try again in a few seconds."),
    507: gettext_lazy("The server's disk is full, so nothing was saved. Your administrator has to make room."),
}


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; nothing was saved half-way. 507 and 503 where the disk is full or the database away.

    Django calls it while the error is being handled, wherever it was raised.
    """
    fault = fault_of(sys.exc_info()[1])
    status, template = FAULTS[fault] if fault else (500, "errors/500.html")
    number = getattr(request, "number", "")
    answer: HttpResponse
    if request.path.startswith("/api/"):
        title = HTTPStatus(status).phrase
        body = {"type": "about:blank", "title": title, "status": status, "detail": str(PROBLEMS[status])}
        answer = JsonResponse({**body, "request_id": number}, status=status, content_type="application/problem+json")
    else:
        answer = render(request, template, {"number": number}, status=status)
    if fault is Fault.DATABASE_AWAY:
        answer.headers["Retry-After"] = "5"
    answer.fault = fault  # type: ignore[attr-defined]  # for core.serving
    return answer
