"""A person's calendar for other programs: its page in the profile, and the file behind the secret address."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.authentication import digest_of
from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from accounts.throttle import Bucket, TooManyAttemptsError, network_of, take
from followups import services
from followups.calendar.feed import feed_of
from followups.models import CalendarFeed
from ui.flow import act

UNSEEN = {"X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}
NEW_SECRET = "calendar-secret"  # noqa: S105 - the session key that holds it until it was shown
FETCHES = Bucket(30, timedelta(minutes=1))  # of one feed
STRANGERS = Bucket(20, timedelta(seconds=30))  # of one network, with addresses that nobody has


@needs("follow_up.view", FORM)
def calendar_feed_page(request: Request) -> HttpResponse:
    """One's own calendar for other programs: make an address, which is shown once, renew it, end it."""
    if request.method == "POST":
        request.session[NEW_SECRET] = services.calendar_feed_make(user=request.user)
        return redirect("calendar_feed_page")
    secret = request.session.pop(NEW_SECRET, "")
    url = request.build_absolute_uri(reverse("calendar_feed", args=[secret])) if secret else ""
    feed = CalendarFeed.objects.filter(user=request.user).first()
    return render(request, "followups/calendar/feed.html", {"feed": feed, "feed_url": url})


@needs("follow_up.view", POST)
def calendar_feed_end(request: Request) -> HttpResponse:
    """The address answers nobody any more."""
    return act(
        request,
        partial(services.calendar_feed_end, user=request.user),
        said=_("The calendar address has ended."),
        then=reverse("calendar_feed_page"),
    )


@require_http_methods(READ)
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The file behind the secret address: what its owner may see now; nothing for who was switched off."""
    digest = digest_of(secret)
    feed = CalendarFeed.objects.select_related("user__role").filter(digest=digest, user__is_active=True).first()
    buckets = {f"feed:{digest}": FETCHES} if feed else {f"feeds:{network_of(request)}": STRANGERS}
    try:
        take(buckets)
    except TooManyAttemptsError as refused:
        return HttpResponse(status=429, headers={"Retry-After": str(refused.seconds)})
    if feed is None or not feed.user.can("follow_up.view"):
        return HttpResponse(status=404, headers=UNSEEN)
    content = feed_of(feed.user, request.build_absolute_uri)
    services.calendar_feed_used(feed=feed)
    headers = UNSEEN | {"ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"', "Cache-Control": "private, no-cache"}
    if headers["ETag"] in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)
