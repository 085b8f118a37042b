"""Reason codes with their numbers put into the reader's words (docs/algorithms/churn.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import clock, company
from customers.models import CustomerFacts
from segmentation.models import ChurnCase
from segmentation.selectors import days_that_count
from ui import formatting

Numbers = Mapping[str, Any]


# --- the days that count ---------------------------------------------------------------------------------------------
def days_counted() -> str:
    """ "365 days": in which the rated amount of a customer was bought."""
    return _("%(days)s days") % {"days": formatting.number(days_that_count())}


def sales_counted() -> str:
    """What the rated amount is, in full."""
    return _("Sales in %(days)s days") % {"days": formatting.number(days_that_count())}


# As heads of columns, looked up whenever one is drawn.
DAYS_COUNTED, SALES_COUNTED = lazy(days_counted, str)(), lazy(sales_counted, str)()

# --- reasons ---------------------------------------------------------------------------------------------------------
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


# What a purchase since the night makes untrue, whatever its numbers were.
OF_PURCHASES = frozenset({"SILENT_VS_CYCLE", "DROP", "LONG_SILENT", "FREQ_DOWN", "AMOUNT_DOWN"})
# What ends a silence: the night stores since when it lasts, pages say for how long.
SILENT_SINCE = {"SILENT_VS_CYCLE": "last_order_on", "LONG_SILENT": "last_order_on", "NO_CONTACT": "last_contact_at"}


def counted(numbers: Numbers, until: date) -> Numbers:
    """With the days of a silence up to a day, and how many usual intervals they are, where a silence is the reason."""
    if "since" not in numbers:
        return numbers
    silent = (until - date.fromisoformat(numbers["since"])).days
    ratio = {"ratio": silent / numbers["median"]} if numbers.get("median") else {}
    return {**numbers, "silent": silent, **ratio}


def reason_text(code: str, numbers: Numbers, facts: CustomerFacts | None = None, closed_on: date | None = None) -> str:
    """One sentence for one reason; an unknown code shows itself rather than nothing.

    A silence is counted until today, as everywhere on the page, of a closed case until that day. With the customer's
    facts, of an open case, one that has ended since is said to have ended.
    """
    if code not in _SENTENCES:
        return code
    numbers = counted(numbers, closed_on or clock.business_date())
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
    reasons: Iterable[tuple[str, Numbers]],
    facts: CustomerFacts | None = None,
    shown: int = 3,
    closed_on: date | None = None,
) -> list[str]:
    """The first reasons in words, in their fixed order. What a longer sentence says already isn't said again.

    Whoever has bought since is said to have bought, in place of all that the night said about purchases.
    """
    found = list(reasons)
    if facts is not None and facts.rated_tonight and facts.last_order_on is not None:
        left = [(code, numbers) for code, numbers in found if code not in OF_PURCHASES]
        words = {"ago": formatting.days_ago(clock.days_since(facts.last_order_on))}
        bought = _("Bought %(ago)s, after the night that warned; rated tonight") % words
        return [bought, *(reason_text(code, numbers, facts) for code, numbers in left)][:shown]
    told = dict(found)
    new = ((code, numbers) for code, numbers in found if not _said_already(code, numbers, told))
    return [reason_text(code, numbers, facts, closed_on) for code, numbers in new][:shown]


def _said_already(code: str, numbers: Numbers, told: Mapping[str, Numbers]) -> bool:
    """Whether another reason says the same: both name the days without a purchase, or that nothing was bought."""
    if code == "LONG_SILENT":
        return "SILENT_VS_CYCLE" in told
    return code == "AMOUNT_DOWN" and numbers["now"] <= 0 and told.get("FREQ_DOWN", {}).get("now") == 0


def case_texts(case: ChurnCase, shown: int = 3) -> list[str]:
    """The first reasons of a warning case; prefetch `reasons`."""
    facts = case.customer.facts if case.closed_at is None else None
    reasons = ((reason.code, reason.numbers) for reason in case.reasons.all())
    return reason_texts(reasons, facts, shown, case.closed_on)


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
    text = ngettext(
        "%(now)s purchase in the last half year, %(before)s in the half year before",
        "%(now)s purchases in the last half year, %(before)s in the half year before",
        numbers["now"],
    )
    return text % words


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
