"""RFM points in plain words: why this tier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import company
from customers.models import CustomerFacts
from segmentation.selectors import days_that_count
from ui.formatting import days_ago, money_round, number


@dataclass(frozen=True)
class Point:
    """One letter with its points and the sentence behind it."""

    letter: str
    points: int | None
    text: str


def points_of(facts: CustomerFacts, today: date) -> list[Point]:
    """R, F and M with the numbers they come from; empty without a purchase.

    A purchase that no night has seen yet is said to be one: the scores tell nothing of it, least of all that there
    was none.
    """
    if facts.last_order_on is None:
        return []
    days = (today - facts.last_order_on).days
    if facts.rated_tonight or (not facts.frequency and days < days_that_count()):
        return [Point("R", None, _recency(days)), Point("F M", None, _("rated in the coming night"))]
    return [
        Point("R", facts.r, _recency(days)),
        Point("F", facts.f, _frequency(facts.frequency)),
        Point("M", facts.m, _monetary(facts.monetary)),
    ]


def _recency(days: int) -> str:
    return _("ordered %(ago)s") % {"ago": days_ago(days)}


def _frequency(count: int | None) -> str:
    if not count:
        return _("no order in %(days)s days") % _window()
    times = ngettext("%(n)s order in %(days)s days", "%(n)s orders in %(days)s days", count) % {"n": count, **_window()}
    if count < 2:
        return times
    return _("%(times)s, about every %(days)s days") % {"times": times, "days": round(days_that_count() / count)}


def _monetary(amount: int | None) -> str:
    if amount is None:
        return _("no purchase in %(days)s days") % _window()
    return _("%(amount)s in %(days)s days") % {"amount": money_round(amount, company.currency()), **_window()}


def _window() -> dict[str, str]:
    return {"days": number(days_that_count())}
