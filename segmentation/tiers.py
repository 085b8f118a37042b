"""Tiers: which tier a customer gets from r, f and m, and what stays when there is nothing to rate.

A scheme is an ordered list of rules; the first one that matches gives the tier. See docs/algorithms/tiers.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

B2C = "b2c"
B2B = "b2b"
UNRATED = "unrated"
# Best first; the rank of a tier is its position here, `unrated` stands outside.
CODES = ("S", "A", "B", "C", "D")


@dataclass(frozen=True)
class Rule:
    """A box of scores (each bound included) that earns the tier `code`."""

    code: str
    r: tuple[int, int] = (1, 5)
    f: tuple[int, int] = (1, 5)
    m: tuple[int, int] = (1, 5)

    def matches(self, r: int, f: int, m: int) -> bool:
        pairs = ((r, self.r), (f, self.f), (m, self.m))
        return all(low <= value <= high for value, (low, high) in pairs)


@dataclass(frozen=True)
class Override:
    """A tier set by a person; it holds up to and including `until` (None = until taken back)."""

    code: str
    until: date | None = None

    def holds(self, on: date) -> bool:
        return self.until is None or on <= self.until


# First match in the order S, A, B, D, C: "ordinary" is whoever is left.
DEFAULT_RULES: dict[str, tuple[Rule, ...]] = {
    B2C: (Rule("A", f=(4, 5), m=(4, 5)), Rule("B", r=(4, 5)), Rule("D", f=(1, 2), m=(1, 2)), Rule("C")),
    B2B: (Rule("S", f=(5, 5), m=(5, 5)), Rule("A", f=(4, 5), m=(4, 5)), Rule("B", r=(4, 5)), Rule("C")),
}


def scheme_for(kind: str) -> str:
    """The scheme of a customer kind: companies B2B, persons and unknown B2C."""
    return B2B if kind == "company" else B2C


def rate(rules: Iterable[Rule], r: int, f: int, m: int) -> str:
    """The tier of the first matching rule. Raises ValueError when no rule matches: check with `uncovered` first."""
    for rule in rules:
        if rule.matches(r, f, m):
            return rule.code
    raise ValueError(f"no tier rule matches r={r} f={f} m={m}")


def uncovered(rules: Sequence[Rule]) -> list[tuple[int, int, int]]:
    """The combinations of scores that no rule of the scheme covers; empty = usable."""
    scores = range(1, 6)
    cells = ((r, f, m) for r in scores for f in scores for m in scores)
    return [cell for cell in cells if not any(rule.matches(*cell) for rule in rules)]


def tier_of(
    rules: Iterable[Rule],
    scores: tuple[int, int, int] | None,
    *,
    previous: str | None = None,
    bought_before: bool = False,
    override: Override | None = None,
    on: date | None = None,
) -> str:
    """The tier as of `on`: an override in force, else the rated tier, else the last one of a lost customer.

    `scores` is None without a purchase in the window; then who has `bought_before` keeps `previous` (`unrated` when
    never tiered) and who never bought is `unrated`.
    """
    if override and (on is None or override.holds(on)):
        return override.code
    if scores:
        return rate(rules, *scores)
    return (previous or UNRATED) if bought_before else UNRATED
