"""Messages that the plan sends by itself, for customers whose line of the cadence table says so.

The night prepares them on the day on which a person's follow-up would be due, and that follow-up is done with it: so
each customer gets at most one in its interval, and nobody finds it on Today. Whether they go at once or wait for a
manager's look the company decides. Consent is asked when they are prepared, and once more when they go.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.models import User
from core import clock, company, outbox
from core.models import OutboxMail
from core.outbox import TooLateError
from core.versions import save_version
from core.workcalendar import is_working, next_working_day
from customers.addresses import dead_address
from customers.consents.rule import wish_of
from customers.models import Customer
from followups import reasons
from followups.cadence_table.table import Line
from followups.locks import hold
from followups.messages.choosing import readers, template_by_itself
from followups.messages.models import Language, MessageChannel
from followups.messages.settings import marketing_asks, message_setting
from followups.messages.values import values_for
from followups.messages.variables import fill, missing
from followups.models import CadenceRule, FollowUp, Message, MessageSetting, Policy
from followups.reckoning import RECKONED_WITH, line_of, rhythm_of
from followups.services.follow_ups import hand_to_message
from followups.services.messages import (
    KIND,
    ChannelOffError,
    State,
    is_sent_from_here,
    message_mark,
    queue,
    wishes_check,
)

SLICE = 100
MOST_AT_ONCE = 2000
BY_ITSELF = (MessageChannel.EMAIL, MessageChannel.SMS)
Left = str  # why a customer was left out: a key of the night's counts
NO_TEMPLATE, NO_ADDRESS, REFUSED, NO_WORDS, DEAD = "no_template", "no_address", "refused", "no_words", "dead"


def automatic_prepare(business_date: date) -> Iterator[dict[str, Any]]:
    """The nightly job: prepare what is due by today, a slice in each transaction; repeatable."""
    counts: Counter[str] = Counter(prepared=0)
    setting, today = message_setting(), clock.business_date()
    asked = CadenceRule.objects.filter(policy=Policy.AUTOMATIC).exists()
    after = 0
    while asked and setting.automatic != MessageSetting.Automatic.OFF:
        due = list(_due(today).filter(pk__gt=after).values_list("pk", "customer_id")[:SLICE])
        if not due:
            break
        with transaction.atomic():
            hold(customer_id for _pk, customer_id in due)
            counts.update(_outcome(row, setting, today) for row in _still_due(today, [pk for pk, _customer in due]))
        after = due[-1][0]
        yield dict(counts)
    yield dict(counts)


def _due(today: date) -> QuerySet[FollowUp]:
    """Open follow-ups of the default plan whose day has come, which nobody has touched."""
    rows = FollowUp.objects.filter(
        state=FollowUp.State.OPEN,
        source=FollowUp.Source.CADENCE,
        reason_code=reasons.CADENCE,
        due_on__lte=today,
        updated_by=None,
        customer__deleted_at=None,
    ).exclude(reason__has_key="chosen")
    return rows.order_by("pk")


def _still_due(today: date, ids: list[int]) -> list[FollowUp]:
    """Those of these which are so still, now that nobody else plans for their customers: people may have moved some
    while the night waited."""
    rows = _due(today).filter(pk__in=ids)
    return list(rows.select_related("assignee", *(f"customer__{name}" for name in RECKONED_WITH)))


def _outcome(follow_up: FollowUp, setting: MessageSetting, today: date) -> str:
    """What was done: "prepared", why it was left out, or "by_hand" where a person is to contact the customer."""
    customer = follow_up.customer
    line = line_of(customer)
    if line is None or line.policy != Policy.AUTOMATIC or rhythm_of(customer) is not None or customer.owner is None:
        return "by_hand"
    made = _written(customer, customer.owner, line)
    if isinstance(made, Left):
        hand_to_message(follow_up, FollowUp.State.SKIPPED)
        return made
    direct = setting.automatic == MessageSetting.Automatic.DIRECT
    made.batch_on, made.state = today, State.WAITING if direct else State.HELD
    try:
        with transaction.atomic():
            made.save()
            if direct:
                queue(made)
    except (ValidationError, ChannelOffError):
        hand_to_message(follow_up, FollowUp.State.SKIPPED)
        return NO_ADDRESS
    hand_to_message(follow_up, FollowUp.State.DONE)
    return "prepared"


def _written(customer: Customer, owner: User, line: Line) -> Message | Left:
    """The message as the owner would write it, who signs it; or why there is none."""
    wanted = (line.method, line.other_method, *BY_ITSELF)
    channels = [one for one in wanted if one in BY_ITSELF and is_sent_from_here(one)]
    left = NO_ADDRESS
    for channel in dict.fromkeys(channels):
        reader = next(iter(readers(owner, customer, channel)), None)
        if reader is None:
            continue
        if channel == MessageChannel.EMAIL and dead_address(customer.pk, reader.address) is not None:
            left = DEAD
            continue
        template = template_by_itself(customer, channel, line.template)
        if template is None:
            left = NO_TEMPLATE
            continue
        language = Language.EN if owner.language == Language.EN else Language.ZH
        if wish_of(customer, reader.contact, channel, template.topic, marketing_asks=marketing_asks()).why:
            left = REFUSED
            continue
        known = values_for(owner, customer, reader.contact, language)
        subject, text = (fill(words, known) for words in template.words(language))
        if missing(f"{subject} {text}") or (channel == MessageChannel.EMAIL and not subject):
            left = NO_WORDS
            continue
        address = {"email": reader.address} if channel == MessageChannel.EMAIL else {"phone": reader.address}
        return Message(
            customer=customer,
            contact=reader.contact,
            channel=channel,
            topic=template.topic,
            language=language,
            template=template,
            template_version=template.version,
            to_name=reader.name,
            subject=" ".join(subject.split())[:200],
            text=text.strip(),
            user=owner,
            automatic=True,
            token=secrets.token_urlsafe(32),
            **address,
        )
    return left


# --- a manager's look ------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Released:
    """How many held messages are on their way now; how many stay held, as nothing goes by their channel."""

    gone: int
    stay: int


@transaction.atomic
def automatic_release(*, messages: QuerySet[Message], by: User) -> Released:
    """Let held messages go; who has refused meanwhile, or can't be reached, is left out."""
    gone = stay = 0
    for message in _locked(messages.filter(state=State.HELD)):
        try:
            wishes_check(message)
            queue(message)
        except ValidationError:
            message_mark(message, State.CANCELLED, by=by)
        except ChannelOffError:
            stay += 1
        else:
            message_mark(message, State.WAITING, by=by)
            gone += 1
    audit.record("message.release", by=by, messages=gone)
    return Released(gone, stay)


@transaction.atomic
def automatic_stop(*, messages: QuerySet[Message], by: User) -> int:
    """Call off what is held or waits; what is on its way just now goes. Returns how many won't be sent."""
    stopped = 0
    for message in _locked(messages.filter(state__in=[State.HELD, State.WAITING])):
        try:
            with transaction.atomic():
                outbox.mail_cancel(kind=KIND, source_id=message.pk)
        except TooLateError:
            continue
        message_mark(message, State.CANCELLED, by=by)
        stopped += 1
    audit.record("message.stop", by=by, messages=stopped)
    return stopped


def _locked(rows: QuerySet[Message]) -> list[Message]:
    found = rows.filter(automatic=True).select_related("customer", "contact").order_by("pk")
    return list(found.select_for_update(of=("self",))[:MOST_AT_ONCE])


# --- hours -----------------------------------------------------------------------------------------------------------
def mail_waits(mail: OutboxMail) -> datetime | None:
    """Until when a message by itself waits: for the company's hours of a working day. People's own go at once."""
    assert mail.source_id is not None
    if not Message.objects.filter(pk=mail.source_id, automatic=True).exists():
        return None
    setting, zone = message_setting(), company.zone()
    now = clock.now().astimezone(zone)
    if is_working(now.date()) and setting.send_from <= now.time() <= setting.send_until:
        return None
    early = now.time() < setting.send_from
    day = next_working_day(now.date() if early else now.date() + timedelta(days=1))
    return clock.at_local(day, setting.send_from, zone)


# --- the company's choice --------------------------------------------------------------------------------------------
def message_setting_row() -> MessageSetting:
    """The one row, which is there from the first time that somebody wants to change it."""
    return MessageSetting.objects.get_or_create(pk=1)[0]


@transaction.atomic
def message_setting_change(*, row: MessageSetting, changes: dict[str, Any], version: int, by: User) -> None:
    """Write over the version that was read; StaleVersionError over a newer one."""
    save_version(row, changes, version=version, by=by)
    audit.record("message_setting.change", by=by, on=row, fields=sorted(changes))
