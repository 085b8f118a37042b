"""By which ways a person is reached outside of the app, and when nothing is to leave for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from core import clock, outbox
from core.company import company
from core.contributions import registry
from core.models import OutboxMail

Channel = OutboxMail.Channel
IM, SMS, PUSH, GROUP = "im", "sms", "push", "group"
# What a person may wish for a kind of notice, beside mail. A group chat belongs to no person.
WAYS: dict[str, str | Promise] = {
    IM: _("WeCom or DingTalk"),
    SMS: _("text message"),
    PUSH: _("devices"),
}
DIGEST_AT = time(8, 30)
# A notice that is being told while the morning comes goes with the next morning's message.
LATE = timedelta(minutes=5)


CHANNELS = {IM: (Channel.WECOM, Channel.DINGTALK), SMS: (Channel.SMS,), PUSH: (Channel.PUSH,), GROUP: (Channel.GROUP,)}


def is_on(way: str) -> bool:
    """Whether this installation sends that way."""
    return any(outbox.is_on(channel) for channel in CHANNELS[way])


def ways_on() -> list[str]:
    """The ways that people of this installation may choose."""
    return [way for way in WAYS if is_on(way)]


def addresses(user: User, way: str) -> list[tuple[str, str]]:
    """(channel, recipient) of a person by one way: none, one, or one for each device."""
    if way == PUSH:
        return [(Channel.PUSH, str(pk)) for pk in user.push_devices.order_by("pk").values_list("pk", flat=True)]
    named = {
        IM: ((Channel.WECOM, user.wecom_id), (Channel.DINGTALK, user.dingtalk_id)),
        SMS: ((Channel.SMS, user.mobile or ""),),
        GROUP: ((Channel.GROUP, group_of(user)),),
    }[way]
    found = [(str(channel.value), address) for channel, address in named if address and outbox.is_on(channel)]
    return found[:1]


def wished(user: User, kind: str) -> Iterator[tuple[str, str]]:
    """(channel, recipient) of all ways by which this person wants notices of a kind, mail among them."""
    if user.wants_mail(kind):
        yield Channel.MAIL, user.email or ""
    for way in user.notice_ways.get(kind, ()):
        yield from addresses(user, way)


def still_wished(user: User, kind: str, channel: str, address: str) -> bool:
    """Whether that is still one of them: asked when a message goes."""
    return (channel, address) in set(wished(user, kind))


def key_of(channel: str, address: str) -> str:
    """What tells the messages of one notice apart; mail, which was there first, has none."""
    return "" if channel == Channel.MAIL else f":{channel}:{address}"


def group_of(user: User) -> str:
    """The group chat of the person's team, else that of the nearest team above it; "" where none has one."""
    if user.team is None:
        return ""
    above = [int(pk) for pk in user.team.path.split("/") if pk] or [user.team.pk]
    named = Team.objects.filter(pk__in=above).exclude(group="").order_by("-path").values_list("group", flat=True)
    return named.first() or ""


# --- when ------------------------------------------------------------------------------------------------------------
def quiet_hours(user: User) -> tuple[time, time] | None:
    """From when until when nothing leaves for this person, by their own clock; the end may lie on the next day."""
    if user.quiet == User.Quiet.NONE:
        return None
    of = user if user.quiet == User.Quiet.OWN else company()
    begin, end = of.quiet_from, of.quiet_until
    return None if begin is None or end is None or begin == end else (begin, end)


def quiet_until(user: User, moment: datetime) -> datetime | None:
    """The end of the quiet hours that `moment` lies in; None outside of them."""
    hours = quiet_hours(user)
    if hours is None:
        return None
    begin, end = hours
    zone = clock.user_zone(user)
    local = moment.astimezone(zone)
    over_night = begin > end
    inside = (local.time() >= begin or local.time() < end) if over_night else begin <= local.time() < end
    if not inside:
        return None
    day = local.date() + timedelta(days=1) if over_night and local.time() >= begin else local.date()
    return clock.at_local(day, end, zone)


def digest_day(user: User, moment: datetime) -> date:
    """The morning whose one message tells of what is new at `moment`."""
    zone = clock.user_zone(user)
    day = moment.astimezone(zone).date()
    return day if moment + LATE < digest_at(user, day) else day + timedelta(days=1)


def digest_at(user: User, day: date) -> datetime:
    """When that message goes."""
    return clock.at_local(day, DIGEST_AT, clock.user_zone(user))


def waits_for_morning(user: User, kind: str) -> bool:
    """Whether notices of this kind go with the morning's one message."""
    told = registry().notice_kinds[kind]
    return user.digest and not told.prompt and not told.own_minute
