"""The criteria of rule sets in words: what they are called, and what a condition on each says."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from core import company
from customers.models import Loyalty, Satisfaction
from segmentation.tiers import Condition, Definition, Rule
from ui import formatting

NAMES: Mapping[str, str | Promise] = {
    "r": pgettext_lazy("criterion", "R, last purchase"),
    "f": pgettext_lazy("criterion", "F, orders"),
    "m": pgettext_lazy("criterion", "M, net sales"),
    "amount": pgettext_lazy("criterion", "net sales in money"),
    "orders": pgettext_lazy("criterion", "number of orders"),
    "interaction": pgettext_lazy("criterion", "interaction score"),
    "potential": pgettext_lazy("criterion", "potential"),
    "health": pgettext_lazy("criterion", "health"),
    "feedback": pgettext_lazy("criterion", "last satisfaction answer"),
    "satisfaction": pgettext_lazy("criterion", "satisfaction"),
    "loyalty": pgettext_lazy("criterion", "loyalty"),
}
CODES: Mapping[str, Mapping[str, str | Promise]] = {
    "satisfaction": dict(Satisfaction.choices),
    "loyalty": dict(Loyalty.choices),
}
SHORT = {"r": "R", "f": "F", "m": "M"}


def condition_in_words(condition: Condition) -> str:
    """ "F 4–5", "potential from 67", "satisfaction: satisfied"."""
    name = SHORT.get(condition.of) or str(NAMES.get(condition.of, condition.of))
    if condition.codes:
        known = CODES.get(condition.of, {})
        listed = formatting.listed([str(known.get(code, code)) for code in condition.codes])
        return _("%(name)s: %(values)s") % {"name": name, "values": listed}
    low, high = (_figure(condition.of, bound) for bound in (condition.low, condition.high))
    if condition.of in SHORT:
        low, high = low or "1", high or "5"
        return f"{name} {low}" if low == high else f"{name} {low}–{high}"
    if low and high:
        return f"{name} {low}" if low == high else f"{name} {low}–{high}"
    words = {"name": name, "value": low or high}
    if low:
        return pgettext("criterion", "%(name)s from %(value)s") % words
    return pgettext("criterion", "%(name)s up to %(value)s") % words


def _figure(of: str, bound: int | None) -> str:
    if bound is None:
        return ""
    if of == "amount":
        return formatting.money_round(bound, company.currency())
    return formatting.number(bound)


def rule_in_words(rule: Rule) -> str:
    """Its conditions; the one of everybody else has none."""
    parts = [condition_in_words(condition) for condition in rule.all]
    return formatting.listed(parts) if parts else _("everybody else who bought")


def definition_in_words(definition: Definition) -> list[tuple[str, str]]:
    """(tier, who gets it), in the order in which they are asked; by hand only last."""
    if definition.thresholds:
        said = [
            (limit.tier, _("everybody else who bought") if limit.low is None else _from(limit.low))
            for limit in definition.thresholds
        ]
    else:
        said = [(rule.tier, rule_in_words(rule)) for rule in definition.rules]
    rest = [(code, _("only by hand")) for code in definition.tiers if code not in definition.earned]
    return [*said, *rest]


def _from(points: int) -> str:
    return pgettext("criterion", "from %(n)s points") % {"n": points}


def weights_in_words(definition: Definition) -> str:
    """ "R 40, F 30, M 30": what counts how much of 100; nothing by rules."""
    names = (f"{SHORT.get(one.of) or NAMES.get(one.of, one.of)} {one.weight}" for one in definition.weights)
    return formatting.listed(list(names))
