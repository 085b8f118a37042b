"""Sign-in throttling: what counts as one account, and the answer while it is throttled.

django-axes counts failures by the pair account + address, so that a stranger elsewhere can't lock anybody out; the
wait is one minute and isn't prolonged by further attempts, so that one at the same address can't either.
"""

import math
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.phones import normal_mobile
from core import clock


def account_key(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The same key for all spellings of one account."""
    name = str((credentials or {}).get("username") or request.POST.get("username") or "").strip().lower()[:254]
    return name if "@" in name else normal_mobile(name) or name


def locked_out(request: HttpRequest, response: Any = None, credentials: Any = None) -> HttpResponse:
    """The same answer whether or not the account exists: try again in n seconds."""
    seconds = _seconds_left(account_key(request, credentials), request.META.get("REMOTE_ADDR", ""))
    text = _("Too many attempts. Please try again in %(seconds)s seconds.") % {"seconds": seconds}
    context = {"seconds": seconds, "text": text, "next": request.POST.get("next", "")}
    answer = render(request, "accounts/throttled.html", context, status=429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _seconds_left(account: str, address: str) -> int:
    last = AccessAttempt.objects.filter(username=account, ip_address=address).order_by("-attempt_time").first()
    whole = settings.AXES_COOLOFF_TIME.total_seconds()
    passed = (clock.now() - last.attempt_time).total_seconds() if last else 0
    return max(1, math.ceil(whole - passed))
