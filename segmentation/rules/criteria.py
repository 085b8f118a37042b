"""The criteria of rule sets in words: what they are called, and what a condition on each says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from core import company
from customers.models import Loyalty, Satisfaction
from segmentation.entries import Known, known_entries
from segmentation.tiers import Condition, Definition, Rule, Weight
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
    "industry": gettext_lazy("industry"),
    "company_size": gettext_lazy("company size"),
    "market_standing": gettext_lazy("market standing"),
}
CODES: Mapping[str, Mapping[str, str | Promise]] = {
    "satisfaction": dict(Satisfaction.choices),
    "loyalty": dict(Loyalty.choices),
}
SHORT = {"r": "R", "f": "F", "m": "M"}


def condition_in_words(condition: Condition, entries: Known) -> str:
    """ "F 4–5", "potential from 67", "satisfaction: satisfied", "industry is one of Machinery, Textiles"."""
    name = SHORT.get(condition.of) or str(NAMES.get(condition.of, condition.of))
    if condition.codes:
        known = entries.get(condition.of) or CODES.get(condition.of, {})
        named = [str(known.get(code, code)) for code in condition.codes]
        listed = formatting.listed(named)
        if condition.of in entries:
            return is_one_of(name, named)
        return _("%(name)s: %(values)s") % {"name": name, "values": listed}
    low, high = (figure(condition.of, bound) for bound in (condition.low, condition.high))
    if condition.of in SHORT:
        low, high = low or "1", high or "5"
        return f"{name} {low}" if low == high else f"{name} {low}–{high}"
    if low and high:
        return f"{name} {low}" if low == high else f"{name} {low}–{high}"
    words = {"name": name, "value": low or high}
    if low:
        return pgettext("criterion", "%(name)s from %(value)s") % words
    return pgettext("criterion", "%(name)s up to %(value)s") % words


def is_one_of(name: str, named: Sequence[str]) -> str:
    """ "industry is Machinery", "industry is one of Machinery, Textiles"."""
    words = {"name": name, "values": formatting.listed(list(named))}
    if len(named) == 1:
        return pgettext("criterion", "%(name)s is %(values)s") % words
    return pgettext("criterion", "%(name)s is one of %(values)s") % words


def figure(of: str, bound: int | None) -> str:
    """A limit as it is written; nothing for none."""
    if bound is None:
        return ""
    if of == "amount":
        return formatting.money_round(bound, company.currency())
    return formatting.number(bound)


def rule_in_words(rule: Rule, entries: Known) -> str:
    """Its conditions; the one of everybody else has none."""
    parts = [condition_in_words(condition, entries) for condition in rule.all]
    if not parts:
        return _("everybody else who bought")
    if any(condition.of in entries for condition in rule.all):  # a list of entries has commas of its own
        return pgettext("between reasons", "; ").join(parts)
    return formatting.listed(parts)


def definition_in_words(definition: Definition, entries: Known | None = None) -> list[tuple[str, str]]:
    """(tier, who gets it), in the order in which they are asked; by hand only last. `entries`: the catalogues that it
    asks for, where they were read before."""
    known = known_entries(definition.asked) if entries is None else entries
    if definition.thresholds:
        said = [
            (limit.tier, _("everybody else who bought") if limit.low is None else _from(limit.low))
            for limit in definition.thresholds
        ]
    else:
        said = [(rule.tier, rule_in_words(rule, known)) for rule in definition.rules]
    rest = [(code, _("only by hand")) for code in definition.tiers if code not in definition.earned]
    return [*said, *rest]


def _from(points: int) -> str:
    return pgettext("criterion", "from %(n)s points") % {"n": points}


def weights_in_words(definition: Definition, entries: Known | None = None) -> str:
    """ "R 40, industry 60 (Machinery 100, Textiles 50)": what counts how much of 100; nothing by rules."""
    known = known_entries(definition.asked) if entries is None else entries
    return formatting.listed([_weight_in_words(one, known) for one in definition.weights])


def _weight_in_words(weight: Weight, entries: Known) -> str:
    words = f"{SHORT.get(weight.of) or NAMES.get(weight.of, weight.of)} {weight.weight}"
    known = entries.get(weight.of) or CODES.get(weight.of, {})
    given = sorted((-points, str(known.get(code, code))) for code, points in weight.points if points)
    if not given:
        return words
    points = formatting.listed([f"{name} {-least}" for least, name in given])
    return pgettext("criterion", "%(weight)s (%(points)s)") % {"weight": words, "points": points}
