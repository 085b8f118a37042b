"""What notices of this app say: each its reason, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from core.contributions import NoticeKind
from customers.models import InteractionKind
from followups.models import FollowUp, Notice
from segmentation.wording import reason_text
from ui import formatting

Numbers = Mapping[str, Any]


def _day(numbers: Numbers) -> str:
    due, overdue = int(numbers.get("due") or 0), int(numbers.get("overdue") or 0)
    title = ngettext("%(n)s follow-up today", "%(n)s follow-ups today", due) % {"n": due}
    return f"{title} · {_('%(n)s overdue') % {'n': overdue}}" if overdue else title


def _warning(numbers: Numbers) -> str:
    title = _("Red churn warning") if numbers.get("level") == "red" else _("Yellow churn warning")
    reasons = [reason_text(code, told) for code, told in numbers.get("reasons") or ()]
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
    words = {"by": numbers["by_name"], "method": method, "when": _planned(numbers)}
    what = numbers.get("what")
    if what == "given":
        return _("%(by)s gave you a follow-up: %(when)s, %(method)s") % words
    if what == "moved":
        return _("%(by)s moved your follow-up to %(when)s, %(method)s") % words
    return _("%(by)s planned a follow-up for you: %(when)s, %(method)s") % words


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
    return _("%(method)s not written up yet: the 24 hours end %(when)s") % words


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
        permission="follow_up.view",
    ),
    NoticeKind(
        Notice.Kind.VISIT,
        gettext_lazy("Visits to write up"),
        _visit,
        order=25,
        rows=lambda user: FollowUp.objects.for_user(user, own=True, by="assignee").filter(
            state=FollowUp.State.OPEN, customer__deleted_at=None
        ),
        permission="interaction.add",
    ),
    NoticeKind(
        Notice.Kind.BACK,
        gettext_lazy("Follow-ups that you put off until later in the day"),
        _back,
        order=22,
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
    NoticeKind(Notice.Kind.WARNING, gettext_lazy("Churn warnings"), _warning, order=80, permission="warning.change"),
)
