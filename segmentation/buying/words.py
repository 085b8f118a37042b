"""Rhythms and what is missing, in the reader's words."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core import clock, company
from customers.models import CustomerFacts
from segmentation.buying import gaps, rising
from segmentation.buying.models import BuyingRhythm
from segmentation.buying.selectors import Usual, usual_of_tier, usual_second
from segmentation.rules.criteria import NAMES
from ui import formatting


def missing_words(found: rising.Missing) -> str:
    """2 orders or ¥3,000 more."""
    if found.points is not None:
        return points_words(*found.points)
    code = company.currency()
    orders = ngettext("%(n)s order", "%(n)s orders", found.orders or 0) % {"n": formatting.number(found.orders or 0)}
    money = formatting.money(found.amount or 0, code)
    if found.orders is None:
        return _("%(money)s more") % {"money": money}
    if found.amount is None:
        return _("%(orders)s more") % {"orders": orders}
    text = _("%(orders)s or %(money)s more") if found.joined == rising.EITHER else _("%(orders)s and %(money)s more")
    return text % {"orders": orders, "money": money}


def points_words(of: str, points: int) -> str:
    """4 points more of potential; one more star of the last answer."""
    name = str(NAMES[of])
    words = {"n": points, "name": name}
    return ngettext("%(n)s point more: %(name)s", "%(n)s points more: %(name)s", points) % words


def usual_second_words(usual: Usual | None) -> str:
    """How long one-time buyers usually take, and how many customers say so."""
    if usual is None:
        few = gaps.ENOUGH_CUSTOMERS
        return _("Too few have come back to say how long it takes: it needs %(n)s.") % {"n": few}
    days = usual.quartiles
    words = {"middle": days.middle, "high": days.high, "n": formatting.number(usual.customers)}
    return (
        _("Of those who came back, half did within %(middle)s days, three of four within %(high)s (n = %(n)s).") % words
    )


def second_word(where: str) -> str:
    """Where a one-time buyer stands."""
    return {
        gaps.EARLY: pgettext("second purchase", "early"),
        gaps.DUE: pgettext("second purchase", "due"),
        gaps.LATE: pgettext("second purchase", "late"),
    }[where]


def where_stands(silent: int, scheme: str) -> str:
    """The code of it; empty where nothing is known of such customers."""
    usual = usual_second(scheme)
    return gaps.second_purchase(silent, usual.quartiles) if usual else ""


def expected_note(facts: CustomerFacts, rhythm: BuyingRhythm | None, scheme: str) -> str:
    """By what the next purchase is expected: the own rhythm with its range, or that of the tier."""
    if facts.next_order_by == gaps.OWN and rhythm is not None and rhythm.middle and rhythm.low and rhythm.high:
        words = {
            "days": rhythm.middle,
            "first": formatting.day_short(rhythm.last_on + timedelta(days=rhythm.low)),
            "last": formatting.day_short(rhythm.last_on + timedelta(days=rhythm.high)),
        }
        return _("buys about every %(days)s days: between %(first)s and %(last)s") % words
    usual = usual_of_tier(scheme, facts.tier)
    if usual is None:
        return ""
    words = {"days": usual.quartiles.middle, "n": formatting.number(usual.customers)}
    if usual.tier:
        return _("as customers of this tier usually do: every %(days)s days (n = %(n)s)") % words
    return _("as such customers usually do: every %(days)s days (n = %(n)s)") % words


def expected_day(on: date) -> str:
    """The day, and for one that has passed since when."""
    late = clock.days_since(on)
    shown = formatting.day_short(on)
    if late <= 0:
        return shown
    return ngettext("%(day)s, %(n)s day ago", "%(day)s, %(n)s days ago", late) % {"day": shown, "n": late}
