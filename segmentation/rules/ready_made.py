"""Ready-made rule sets to begin with, for either kind of customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import CompanySize, MarketStanding
from segmentation import defaults, tiers
from segmentation.tiers import Definition, Rule, Threshold, Weight, box

Looks = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Template:
    """A definition with the looks of its tiers."""

    name: str | Promise
    definition: Definition
    looks: Looks


def _looks(*rows: tuple[str, int, bool, str, str]) -> Looks:
    return {
        code: {"name_en": english, "name_zh": chinese, "letter": code, "slot": slot, "high_value": high}
        for code, slot, high, english, chinese in rows
    }


KEY_POTENTIAL_ORDINARY = Template(
    _("Key, potential, ordinary (重要 / 潜在 / 一般)"),
    Definition(("K", "P", "O"), (box("K", f=(4, 5), m=(4, 5)), box("P", r=(4, 5)), Rule("O"))),
    _looks(("K", 2, True, "Key", "重要"), ("P", 3, False, "Potential", "潜在"), ("O", 4, False, "Ordinary", "一般")),
)
HIGH_MID_LOW = Template(
    _("High, mid, low (高 / 中 / 低), by points"),
    Definition(
        ("H", "M", "L"),
        weights=(Weight("r", 20), Weight("f", 40), Weight("m", 40)),
        thresholds=(Threshold("H", 75), Threshold("M", 40), Threshold("L")),
    ),
    _looks(("H", 2, True, "High", "高"), ("M", 3, False, "Mid", "中"), ("L", 5, False, "Low", "低")),
)
OWN_NAMES = {
    tiers.B2C: _("As Keben ships it (高价值 / 潜力 / 普通 / 低价值)"),
    tiers.B2B: _("As Keben ships it (战略 / 重要 / 潜力 / 普通)"),
}


def _sales_size_standing() -> Template | None:
    """Net sales, orders, and what the company's own lists say: the larger and the further ahead, the more points.

    Sizes bring the points that they bring to the potential, of 100 instead of 15; standings go down evenly in the order
    of their list.
    """
    sizes = CompanySize.objects.filter(is_active=True, points__gt=0).order_by("code")
    standings = list(MarketStanding.objects.filter(is_active=True).order_by("position", "pk"))
    if not sizes or not standings:
        return None
    of_size = tuple((row.code, round((row.points or 0) * 100 / CompanySize.MOST)) for row in sizes)
    of_standing = sorted((row.code, 100 - n * 100 // len(standings)) for n, row in enumerate(standings))
    weights = (
        *(Weight("f", 20), Weight("m", 40)),
        *(Weight("company_size", 25, of_size), Weight("market_standing", 15, tuple(of_standing))),
    )
    return Template(
        _("Net sales, size and market standing, by points"),
        Definition(("H", "M", "L"), weights=weights, thresholds=HIGH_MID_LOW.definition.thresholds),
        HIGH_MID_LOW.looks,
    )


def templates_for(scheme: str) -> dict[str, Template]:
    """Key -> template."""
    own = [row for row in defaults.TIERS if row[0] == scheme]
    looks = _looks(*((code, slot, high, en, zh) for _of, code, _rank, slot, high, en, zh in own))
    more = _sales_size_standing() if scheme == tiers.B2B else None
    return {
        "shipped": Template(OWN_NAMES[scheme], tiers.DEFAULTS[scheme], looks),
        "key": KEY_POTENTIAL_ORDINARY,
        "high": HIGH_MID_LOW,
        **({"standing": more} if more else {}),
    }
