"""Why a follow-up stands in the list: a stored code with its numbers, put into words in the reader's language.

A reason keeps dates, not counted days: what was "30 days ago" yesterday is 31 days ago today.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ui import formatting

TIER_PLAN = "TIER_PLAN"  # every_days, basis: contact | order | created, since: date
NEXT_STEP = "NEXT_STEP"  # days
REVISIT = "REVISIT"  # days, first_order_on
FIRST_CONTACT = "FIRST_CONTACT"  # since: date
WARNING = "WARNING"  # level, opened_on
REPAIR = "REPAIR"  # number of the complaint, csat
MOVED_FROM = "moved_from"  # beside the numbers of any of them: the day that the night moved it from
Numbers = Mapping[str, Any]


def describe(code: str, numbers: Numbers, *, last_contact_on: date | None, today: date) -> str:
    """The sentence of a reason; empty for follow-ups whose purpose a person typed."""
    sentence = _SENTENCES.get(code)
    if sentence is None:
        return ""
    words, moved = sentence(numbers, last_contact_on, today), _date(numbers.get(MOVED_FROM))
    if moved is None:
        return words
    return _("%(reason)s; moved from %(day)s, no working day") % {"reason": words, "day": formatting.day_short(moved)}


def _tier_plan(numbers: Numbers, last_contact_on: date | None, today: date) -> str:
    apart = int(numbers.get("every_days") or 0)
    every = ngettext("Plan: every day", "Plan: every %(n)s days", apart) % {"n": apart}
    if last_contact_on is not None:
        return _("%(every)s; last activity %(ago)s") % {"every": every, "ago": _ago(last_contact_on, today)}
    since = _date(numbers.get("since"))
    if since is None:
        return every
    ago = _ago(since, today)
    if numbers.get("basis") == "order":
        return _("%(every)s; never contacted, first order %(ago)s") % {"every": every, "ago": ago}
    return _("%(every)s; never contacted, entered %(ago)s") % {"every": every, "ago": ago}


def _next_step(numbers: Numbers, last_contact_on: date | None, today: date) -> str:
    days = int(numbers.get("days") or 0)
    if last_contact_on is None:
        return ngettext("Agreed: again after %(n)s day", "Agreed: again after %(n)s days", days) % {"n": days}
    words = {"n": days, "ago": _ago(last_contact_on, today)}
    return (
        ngettext(
            "Agreed: again after %(n)s day; last activity %(ago)s",
            "Agreed: again after %(n)s days; last activity %(ago)s",
            days,
        )
        % words
    )


def _revisit(numbers: Numbers, last_contact_on: date | None, today: date) -> str:
    first = _date(numbers.get("first_order_on"))
    sentence = _("Revisit on day %(n)s after the first order") % {"n": numbers.get("days")}
    if first is None:
        return sentence
    return _("%(sentence)s (%(day)s)") % {"sentence": sentence, "day": formatting.day_short(first)}


def _first_contact(numbers: Numbers, last_contact_on: date | None, today: date) -> str:
    since = _date(numbers.get("since"))
    if since is None:
        return _("New customer: first contact by the next working day")
    return _("New since %(day)s: first contact by the next working day") % {"day": formatting.day_short(since)}


def _warning(numbers: Numbers, last_contact_on: date | None, today: date) -> str:
    level = _("Red churn warning") if numbers.get("level") == "red" else _("Yellow churn warning")
    opened = _date(numbers.get("opened_on"))
    if opened is None:
        return level
    since = _("%(level)s since %(day)s") % {"level": level, "day": formatting.day_short(opened)}
    if last_contact_on is None:
        return _("%(since)s; never contacted") % {"since": since}
    return _("%(since)s; last activity %(ago)s") % {"since": since, "ago": _ago(last_contact_on, today)}


def _repair(numbers: Numbers, last_contact_on: date | None, today: date) -> str:
    return _("Dissatisfied after complaint %(number)s (%(n)s of 5): make it good") % {
        "number": numbers.get("number"),
        "n": numbers.get("csat"),
    }


_SENTENCES: dict[str, Callable[[Numbers, date | None, date], str]] = {
    TIER_PLAN: _tier_plan,
    NEXT_STEP: _next_step,
    REVISIT: _revisit,
    FIRST_CONTACT: _first_contact,
    WARNING: _warning,
    REPAIR: _repair,
}


def _ago(then: date, today: date) -> str:
    return formatting.days_ago((today - then).days)


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None
