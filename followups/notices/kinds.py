"""What notices of this app say: each its reason, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from core.contributions import NoticeKind
from customers.models import InteractionKind, Network
from followups.models import Escalation, FollowUp, Incoming, Message, Notice
from segmentation.wording import reason_texts
from ui import formatting

Numbers = Mapping[str, Any]


def _day(numbers: Numbers) -> str:
    due, overdue = int(numbers.get("due") or 0), int(numbers.get("overdue") or 0)
    title = ngettext("%(n)s follow-up today", "%(n)s follow-ups today", due) % {"n": due}
    return f"{title} · {_('%(n)s overdue') % {'n': overdue}}" if overdue else title


def _warning(numbers: Numbers) -> str:
    title = _("Red churn warning") if numbers.get("level") == "red" else _("Yellow churn warning")
    return _with_reasons(title, numbers)


def _with_reasons(title: str, numbers: Numbers) -> str:
    """With those of the churn warning that it is about, if it is about one."""
    reasons = reason_texts(numbers.get("reasons") or ())
    if not reasons:
        return title
    return _("%(title)s: %(reasons)s") % {"title": title, "reasons": pgettext("between reasons", "; ").join(reasons)}


def _assigned(numbers: Numbers) -> str:
    count = int(numbers.get("customers") or numbers.get("follow_ups") or 1)
    words = {"n": count, "by": numbers.get("by_name", ""), "name": numbers.get("left", "")}
    if "follow_ups" in numbers:
        text = ngettext(
            "%(name)s left: %(by)s gave you %(n)s follow-up", "%(name)s left: %(by)s gave you %(n)s follow-ups", count
        )
    elif "left" in numbers:
        text = ngettext("%(name)s left: %(n)s customer waits", "%(name)s left: %(n)s customers wait", count)
    elif "shared" in numbers:
        text = _("%(by)s shared this customer with you: you may read, log and change")
    elif "by_name" in numbers:
        text = ngettext("%(by)s handed %(n)s customer over to you", "%(by)s handed %(n)s customers over to you", count)
    else:
        text = ngettext("%(n)s customer was assigned to you", "%(n)s customers were assigned to you", count)
    return text % words


def _taken(numbers: Numbers) -> str:
    words = {
        "by": numbers["by_name"],
        "to": numbers.get("to"),
        "n": numbers.get("customers"),
        "when": _planned(numbers),
    }
    if "customers" not in numbers:
        if numbers.get("to"):
            return _("%(by)s gave your follow-up of %(when)s to %(to)s") % words
        return _("%(by)s called off your follow-up of %(when)s") % words
    if numbers.get("to"):
        text = ngettext(
            "%(by)s handed %(n)s customer of yours over to %(to)s",
            "%(by)s handed %(n)s customers of yours over to %(to)s",
            numbers["customers"],
        )
    else:
        text = ngettext(
            "%(by)s put %(n)s customer of yours into the pool",
            "%(by)s put %(n)s customers of yours into the pool",
            numbers["customers"],
        )
    return text % words


def _follow_up(numbers: Numbers) -> str:
    if numbers.get("what") == "together":
        count = numbers["n"]
        text = ngettext("%(by)s moved %(n)s follow-up of yours", "%(by)s moved %(n)s follow-ups of yours", count)
        return text % {"by": numbers["by_name"], "n": count}
    method = dict(InteractionKind.choices).get(numbers["method"], "")
    words = {"by": numbers["by_name"], "method": method, "when": _planned(numbers), "n": numbers.get("n")}
    what = numbers.get("what")
    if what == "planned_together":
        title = ngettext(
            "%(by)s planned %(n)s follow-up for you: %(when)s, %(method)s",
            "%(by)s planned %(n)s follow-ups for you: %(when)s, %(method)s",
            numbers["n"],
        )
        return title % words
    if what == "given":
        title = _("%(by)s gave you a follow-up: %(when)s, %(method)s") % words
    elif what == "moved":
        title = _("%(by)s moved your follow-up to %(when)s, %(method)s") % words
    else:
        title = _("%(by)s planned a follow-up for you: %(when)s, %(method)s") % words
    return _with_reasons(title, numbers)


def _planned(numbers: Numbers) -> str:
    if "day" not in numbers:
        return ""
    at = numbers.get("time")
    return formatting.planned(date.fromisoformat(numbers["day"]), time.fromisoformat(at) if at else None)


def _back(numbers: Numbers) -> str:
    method = dict(InteractionKind.choices).get(numbers["method"], "")
    return _("%(method)s: you put it off until now") % {"method": capfirst(str(method))}


def _visit(numbers: Numbers) -> str:
    method = dict(InteractionKind.choices).get(numbers["method"], "")
    ends = datetime.fromisoformat(numbers["ends"])
    words = {"method": capfirst(str(method)), "when": formatting.moment(ends)}
    return _("%(method)s not written up yet: the time for it ends %(when)s") % words


def _message(numbers: Numbers) -> str:
    if numbers["state"] == Message.State.FAILED:
        return _("Your mail was refused: look at the address")
    if numbers["state"] == Message.State.BOUNCED:
        if numbers.get("dead"):
            return _("A mail came back: the address doesn't work")
        return _("A mail came back: their server didn't take it")
    return _("Nobody knows whether your mail arrived: decide what to do")


def _incoming(numbers: Numbers) -> str:
    count = int(numbers.get("n", 1))
    words = {"network": dict(Network.choices).get(numbers["network"], ""), "n": count}
    if numbers.get("refusal"):
        return _("They want no more messages: %(network)s") % words
    if count > 1:
        text = ngettext("%(n)s message came in", "%(n)s messages came in, the last by %(network)s", count)
        return text % words
    if numbers.get("kind") == Incoming.Kind.COMMENT:
        return _("They commented: %(network)s") % words
    if numbers.get("kind") == Incoming.Kind.SHARE:
        return _("They shared something of yours: %(network)s") % words
    return _("They wrote: %(network)s") % words


def _late(numbers: Numbers) -> str:
    words = {name: numbers[name] for name in ("name", "n", "days")}
    if numbers["step"] == Escalation.Step.PROPOSAL:
        text = ngettext(
            "%(name)s: %(n)s follow-up overdue for %(days)s working days; somebody else is proposed",
            "%(name)s: %(n)s follow-ups overdue for %(days)s working days; others are proposed",
            words["n"],
        )
    else:
        text = ngettext(
            "%(name)s: %(n)s follow-up overdue for %(days)s working days",
            "%(name)s: %(n)s follow-ups overdue for %(days)s working days",
            words["n"],
        )
    return text % words


def _appointment(numbers: Numbers) -> str:
    words = {"guest": numbers["guest"], "when": formatting.moment(datetime.fromisoformat(numbers["at"]))}
    if numbers["answer"] == "other":
        words["proposed"] = formatting.moment(datetime.fromisoformat(numbers["proposed"]))
        return _("%(guest)s wishes another time than %(when)s: %(proposed)s") % words
    if numbers["answer"] == "yes":
        return _("%(guest)s comes on %(when)s") % words
    return _("%(guest)s can't come on %(when)s") % words


NOTICE_KINDS = (
    NoticeKind(
        Notice.Kind.REMINDER,
        gettext_lazy("Reminders"),
        lambda numbers: _("Reminder"),
        order=10,
        always=True,
        permission="reminder.add",
    ),
    NoticeKind(
        Notice.Kind.DAY,
        gettext_lazy("Follow-ups of the day, in the morning"),
        _day,
        order=20,
        prompt=True,
        permission="follow_up.view",
    ),
    NoticeKind(
        Notice.Kind.VISIT,
        gettext_lazy("Visits to write up"),
        _visit,
        order=25,
        prompt=True,
        rows=lambda user: FollowUp.objects.for_user(user, own=True, by="assignee").filter(
            state=FollowUp.State.OPEN, customer__deleted_at=None
        ),
        permission="interaction.add",
    ),
    NoticeKind(
        Notice.Kind.APPOINTMENT,
        gettext_lazy("Answers to your invitations"),
        _appointment,
        order=27,
        permission="follow_up.change",
    ),
    NoticeKind(
        Notice.Kind.BACK,
        gettext_lazy("Follow-ups that you put off until later in the day"),
        _back,
        order=22,
        own_minute=True,
        prompt=True,
        always=True,
        rows=lambda user: FollowUp.objects.for_user(user, own=True, by="assignee").filter(
            state=FollowUp.State.OPEN, snoozed_until__isnull=False, customer__deleted_at=None
        ),
        permission="follow_up.change",
    ),
    NoticeKind(
        Notice.Kind.FOLLOW_UP,
        gettext_lazy("Follow-ups that others plan for you"),
        _follow_up,
        order=30,
        rows=lambda user: FollowUp.objects.for_user(user, own=True, by="assignee").filter(customer__deleted_at=None),
        permission="follow_up.change",
    ),
    NoticeKind(
        Notice.Kind.MESSAGE,
        gettext_lazy("Messages that didn't go"),
        _message,
        order=35,
        permission="message.add",
    ),
    NoticeKind(
        Notice.Kind.INCOMING,
        gettext_lazy("Messages from your customers"),
        _incoming,
        order=33,
        prompt=True,
        permission="incoming.view",
    ),
    NoticeKind(
        Notice.Kind.ASSIGNED,
        gettext_lazy("Customers that come to you"),
        _assigned,
        order=40,
        permission="customer.change",
    ),
    NoticeKind(
        Notice.Kind.TAKEN,
        gettext_lazy("Customers and follow-ups that others take from you"),
        _taken,
        order=50,
        stays=True,
        always=True,
        permission="customer.change",
    ),
    NoticeKind(
        Notice.Kind.LATE,
        gettext_lazy("Follow-ups of colleagues that lie too long"),
        _late,
        order=75,
        permission="customer.assign",
    ),
    NoticeKind(Notice.Kind.WARNING, gettext_lazy("Churn warnings"), _warning, order=80, permission="warning.change"),
)
