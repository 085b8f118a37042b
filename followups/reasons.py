"""Why a follow-up stands in the list: a stored code with its numbers, put into words in the reader's language.

A reason keeps dates, not counted days: what was "30 days ago" yesterday is 31 days ago today.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.models import ContactRules, Network
from customers.stages import reason_words
from followups.cadence import Pace
from followups.models import Occasion, PhaseWord
from ui import formatting

TIER_PLAN = (
    "TIER_PLAN"  # of plans made before the cadence table: every_days, basis: contact | order | created, since: date
)
NEXT_STEP = "NEXT_STEP"  # days
REVISIT = "REVISIT"  # days, first_order_on, order_on: the purchase they count from
FIRST_CONTACT = "FIRST_CONTACT"  # since: date, hours
CADENCE = "CADENCE"  # phase, pace, tier, from, to, days, unanswered, basis: contact | order | created, since: date
REVIEW = "REVIEW"  # of the list of the quarter: phase, pace, tier, unanswered, since, basis
OCCASION = "OCCASION"  # what, name: of a day of one's own, day
REVIVAL = "REVIVAL"  # until: date, why
WARNING = "WARNING"  # level, opened_on
CHECK_IN = "CHECK_IN"
INCOMING = "INCOMING"  # network, at: a moment
REPAIR = "REPAIR"  # number of the complaint, csat
CONTACT, ORDER, CREATED = "contact", "order", "created"  # what an interval counts from
LEFT = ("done", "skipped", "cancelled")  # or from the day on which somebody let the last follow-up go, by its state
# Beside the numbers of any of them: the day that the night moved it from, as it was no working day; the day it was
# planned for before something else changed, and what (BECAUSE); a day far away for which somebody planned more.
MOVED_FROM, WAS, BECAUSE, BESIDE = "moved_from", "was", "because", "beside"
DECIDES_ON = "decides_on"  # the day by which a prospect decides, where it pulled the date in
AWAY, WEEK = "away", "week"  # the last day on which its person is away, or WEEK: their own week had no work on its day
DEALT_OUT = "dealt_out"  # and the day on which it was due, where too much had become due to do it then
# The first day back after days off, on which more stood than a day takes: dealt out from it, or with a place on it.
CROWDED, CROWDED_STAYS = "crowded", "crowded_stays"
# And of those that are over: that a pause ended it, and what somebody who called it off said of it.
ENDED_BY_PAUSE, CALLED_OFF = "ended_by_pause", "called_off"
KEPT = "kept"  # a visit that was to be written up when something else was logged: its source before, and that entry
SHIPPED_HOURS = 24  # until the first contact: of those that were planned before their reason said how many
Numbers = Mapping[str, Any]
BETWEEN = " · "


def is_known(code: str) -> bool:
    """Whether there is a sentence for it."""
    return code in _SENTENCES


def describe(code: str, numbers: Numbers, *, last_contact_on: date | None, today: date, who: str = "") -> str:
    """The sentence of a reason; empty for follow-ups that people planned without one. `who` is to do it."""
    sentence = _SENTENCES.get(code)
    if sentence is None:
        return ""
    words = sentence(numbers, last_contact_on, today)
    moved, away = _date(numbers.get(MOVED_FROM)), _away(numbers, who)
    if moved and away:
        words = _("%(reason)s; moved from %(day)s") % {"reason": words, "day": formatting.day_short(moved)}
    elif moved:
        day = formatting.day_short(moved)
        words = _("%(reason)s; moved from %(day)s, no working day") % {"reason": words, "day": day}
    if back := _crowded(numbers):
        words = _("%(reason)s; %(crowded)s") % {"reason": words, "crowded": back}
    if late := _date(numbers.get(DEALT_OUT)):
        day = formatting.day_short(late)
        words = _("%(reason)s; due since %(day)s, dealt out over the coming days") % {"reason": words, "day": day}
    if was := _was(numbers):
        words = _("%(reason)s; %(was)s") % {"reason": words, "was": was}
    if away:
        words = _("%(reason)s; %(away)s") % {"reason": words, "away": away}
    if beside := _date(numbers.get(BESIDE)):
        day = formatting.day_short(beside)
        words = _("%(reason)s; another one is planned for %(day)s") % {"reason": words, "day": day}
    return words


def brief(code: str, numbers: Numbers, *, today: date) -> str:
    """The same for a row that says by itself when they were last contacted: "Need confirmation · interested"."""
    short = _SHORT.get(code)
    if short is not None:
        words = short(numbers, today)
    elif code in _SENTENCES:
        words = _SENTENCES[code](numbers, None, today)
    else:
        return ""
    parts = [words, _crowded(numbers), _late(numbers), _was(numbers), _away(numbers, "")]
    if beside := _date(numbers.get(BESIDE)):
        parts.append(_("another one on %(day)s") % {"day": formatting.day_short(beside)})
    return BETWEEN.join(part for part in parts if part)


def _crowded(numbers: Numbers) -> str:
    """That the first day back had no room; nothing where a person has chosen the day since."""
    back = _date(numbers.get(CROWDED))
    if back is None or numbers.get("chosen"):
        return ""
    return _("the first day back, %(day)s, is full") % {"day": formatting.day_short(back)}


def _late(numbers: Numbers) -> str:
    """That it was due before, and was dealt out over the days to come."""
    late = _date(numbers.get(DEALT_OUT))
    return _("due since %(day)s, dealt out") % {"day": formatting.day_short(late)} if late else ""


def _was(numbers: Numbers) -> str:
    """That a person chose the day, else where it stood before and what moved it."""
    if numbers.get("chosen"):
        return _("day chosen by hand")
    was = _date(numbers.get(WAS))
    if was is None:
        return ""
    why = str(_BECAUSE.get(numbers.get(BECAUSE, ""), _BECAUSE["table"]))
    return _("was %(day)s until %(why)s") % {"day": formatting.day_short(was), "why": why}


def _away(numbers: Numbers, who: str) -> str:
    """Why the day isn't the company's next one; nothing where a person has chosen it since."""
    away = numbers.get(AWAY)
    if not away or numbers.get("chosen"):
        return ""
    until = _date(away) if away != WEEK else None
    if until is None:
        return _("%(name)s has other working days") % {"name": who} if who else _("other working days")
    day = formatting.day_short(until)
    return (
        _("%(name)s is away until %(day)s") % {"name": who, "day": day}
        if who
        else _("away until %(day)s") % {"day": day}
    )


_BECAUSE = {
    "away": gettext_lazy("working hours or absences changed"),
    "stage": gettext_lazy("the stage changed"),
    "tier": gettext_lazy("the tier changed"),
    "class": gettext_lazy("how much or how often they buy changed"),
    "table": gettext_lazy("the default plan changed"),
    "rhythm": gettext_lazy("the customer's own plan changed"),
    "warning": gettext_lazy("a churn warning opened or closed"),
    "urgency": gettext_lazy("what they said of time and urgency"),
    "answer": gettext_lazy("the last answer"),
    "contact": gettext_lazy("they were contacted or bought again"),
    "calendar": gettext_lazy("the working days changed"),
    "quarter": gettext_lazy("the quarter ended"),
}


def _cadence(numbers: Numbers, last_contact_on: date | None, today: date) -> str:
    """ "Need confirmation, every 5–10 days: interested last time, so 5 days; last contacted 3 days ago"."""
    shortest, longest, days = (int(numbers.get(name) or 0) for name in ("from", "to", "days"))
    words = {"phase": capfirst(_phase(numbers)), "every": every_words(shortest, longest), "pace": _pace(numbers)}
    words["days"] = ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    if numbers.get("pace") == Pace.OWN:
        said = _("%(phase)s, own plan: %(every)s") % words
    elif words["pace"]:
        said = _("%(phase)s, %(every)s: %(pace)s, so %(days)s") % words
    else:
        said = _("%(phase)s, %(every)s") % words
    return _("%(said)s; %(since)s") % {"said": said, "since": _counted_from(numbers, today)}


def _cadence_short(numbers: Numbers, today: date) -> str:
    parts = [capfirst(_phase(numbers)), _pace(numbers)]
    if numbers.get("basis") != CONTACT or numbers.get("unanswered"):
        parts.append(_counted_from(numbers, today))
    return BETWEEN.join(part for part in parts if part)


def _review(numbers: Numbers, last_contact_on: date | None, today: date) -> str:
    """ "Long-term customer, to look through once a quarter; last contacted 3 days ago"."""
    said = _("%(phase)s, to look through once a quarter") % {"phase": capfirst(_phase(numbers))}
    return _("%(said)s; %(since)s") % {"said": said, "since": _counted_from(numbers, today)}


def _phase(numbers: Numbers) -> str:
    return str(_PHASES.get(numbers.get("phase", ""), ""))


def _pace(numbers: Numbers) -> str:
    """Why this place of the range; empty where there was nothing to choose."""
    pace, tries = numbers.get("pace", ""), int(numbers.get("unanswered") or 0)
    if decides_on := _date(numbers.get(DECIDES_ON)):
        return _("decides on %(day)s") % {"day": formatting.day_short(decides_on)}
    if pace == Pace.NO_ANSWER:
        return _("no answer %(n)s times") % {"n": tries} if tries > 1 else _("no answer last time")
    if pace not in (Pace.NO_RESPONSE, Pace.OWN, Pace.WARNED) and numbers.get("from") == numbers.get("to"):
        return ""
    return str(_PACES.get(pace, "")) % {"n": tries}


def every_words(shortest: int, longest: int) -> str:
    """ "every 5–10 days"."""
    if shortest == longest:
        return ngettext("every day", "every %(n)s days", longest) % {"n": longest}
    return _("every %(from)s–%(to)s days") % {"from": shortest, "to": longest}


def within_words(rules: ContactRules) -> str:
    """How soon new customers are contacted: "within 24 hours, by the clock"."""
    hours = rules.first_contact_hours
    return ngettext("within %(n)s hour, by the clock", "within %(n)s hours, by the clock", hours) % {"n": hours}


def _counted_from(numbers: Numbers, today: date) -> str:
    since = _date(numbers.get("since")) or today
    words = {
        CONTACT: _("last contacted %(ago)s"),
        ORDER: _("bought %(ago)s, not contacted since"),
        CREATED: _("never contacted, entered %(ago)s"),
        "done": _("done without a note %(ago)s"),
        "skipped": _("skipped %(ago)s"),
        "cancelled": _("called off %(ago)s"),
    }
    if numbers.get("basis") == CONTACT and numbers.get("unanswered"):
        return _("last tried %(ago)s") % {"ago": _ago(since, today)}
    return words.get(str(numbers.get("basis")), words[CONTACT]) % {"ago": _ago(since, today)}


def _occasion(numbers: Numbers, last_contact_on: date | None, today: date) -> str:
    day = _date(numbers.get("day"))
    what = str(numbers.get("name") or dict(Occasion.What.choices).get(numbers.get("what", ""), ""))
    if day is None:
        return capfirst(what)
    return _("%(what)s on %(day)s") % {"what": capfirst(what), "day": formatting.day_short(day)}


def _revival(numbers: Numbers, last_contact_on: date | None, today: date) -> str:
    until, why = _date(numbers.get("until")), reason_words(str(numbers.get("why") or ""))
    day = formatting.day_short(until) if until else ""
    if why:
        return _("Paused until %(day)s (%(why)s): take it up again") % {"day": day, "why": why}
    return _("Paused until %(day)s: take it up again") % {"day": day}


_PHASES = dict(PhaseWord.choices)
_PACES = {
    Pace.NO_RESPONSE: gettext_lazy("%(n)s tries without an answer"),
    Pace.OWN: gettext_lazy("own plan"),
    Pace.INTERESTED: gettext_lazy("interested last time"),
    Pace.NEEDS_TIME: gettext_lazy("wants time to decide"),
    Pace.DECLINED: gettext_lazy("declined last time"),
    Pace.WARNED: gettext_lazy("open churn warning"),
    Pace.URGENT: gettext_lazy("urgent, or wanted soon"),
    Pace.KEY: gettext_lazy("key follow-up"),
    Pace.REGULAR: gettext_lazy("regular follow-up"),
    Pace.ACTIVATION: gettext_lazy("activation"),
}


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
    first, again = _date(numbers.get("first_order_on")), _date(numbers.get("order_on"))
    sentence = _("Revisit on day %(n)s after the first order")
    if again is not None and again != first:
        sentence = _("Revisit on day %(n)s after an order that came late")
    sentence %= {"n": numbers.get("days")}
    bought = again or first
    if bought is None:
        return sentence
    return _("%(sentence)s (%(day)s)") % {"sentence": sentence, "day": formatting.day_short(bought)}


def _first_contact(numbers: Numbers, last_contact_on: date | None, today: date) -> str:
    since = _date(numbers.get("since"))
    words = {"n": int(numbers.get("hours") or SHIPPED_HOURS)}
    if since is None:
        return (
            ngettext(
                "New customer: first contact within %(n)s hour",
                "New customer: first contact within %(n)s hours",
                words["n"],
            )
            % words
        )
    return ngettext(
        "New since %(day)s: first contact within %(n)s hour",
        "New since %(day)s: first contact within %(n)s hours",
        words["n"],
    ) % {**words, "day": formatting.day_short(since)}


def _warning(numbers: Numbers, last_contact_on: date | None, today: date) -> str:
    since = _warning_short(numbers)
    if last_contact_on is None:
        return _("%(since)s; never contacted") % {"since": since}
    return _("%(since)s; last activity %(ago)s") % {"since": since, "ago": _ago(last_contact_on, today)}


def _warning_short(numbers: Numbers) -> str:
    level = _("Red churn warning") if numbers.get("level") == "red" else _("Yellow churn warning")
    opened = _date(numbers.get("opened_on"))
    if opened is None:
        return level
    return _("%(level)s since %(day)s") % {"level": level, "day": formatting.day_short(opened)}


def _repair(numbers: Numbers, last_contact_on: date | None, today: date) -> str:
    return _("Dissatisfied after complaint %(number)s (%(n)s of 5): make it good") % {
        "number": numbers.get("number"),
        "n": numbers.get("csat"),
    }


def _incoming(numbers: Numbers, last_contact_on: date | None, today: date) -> str:
    words = {"network": dict(Network.choices).get(numbers.get("network", ""), "")}
    at = numbers.get("at")
    if not isinstance(at, str):
        return _("They wrote by %(network)s: to be answered") % words
    words["when"] = formatting.moment(datetime.fromisoformat(at))
    return _("They wrote by %(network)s, %(when)s: to be answered") % words


def _check_in(numbers: Numbers, last_contact_on: date | None, today: date) -> str:
    return _("Signed in there; not written up yet")


_SENTENCES: dict[str, Callable[[Numbers, date | None, date], str]] = {
    CADENCE: _cadence,
    REVIEW: _review,
    OCCASION: _occasion,
    REVIVAL: _revival,
    TIER_PLAN: _tier_plan,
    NEXT_STEP: _next_step,
    REVISIT: _revisit,
    FIRST_CONTACT: _first_contact,
    WARNING: _warning,
    REPAIR: _repair,
    INCOMING: _incoming,
    CHECK_IN: _check_in,
}


# Where a row has room for less; the others say the same there.
_SHORT: dict[str, Callable[[Numbers, date], str]] = {
    CADENCE: _cadence_short,
    REVIEW: lambda numbers, today: capfirst(_phase(numbers)),
    NEXT_STEP: lambda numbers, today: _next_step(numbers, None, today),
    FIRST_CONTACT: lambda numbers, today: _first_contact({"hours": numbers.get("hours")}, None, today),
    WARNING: lambda numbers, today: _warning_short(numbers),
}


def _ago(then: date, today: date) -> str:
    return formatting.days_ago((today - then).days)


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None
