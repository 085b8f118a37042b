"""Rules and limits in sentences, as the pages say them to everybody."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import company
from segmentation.class_limits import limits_of
from segmentation.models import CutPoints, ScoringSettings
from segmentation.rules.checks import SHARES
from segmentation.wording import NAMES
from ui import formatting


def share(value: float) -> str:
    """35% or 35.5%."""
    return formatting.percent(value, 1).replace(".0%", "%")


def warning_sentences(row: ScoringSettings) -> list[str]:
    """When warnings open, change and end, one sentence each."""
    says = {name: share(getattr(row, name)) for name in SHARES}
    says |= {"window": formatting.number(row.window_days)}
    says |= {"horizon": str(row.horizon_days), "fixed": str(row.fixed_days), "ratio": f"{row.cycle_ratio:g}"}
    said = [] if row.fixed_rule else _by_the_chance(says)
    fixed = (
        _("A yellow warning opens after %(fixed)s days without a purchase.")
        if row.fixed_rule
        else _(
            "With too few customers to reckon a chance, a yellow warning opens after %(fixed)s days without a purchase."
        )
    )
    said.append(fixed % says)
    said.append(
        _(
            "Who has no purchase left in the %(window)s days that count is lost: no warning opens, and an open one ends"
            " as lost."
        )
        % says
    )
    said.append(
        _("Silence counts as a reason from %(ratio)s times a customer's usual interval between purchases on.") % says
    )
    names = [str(NAMES[code]) for code in NAMES if code in row.openers]
    said.append(
        _("These reasons open a yellow warning by themselves: %(names)s.") % {"names": formatting.listed(names)}
        if names
        else _("No reason opens a warning by itself.")
    )
    told = ngettext(
        "Today and the notices of a night show a person %(n)s warning at most, the largest value at risk first.",
        "Today and the notices of a night show a person %(n)s warnings at most, the largest value at risk first.",
        row.warnings_shown,
    )
    return [*said, told % {"n": row.warnings_shown}]


def class_sentences(row: ScoringSettings) -> list[str]:
    """Where classes and lifecycle stages begin, one sentence each."""
    limits = limits_of(row)
    says = {
        "window": formatting.number(row.window_days),
        "high": row.frequency_high,
        "mid": row.frequency_mid,
        "large": share(row.amount_large),
        "next": share(row.amount_mid),
        "loyal": row.loyal_days,
        "r": row.loyal_r,
        "asleep": formatting.number(limits.dormant_after),
        "lost": formatting.number(limits.lost_after),
    }
    return [
        _(
            "Often buys who bought on %(high)s or more of the %(window)s days that count; now and then, on %(mid)s or"
            " more."
        )
        % says,
        _(
            "Large are the customers who, the largest first, bring the first %(large)s of sales, medium those who bring"
            " the next %(next)s; the amounts are frozen with the cut-points."
        )
        % says,
        _("Loyal is who bought on %(loyal)s or more of these days and has %(r)s or more points of R.") % says,
        _("Dormant is who hasn't bought for more than %(asleep)s days; for more than %(lost)s, lost.") % says,
    ]


def _by_the_chance(says: dict[str, str]) -> list[str]:
    return [
        text % says
        for text in (
            _(
                "Yellow opens when the chance of a purchase in the next %(horizon)s days lies below %(yellow_p)s and"
                " has fallen by at least %(yellow_drop)s since the last purchase."
            ),
            _("Red when it lies below %(red_p)s and has fallen by at least %(red_drop)s."),
            _("Red becomes yellow again once the chance is %(red_falls_p)s or more."),
            _("The warning ends once the chance is %(eased_p)s or more, or has fallen by less than %(eased_drop)s."),
        )
    ]


def openers_in_words(codes: str) -> str:
    """Codes as an audit line holds them."""
    names = [str(NAMES.get(code, code)) for code in codes.split(",") if code]
    return formatting.listed(names) if names else _("none")


# --- cut-points ------------------------------------------------------------------------------------------------------
SCORES = (5, 4, 3, 2, 1)


def measure_name(name: str) -> str:
    """R, F or M with what it measures."""
    names = {"r": _("R · last purchase"), "f": _("F · orders"), "m": _("M · net sales")}
    return names[name]


def limit_words(name: str, limits: Sequence[int | None], score: int) -> str:
    """What a customer needs for this score: "up to 30 days ago", "4 orders or more", "¥900 or more"."""
    if score == 1:
        return _("longer ago") if name == "r" else _("less")
    limit = limits[score - 2]
    if limit is None or (score < 5 and limits[score - 1] == limit):
        return _("nobody")
    if name == "r":
        return ngettext("up to %(n)s day ago", "up to %(n)s days ago", limit) % {"n": limit}
    if name == "f":
        return ngettext("%(n)s order or more", "%(n)s orders or more", limit) % {"n": limit}
    return _("%(amount)s or more") % {"amount": formatting.money_round(limit, company.currency())}


def bounds_in_words(row: CutPoints) -> list[tuple[str, list[tuple[int, str]]]]:
    """(measure, (score, what it needs) from 5 to 1)."""
    return [
        (measure_name(name), [(score, limit_words(name, getattr(row, name), score)) for score in SCORES])
        for name in "rfm"
    ]
