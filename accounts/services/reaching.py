"""What a person sets about how they are reached: ways by kind of notice, quiet hours, accounts, devices; and tests."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit, limits, reaching
from accounts.models import User
from core import clock, outbound, outbox
from core.gateways import webpush
from core.gateways.base import Message
from core.models import OutboxMail, PushDevice

MOST_DEVICES = 10
WAY_TESTS = limits.Limit(
    audit_act="way.test",
    most=20,
    within=timedelta(days=1),
    text=gettext_lazy("You have sent %(n)s test messages within a day. Try again after %(when)s."),
)


@transaction.atomic
def push_device_add(*, user: User, endpoint: str, public_key: str, auth: str, name: str) -> PushDevice:
    """Show notices of `user` on a browser from now on; ValidationError for what no browser sends.

    A browser has one subscription: it follows who signed in there last. The oldest devices beyond ten are forgotten.
    """
    try:
        outbound.target_of(endpoint, allow=settings.PUSH_ALLOW)
        webpush.check_keys(public_key, auth)
    except outbound.RefusedTargetError as error:
        text = _("This browser named a push service that isn't on the public internet. Use another browser.")
        raise ValidationError(text) from error
    except ValueError as error:
        raise ValidationError(_("This browser sent keys that can't be used. Try again, or use another one.")) from error
    values = {"user": user, "public_key": public_key, "auth": auth, "name": name[:80]}
    device, _made = PushDevice.objects.update_or_create(endpoint=endpoint, defaults=values)
    kept = user.push_devices.order_by("-created_at", "-pk").values("pk")[:MOST_DEVICES]
    user.push_devices.exclude(pk__in=kept).delete()
    audit.record("push_device.add", by=user, on=user)
    return device


@transaction.atomic
def push_device_remove(*, device: PushDevice, by: User) -> None:
    """No more notices there."""
    device.delete()
    audit.record("push_device.remove", by=by, on=by)


class NoWayError(Exception):
    """There is nobody to send the test to; the text says why."""


def way_test(*, channel: str, to: User, group: str = "") -> None:
    """Send one message at once, past the outbox, so that the other side's answer can be shown: to oneself, or into the
    group of that name.

    NoWayError or LimitReachedError before anything is sent, SendError with the answer. Not in a transaction: the other
    side may take its time.
    """
    gateway = outbox.gateway_of(channel)
    if gateway is None:
        raise NoWayError(_("This installation doesn't send that way. Choose another one."))
    way = next(way for way, of_way in reaching.CHANNELS.items() if channel in of_way)
    if group:
        addresses = [group] if group in settings.WEBHOOK_URLS else []
    else:
        own: dict[str, str] = {OutboxMail.Channel.WECOM: to.wecom_id, OutboxMail.Channel.DINGTALK: to.dingtalk_id}
        found = [own[channel]] if channel in own else [one for _channel, one in reaching.addresses(to, way)]
        addresses = [one for one in found if one]
    if not addresses:
        raise NoWayError(_("Your profile names no account, number or device for it. Enter one there first."))
    limits.count(WAY_TESTS, by=to, on=to)
    with translation.override(to.language or settings.LANGUAGE_CODE):
        title, text = _("Test message of Keben"), _("It shows that messages reach you this way.")
    for n, address in enumerate(addresses):
        key = f"test.{clock.now():%Y%m%d%H%M%S%f}.{n}"
        gateway.send(Message(to=address, title=title, text=text, key=key, link=settings.BASE_URL))
