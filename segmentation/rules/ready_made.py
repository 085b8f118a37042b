"""Ready-made rule sets to begin with, for either kind of customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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


def templates_for(scheme: str) -> dict[str, Template]:
    """Key -> template."""
    own = [row for row in defaults.TIERS if row[0] == scheme]
    looks = _looks(*((code, slot, high, en, zh) for _of, code, _rank, slot, high, en, zh in own))
    return {
        "shipped": Template(OWN_NAMES[scheme], tiers.DEFAULTS[scheme], looks),
        "key": KEY_POTENTIAL_ORDINARY,
        "high": HIGH_MID_LOW,
    }
