"""The conditions of rules on number lines: for each criterion the interval of every rule, where several hold at once,
and what no rule names. Nothing is read or written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from segmentation.rules.criteria import NAMES, figure
from segmentation.tiers import CRITERIA, Condition, Rule
from ui import charts

SCALE = 100  # of a criterion with a longer one the line ends a little above the largest limit
ROOM = 1.25


@dataclass(frozen=True)
class Interval:
    """What a rule asks of a criterion, both ends included; `low` above `high`: nobody meets it."""

    rule: int  # its number, from 1
    tier: str
    low: int
    high: int


@dataclass(frozen=True)
class NumberLine:
    """A criterion: the drawing, and the same in sentences."""

    name: str
    drawn: SafeString
    sentences: list[str]
    wrong: bool  # whether nobody can meet one of the conditions


def number_lines(rules: Sequence[Rule], names: Mapping[str, str], slots: Mapping[str, int]) -> list[NumberLine]:
    """One for each criterion with numbers that a rule asks of; `names` and `slots` are those of the tiers."""
    found: dict[str, list[tuple[int, str, Condition]]] = {}
    for number, rule in enumerate(rules, 1):
        for one in rule.all:
            if not CRITERIA[one.of].coded and (one.low, one.high) != (None, None):
                found.setdefault(one.of, []).append((number, rule.tier, one))
    return [_line(of, asked, names, slots) for of, asked in sorted(found.items(), key=lambda item: _place(item[0]))]


def _place(of: str) -> int:
    return list(CRITERIA).index(of)


def _line(
    of: str, asked: Sequence[tuple[int, str, Condition]], names: Mapping[str, str], slots: Mapping[str, int]
) -> NumberLine:
    criterion = CRITERIA[of]
    low, high = criterion.low, criterion.high
    if high > SCALE:
        high = max(1, round(max(bound for _n, _t, one in asked for bound in (one.low, one.high) if bound) * ROOM))
    intervals = [
        Interval(n, tier, low if one.low is None else one.low, high if one.high is None else one.high)
        for n, tier, one in asked
    ]
    both, gaps = overlaps(intervals), unnamed(intervals, low, high)
    name, sentences, rows = capfirst(str(NAMES[of])), [], []
    for interval, (_n, _t, one) in zip(intervals, asked, strict=True):
        tier = names.get(interval.tier, interval.tier)
        words = {"n": interval.rule, "tier": tier, "values": _values(of, one.low, one.high)}
        empty = interval.low > interval.high
        text = _("Rule %(n)s, %(tier)s: %(values)s") % words
        sentences.append(_("%(rule)s. Nobody can meet that.") % {"rule": text} if empty else text)
        rows.append(charts.Span(text, slots.get(interval.tier, 1), interval.low, interval.high + 1))
    for (first, second), (start, end) in both.items():
        words = {"values": _values(of, start, end), "first": first, "second": second}
        said = _("%(values)s: rules %(first)s and %(second)s overlap; rule %(first)s is asked first.")
        sentences.append(said % words)
    for start, end in gaps:
        to = None if end == high and criterion.high > SCALE else end
        said = _("%(values)s: no rule names these values; who has them gets a tier by another criterion, or the last.")
        sentences.append(said % {"values": _values(of, start, to)})
    drawn = charts.spans(
        rows,
        name,
        low=low,
        high=high + 1,
        marks=[(start, end + 1) for start, end in both.values()],
        gaps=[(start, end + 1) for start, end in gaps],
        ticks=_ticks(of, intervals, low, high),
    )
    return NumberLine(name, drawn, sentences, any(one.low > one.high for one in intervals))


def _values(of: str, low: int | None, high: int | None) -> str:
    if low is None or high is None:
        bound = low if low is not None else high
        if bound is None:
            return ""
        return (_("from %(value)s") if high is None else _("up to %(value)s")) % {"value": figure(of, bound)}
    return figure(of, low) if low == high else f"{figure(of, low)}–{figure(of, high)}"


def _ticks(of: str, intervals: Sequence[Interval], low: int, high: int) -> list[tuple[float, str]]:
    """A short scale has each of its values, in the middle of their room; a long one its ends and the limits."""
    if high - low < 10:
        return [(value + 0.5, figure(of, value)) for value in range(low, high + 1)]
    limits = {one.low for one in intervals} | {one.high for one in intervals if one.high < high}
    chosen, room = [low], (high - low) / 8
    for value in sorted(limit for limit in limits if low < limit < high):
        if value - chosen[-1] >= room and high - value >= room:
            chosen.append(value)
    return [(value, figure(of, value)) for value in (*chosen, high)]


# --- without words ---------------------------------------------------------------------------------------------------
def overlaps(intervals: Sequence[Interval]) -> dict[tuple[int, int], tuple[int, int]]:
    """(rule, later rule) of different tiers -> the values that both name."""
    found = {}
    for place, one in enumerate(intervals):
        for other in intervals[place + 1 :]:
            start, end = max(one.low, other.low), min(one.high, other.high)
            if one.rule != other.rule and one.tier != other.tier and start <= end:
                found[one.rule, other.rule] = (start, end)
    return found


def unnamed(intervals: Sequence[Interval], low: int, high: int) -> list[tuple[int, int]]:
    """The values from `low` to `high` that no interval has."""
    found, at = [], low
    for one in sorted((one for one in intervals if one.low <= one.high), key=lambda one: one.low):
        if one.low > at:
            found.append((at, one.low - 1))
        at = max(at, one.high + 1)
    if at <= high:
        found.append((at, high))
    return found
