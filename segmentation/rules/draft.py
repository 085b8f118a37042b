"""A draft of a rule set as a person types it: texts, kept as they are, until they can be read as a rule set.

The form has buttons that change its shape (a tier more, a condition less, another template); each is an act on what was
typed. Nothing here knows of requests or rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.digits import whole_number
from segmentation import tiers
from segmentation.tiers import CRITERIA, MOST_PLACES, Condition, Criterion, Definition, Rule, Threshold, Weight

Typed = dict[str, Any]
LARGEST = 10**15 - 1  # of any number in a form
LOOKS = ("name_en", "name_zh", "letter", "slot", "high_value")
ReadAmount = Callable[[str], int | None]  # minor units of what was typed as money; None: can't be read
ShowAmount = Callable[[int], str]


def typed_from(definition: Definition, looks: Mapping[str, Mapping[str, Any]], show: ShowAmount) -> Typed:
    """What the form begins with."""
    thresholds = {limit.tier: limit.low for limit in definition.thresholds}
    listed = [
        {"code": code, **{name: looks[code][name] for name in LOOKS}, "from": _text(thresholds.get(code))}
        for code in definition.tiers
    ]
    *rules, rest = definition.rules or (Rule(definition.last),)
    return {
        "by": definition.by,
        "tiers": listed,
        "rules": [{"tier": rule.tier, "all": [_typed_condition(one, show) for one in rule.all]} for rule in rules],
        "rest": rest.tier,
        "weights": {one.of: str(one.weight) for one in definition.weights},
        "points": {one.of: {code: str(n) for code, n in one.points} for one in definition.weights if one.points},
    }


def _typed_condition(condition: Condition, show: ShowAmount) -> Typed:
    as_text = show if condition.of == "amount" else str
    low, high = (("" if bound is None else as_text(bound)) for bound in (condition.low, condition.high))
    return {"of": condition.of, "min": low, "max": high, "codes": list(condition.codes)}


def _text(value: int | None) -> str:
    return "" if value is None else str(value)


# --- from a form -----------------------------------------------------------------------------------------------------
def typed_in(sent: Any) -> Typed:
    """What a form sent (a QueryDict), whatever it holds; places follow each other without gaps."""
    listed = []
    for n in _places(sent, r"t(\d+)-name_en"):
        of = f"t{n}-"
        texts = {name: sent.get(of + name, "") for name in ("code", "name_en", "name_zh", "letter", "slot", "from")}
        listed.append({**texts, "high_value": of + "high_value" in sent})
    rules = []
    for n in _places(sent, r"r(\d+)-tier"):
        conditions = [
            {
                "of": sent.get(f"r{n}-c{m}-of", ""),
                "min": sent.get(f"r{n}-c{m}-min", ""),
                "max": sent.get(f"r{n}-c{m}-max", ""),
                "codes": sent.getlist(f"r{n}-c{m}-codes"),
            }
            for m in _places(sent, rf"r{n}-c(\d+)-of")
            if sent.get(f"r{n}-c{m}-of") in CRITERIA
        ]
        rules.append({"tier": sent.get(f"r{n}-tier", ""), "all": conditions})
    weighed = [one for one in CRITERIA.values() if one.weighed]
    return {
        "by": tiers.POINTS if sent.get("by") == tiers.POINTS else tiers.RULES,
        "tiers": listed,
        "rules": rules,
        "rest": sent.get("rest", ""),
        "weights": {one.code: text for one in weighed if (text := sent.get(f"w-{one.code}", "").strip())},
        "points": {
            one.code: given
            for one in weighed
            if (given := {code: text for code, name in _codes_sent(sent, one) if (text := sent.get(name, "").strip())})
        },
    }


def _codes_sent(sent: Iterable[str], of: Criterion) -> list[tuple[str, str]]:
    """(code, name of the field of its points)."""
    prefix = f"p-{of.code}-"
    codes = of.codes or [name.removeprefix(prefix) for name in sent if name.startswith(prefix)]
    return [(code, prefix + code) for code in codes]


def _places(sent: Iterable[str], pattern: str) -> list[int]:
    found = {int(match[1]) for name in sent if (match := re.fullmatch(pattern, name)) and len(match[1]) < 4}
    return sorted(found)[:MOST_PLACES]  # what no person types is cut


# --- acts that change its shape --------------------------------------------------------------------------------------
def changed(typed: Typed, act: str) -> str:
    """Do what a button says, in place; returns the id of the control to go on at, or nothing.

    Acts: `by:points`, `tier:add`, `tier:up:1`, `tier:down:1`, `tier:remove:1`, `rule:add`, `rule:up:0`, ...,
    `condition:add:0:potential`, `condition:remove:0:1`.
    """
    what, _colon, rest = act.partition(":")
    parts = rest.split(":")
    if what == "by" and parts[0] in (tiers.RULES, tiers.POINTS):
        typed["by"] = parts[0]
        return "weights" if typed["by"] == tiers.POINTS else "rules"
    if what == "tier":
        return _tiers_changed(typed, parts)
    if what == "rule":
        return _rules_changed(typed, parts)
    if what == "condition" and len(parts) == 3:
        return _conditions_changed(typed, parts)
    return ""


def _tiers_changed(typed: Typed, parts: list[str]) -> str:
    rows = typed["tiers"]
    if parts == ["add"]:
        if len(rows) >= tiers.MOST:
            return ""
        code = next_code(str(row["code"]) for row in rows)
        slot = str(min(len(rows) + 1, 5))
        new = {"code": code, "name_en": "", "name_zh": "", "letter": code, "slot": slot, "from": ""}
        rows.append({**new, "high_value": False})
        return f"id_t{len(rows) - 1}-name_en"
    return _moved(rows, parts, "t", "name_en")


def next_code(taken: Iterable[str]) -> str:
    """The first letter that no tier has."""
    used = {code.upper() for code in taken}
    return next(letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if letter not in used)


def _rules_changed(typed: Typed, parts: list[str]) -> str:
    rows = typed["rules"]
    if parts == ["add"]:
        if len(rows) < MOST_PLACES:
            first = typed["tiers"][0]["code"] if typed["tiers"] else ""
            rows.append({"tier": first, "all": []})
        return f"id_r{len(rows) - 1}-tier"
    return _moved(rows, parts, "r", "tier")


def _moved(rows: list[Typed], parts: list[str], prefix: str, control: str) -> str:
    """`up:1`, `down:1` or `remove:1` of a list."""
    if len(parts) != 2 or (place := whole_number(parts[1], len(rows) - 1)) is None:
        return ""
    way = parts[0]
    if way == "remove":
        del rows[place]
        return f"id_{prefix}{max(0, place - 1)}-{control}"
    other = place + {"up": -1, "down": 1}.get(way, 0)
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
        return f"id_{prefix}{other}-{control}"
    return f"id_{prefix}{place}-{control}"


def _conditions_changed(typed: Typed, parts: list[str]) -> str:
    way, at, what = parts
    place = whole_number(at, len(typed["rules"]) - 1)
    if place is None:
        return ""
    conditions = typed["rules"][place]["all"]
    if way == "add" and what in CRITERIA and len(conditions) < MOST_PLACES:
        conditions.append({"of": what, "min": "", "max": "", "codes": []})
        last = "codes" if CRITERIA[what].coded else "min"
        return f"id_r{place}-c{len(conditions) - 1}-{last}"
    if way == "remove" and (gone := whole_number(what, len(conditions) - 1)) is not None:
        del conditions[gone]
    return f"id_r{place}-tier"


# --- as a rule set ---------------------------------------------------------------------------------------------------
@dataclass
class Read:
    """What the typed says: a definition, the looks of its tiers, and where in the form each path of it stands."""

    definition: Definition
    looks: dict[str, dict[str, Any]]
    fields: dict[str, str] = field(default_factory=dict)  # path of a problem -> field
    unread: list[str] = field(default_factory=list)  # fields that aren't numbers


def read(typed: Typed, amount: ReadAmount) -> Read:
    """The rule set that was typed. What isn't a number is named in `unread` and left out."""
    fields: dict[str, str] = {}
    unread: list[str] = []

    def number(text: str, name: str, of: str = "") -> int | None:
        text = text.strip()
        if not text:
            return None
        value = amount(text) if of == "amount" else whole_number(text, LARGEST)
        if value is None:
            unread.append(name)
        return value

    codes = tuple(str(row["code"]).strip() for row in typed["tiers"])
    looks = {
        code: {**{name: row[name] for name in LOOKS}, "slot": slot_of(row)}
        for code, row in zip(codes, typed["tiers"], strict=True)
    }
    if typed["by"] == tiers.POINTS:
        weights = _read_weights(typed, number, fields)
        last = len(codes) - 1
        limits: list[Threshold] = []
        for place, row in enumerate(typed["tiers"]):
            low = number(row["from"], f"t{place}-from") if place < last else None
            if low is not None or place == last:
                fields[f"thresholds.{len(limits)}"] = f"t{place}-from"
                limits.append(Threshold(codes[place], low))
        fields["weights"] = "w-r"
        return Read(Definition(codes, weights=weights, thresholds=tuple(limits)), looks, fields, unread)
    rules = []
    for place, row in enumerate(typed["rules"]):
        fields[f"rules.{place}.tier"] = f"r{place}-tier"
        conditions = []
        for n, one in enumerate(row["all"]):
            name, coded = f"r{place}-c{n}", CRITERIA[one["of"]].coded
            fields[f"rules.{place}.all.{n}"] = f"{name}-codes" if coded else f"{name}-min"
            low, high = (None if coded else number(one[end], f"{name}-{end}", one["of"]) for end in ("min", "max"))
            conditions.append(Condition(one["of"], low, high, tuple(one["codes"]) if coded else ()))
        rules.append(Rule(row["tier"], tuple(conditions)))
    fields[f"rules.{len(rules)}.tier"] = fields["rules"] = "rest"
    return Read(Definition(codes, (*rules, Rule(typed["rest"]))), looks, fields, unread)


def slot_of(row: Mapping[str, Any]) -> int:
    """The colour of a typed tier, 1 to 5."""
    return whole_number(str(row["slot"]), 5) or 1


def _read_weights(typed: Typed, number: Callable[..., int | None], fields: dict[str, str]) -> tuple[Weight, ...]:
    found: list[Weight] = []
    for one in CRITERIA.values():
        if not one.weighed or one.code not in typed["weights"]:
            continue
        weight = number(typed["weights"][one.code], f"w-{one.code}")
        given = typed["points"].get(one.code, {})
        codes = sorted(given if one.entries else one.codes)
        points = tuple((code, number(given.get(code, ""), f"p-{one.code}-{code}") or 0) for code in codes)
        fields[f"weights.{len(found)}"] = f"w-{one.code}"
        found.append(Weight(one.code, weight or 0, points))
    return tuple(found)
