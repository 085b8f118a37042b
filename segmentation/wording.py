"""Reason codes with their numbers put into the reader's words (docs/algorithms/churn.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock, company
from customers.models import CustomerFacts
from segmentation.models import ChurnCase
from ui import formatting

Numbers = Mapping[str, Any]
# Both name the days without a purchase.
TOLD_BY = {"LONG_SILENT": "SILENT_VS_CYCLE"}
# What a reason is called where one chooses by it.
NAMES = {
    "SILENT_VS_CYCLE": gettext_lazy("silent for longer than usual"),
    "DROP": gettext_lazy("chance of buying fell"),
    "LONG_SILENT": gettext_lazy("no purchase for long"),
    "FREQ_DOWN": gettext_lazy("buys less often"),
    "AMOUNT_DOWN": gettext_lazy("buys for less"),
    "NO_CONTACT": gettext_lazy("no activity for long"),
    "COMPLAINT": gettext_lazy("complaints"),
    "LOW_SCORE": gettext_lazy("low satisfaction"),
}


# What a silence is counted from: the night stores how long it was then, pages say how long it is now.
SILENT_SINCE = {"SILENT_VS_CYCLE": "last_order_on", "LONG_SILENT": "last_order_on", "NO_CONTACT": "last_contact_at"}


def reason_text(code: str, numbers: Numbers, facts: CustomerFacts | None = None) -> str:
    """One sentence for one reason; an unknown code shows itself rather than nothing.

    With the customer's facts, of an open case, a silence is counted until today, as everywhere on the page; one that
    has ended since is said to have ended.
    """
    if code not in _SENTENCES:
        return code
    then = getattr(facts, SILENT_SINCE.get(code, ""), None)
    if then is not None:
        silent = clock.days_since(then)
        if silent < numbers["silent"]:
            words = {"ago": formatting.days_ago(silent)}
            if code == "NO_CONTACT":
                return _("Contacted %(ago)s, after the night that warned") % words
            return _("Bought %(ago)s, after the night that warned") % words
        numbers = {**numbers, "silent": silent}
        if numbers.get("median"):
            numbers["ratio"] = silent / numbers["median"]
    return _SENTENCES[code](numbers)


def reason_texts(
    reasons: Iterable[tuple[str, Numbers]], facts: CustomerFacts | None = None, shown: int = 3
) -> list[str]:
    """The first reasons in words, in their fixed order. What a longer sentence says already isn't said again."""
    found = list(reasons)
    told = {code for code, _numbers in found}
    return [reason_text(code, numbers, facts) for code, numbers in found if TOLD_BY.get(code) not in told][:shown]


def case_texts(case: ChurnCase, shown: int = 3) -> list[str]:
    """The first reasons of a warning case; prefetch `reasons`."""
    facts = case.customer.facts if case.closed_at is None else None
    return reason_texts(((reason.code, reason.numbers) for reason in case.reasons.all()), facts, shown)


def _days(value: float) -> str:
    return formatting.number(value, 0 if float(value).is_integer() else 1)


def _silent_vs_cycle(numbers: Numbers) -> str:
    words = {
        "median": _days(numbers["median"]),
        "silent": numbers["silent"],
        "ratio": formatting.number(numbers["ratio"], 1),
    }
    return _("Usually buys every %(median)s days; silent for %(silent)s days (%(ratio)sx)") % words


def _drop(numbers: Numbers) -> str:
    words = {
        "horizon": numbers["horizon"],
        "before": formatting.percent(numbers["p_last"]),
        "now": formatting.percent(numbers["p_now"]),
    }
    return _("Chance of buying in %(horizon)s days fell from %(before)s to %(now)s") % words


def _long_silent(numbers: Numbers) -> str:
    return _("No purchase for %(silent)s days") % {"silent": numbers["silent"]}


def _freq_down(numbers: Numbers) -> str:
    words = {"now": numbers["now"], "before": numbers["before"]}
    return _("%(now)s purchases in the last half year, %(before)s in the half year before") % words


def _amount_down(numbers: Numbers) -> str:
    code = company.currency()
    words = {
        "now": formatting.money_round(numbers["now"], code),
        "before": formatting.money_round(numbers["before"], code),
    }
    return _("Bought for %(now)s in the last half year, for %(before)s in the half year before") % words


def _no_contact(numbers: Numbers) -> str:
    words = {"silent": numbers["silent"], "planned": numbers["planned"]}
    return _("No activity for %(silent)s days; planned was every %(planned)s days") % words


def _complaint(numbers: Numbers) -> str:
    if numbers["open"]:
        return _("%(n)s complaint is open") % {"n": numbers["open"]}
    return _("%(n)s complaints in half a year") % {"n": numbers["recent"]}


def _low_score(numbers: Numbers) -> str:
    return _("Last satisfaction answer: %(score)s of 5") % {"score": numbers["csat"]}


_SENTENCES: Mapping[str, Callable[[Numbers], str]] = {
    "SILENT_VS_CYCLE": _silent_vs_cycle,
    "DROP": _drop,
    "LONG_SILENT": _long_silent,
    "FREQ_DOWN": _freq_down,
    "AMOUNT_DOWN": _amount_down,
    "NO_CONTACT": _no_contact,
    "COMPLAINT": _complaint,
    "LOW_SCORE": _low_score,
}
