"""`/settings/ways/`: which ways to colleagues are set up, how they do, and a test message to oneself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts import services
from accounts.decorators import POST, READ, needs
from accounts.http import Request
from accounts.limits import LimitReachedError
from core import clock, outbox
from core.dispatcher import breaker_of
from core.models import MailChannel, OutboxMail
from core.sending import SendError
from ui.flow import act

Channel, State = OutboxMail.Channel, OutboxMail.State
SET_BY = {
    Channel.MAIL: "EMAIL_URL",
    Channel.WECOM: "WECOM_URL",
    Channel.DINGTALK: "DINGTALK_URL",
    Channel.GROUP: "WEBHOOK_URLS",
    Channel.SMS: "SMS_URL",
    Channel.PUSH: "",
}


@dataclass(frozen=True)
class Way:
    """One channel: whether it is set up, what goes by it, and what it last stumbled over."""

    code: str
    words: str | Promise
    variable: str
    on: bool
    counts: dict[str, int]
    breaker: MailChannel | None
    groups: tuple[str, ...] = ()

    @property
    def stumbles(self) -> bool:
        return bool(self.breaker and self.breaker.errors)


@needs("setting.view", READ)
def way_settings(request: Request) -> HttpResponse:
    """All ways; secrets stand in the environment alone, so nothing is entered here."""
    context = {
        "ways": _ways(),
        "may_test": request.user.can("setting.change"),
        "health": request.user.can("health.view"),
    }
    return render(request, "accounts/way_settings.html", context)


def _ways() -> list[Way]:
    since = clock.now() - timedelta(days=1)
    lately: dict[str, dict[str, int]] = {}
    rows = OutboxMail.objects.filter(
        Q(state__in=(State.DUE, State.SENDING, State.FAILED, State.UNKNOWN)) | Q(sent_at__gte=since)
    )
    counted: list[dict[str, Any]] = list(
        rows.order_by()
        .values("channel")
        .annotate(
            sent=Count("pk", filter=Q(state=State.SENT)),
            waiting=Count("pk", filter=Q(state__in=(State.DUE, State.SENDING), due_at__lte=clock.now())),
            failed=Count("pk", filter=Q(state__in=(State.FAILED, State.UNKNOWN))),
        )
    )
    for row in counted:
        lately[row.pop("channel")] = row
    breakers = MailChannel.objects.in_bulk()
    nothing = {"sent": 0, "waiting": 0, "failed": 0}
    return [
        Way(
            code=code,
            words=Channel(code).label,
            variable=SET_BY[Channel(code)],
            on=outbox.is_on(code),
            counts=lately.get(code, nothing),
            breaker=breakers.get(breaker_of(code)),
            groups=tuple(settings.WEBHOOK_URLS) if code == Channel.GROUP else (),
        )
        for code in Channel.values
    ]


@needs("setting.change", POST)
def way_test(request: Request, channel: str) -> HttpResponse:
    """Send oneself a message by one way, or one into a group, and say what came of it."""
    if channel not in SET_BY or channel == Channel.MAIL:
        raise Http404

    def send() -> None:
        try:
            services.way_test(channel=channel, to=request.user, group=request.POST.get("group", ""))
        except SendError as error:
            raise ValidationError(_("It didn't go out: %(why)s") % {"why": error}) from error

    return act(
        request,
        send,
        said=_("The test message was taken. Look whether it has arrived."),
        then=reverse("way_settings"),
        refused={services.NoWayError: "", LimitReachedError: ""},
    )
