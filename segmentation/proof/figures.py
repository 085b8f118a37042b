"""The figures of a forecast, from counts of customers who are alike; numbers in, numbers out, no Django.

Definitions and worked examples stand in docs/algorithms/churn.md. Chances are whole percent, rounded down; where a
probability is needed, the middle of that percent is taken. Money is minor units.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

NONE, YELLOW, RED = "none", "yellow", "red"
FEW = 30
TENTH = 0.1
BAND = 10  # percent
LIMITS = tuple(range(5, 100, 5))  # percent


@dataclass(frozen=True)
class Bin:
    """So many `customers` who are alike; `value_left` is at risk with those of them who didn't buy."""

    percent: int | None
    level: str
    watched: bool
    fallen: bool
    customers: int
    bought: int
    left_out: int = 0
    value: int = 0
    value_left: int = 0

    @property
    def left(self) -> int:
        """Those who didn't buy."""
        return self.customers - self.bought


@dataclass(frozen=True)
class Share:
    """`part` of `n`; below 30 no share is told."""

    part: int
    n: int

    @property
    def few(self) -> bool:
        return self.n < FEW

    @property
    def value(self) -> float | None:
        """Of 1; None of nobody."""
        return self.part / self.n if self.n else None


@dataclass(frozen=True)
class Band:
    """Customers whose chance to buy was from `low` to below `high` percent: what was said, and what they did."""

    low: int
    high: int
    predicted: float
    bought: Share


@dataclass(frozen=True)
class Limit:
    """Who would be called if a warning opened below so many percent, and who of them didn't buy."""

    below: int
    calls: int
    caught: int
    value: int  # at risk with those who were caught


@dataclass(frozen=True)
class Worth:
    """What a limit costs and brings, by what one call costs and how many of those caught it wins back."""

    limit: Limit
    cost: int
    gain: int

    @property
    def net(self) -> int:
        return self.gain - self.cost


@dataclass(frozen=True)
class Figures:
    """All figures of a forecast over some of its bins."""

    bins: Sequence[Bin]

    def _sum(self, of: Callable[[Bin], int], where: Callable[[Bin], bool]) -> int:
        return sum(of(one) for one in self.bins if where(one))

    def _left(self, where: Callable[[Bin], bool]) -> Share:
        return Share(self._sum(lambda one: one.left, where), self._sum(lambda one: one.customers, where))

    # --- how many
    @cached_property
    def judged(self) -> Share:
        """Of all with a purchase in the days that count, who didn't buy."""
        return self._left(lambda one: True)

    @cached_property
    def watched(self) -> Share:
        """Of those who could be warned, who didn't buy: what a warning by chance would be right by."""
        return self._left(lambda one: one.watched)

    @cached_property
    def left_out(self) -> int:
        return self._sum(lambda one: one.left_out, lambda one: True)

    # --- the warnings
    @cached_property
    def precision(self) -> Share:
        """Of the warned, who didn't buy."""
        return self._left(lambda one: one.level != NONE)

    @cached_property
    def red(self) -> Share:
        return self._left(lambda one: one.level == RED)

    @cached_property
    def yellow(self) -> Share:
        return self._left(lambda one: one.level == YELLOW)

    @cached_property
    def recall(self) -> Share:
        """Of those who could be warned and didn't buy, who had been warned."""
        return Share(self.precision.part, self.watched.part)

    def lift(self, share: Share) -> float | None:
        """How many times as often as by chance; None where nobody left."""
        if not share.n or not self.watched.part or share.value is None or self.watched.value is None:
            return None
        return share.value / self.watched.value

    @cached_property
    def tenth(self) -> tuple[int, Share] | None:
        """(below so many percent, of those who didn't buy): the riskiest tenth of those who could be warned. It ends
        where chances differ, so that it can be a little more. None without chances."""
        most, seen = TENTH * self.watched.n, 0
        for percent, customers, _bought in _by_percent(self.bins, lambda one: one.watched):
            seen += customers
            if seen and seen >= most:
                return percent + 1, self._below(percent + 1)
        return None

    def _below(self, below: int) -> Share:
        """Of those who could be warned and had a smaller chance, who didn't buy."""
        return self._left(lambda one: one.watched and one.percent is not None and one.percent < below)

    # --- the chances
    @property
    def auc(self) -> float | None:
        """The chance that of one who left and one who stayed the former had been given the smaller chance; ties count
        half. Of all who were judged."""
        return auc(_by_percent(self.bins, lambda one: True))

    @property
    def auc_watched(self) -> float | None:
        """The same among those who could be warned."""
        return auc(_by_percent(self.bins, lambda one: one.watched))

    @property
    def brier(self) -> float | None:
        """Mean squared distance of the chance from what happened; None without chances."""
        known = [one for one in self.bins if one.percent is not None]
        customers = sum(one.customers for one in known)
        if not customers:
            return None
        far = sum(one.bought * (1 - middle(one)) ** 2 + one.left * middle(one) ** 2 for one in known)
        return far / customers

    @property
    def brier_of_all_alike(self) -> float | None:
        """What it were if everybody were given the same chance, the share that bought."""
        share = self.judged.value
        return None if share is None else share * (1 - share)

    @property
    def bands(self) -> list[Band]:
        """Ten bands of the chance to buy, those that have anybody."""
        found = []
        for low in range(0, 100, BAND):
            of = [one for one in self.bins if one.percent is not None and low <= one.percent < low + BAND]
            customers = sum(one.customers for one in of)
            if customers:
                predicted = sum(one.customers * middle(one) for one in of) / customers
                bought = Share(sum(one.bought for one in of), customers)
                found.append(Band(low, low + BAND, predicted, bought))
        return found

    # --- the limit
    def limit(self, below: int) -> Limit:
        """Who could be warned, whose chance had fallen as a yellow warning asks, and lay below so many percent."""

        def called(one: Bin) -> bool:
            return one.fallen and one.percent is not None and one.percent < below

        reached = self._left(called)
        return Limit(below, reached.n, reached.part, self._sum(lambda one: one.value_left, called))

    @property
    def limits(self) -> list[Limit]:
        """Every five percent; empty without chances."""
        return [self.limit(below) for below in LIMITS] if any(one.percent is not None for one in self.bins) else []


def worth_of(limits: Sequence[Limit], *, call: int, won: float) -> list[Worth]:
    """Each limit by what a call costs (minor units) and the share of those caught whom it wins back."""
    return [Worth(limit, limit.calls * call, round(limit.value * won)) for limit in limits]


def best_of(worth: Sequence[Worth]) -> Worth | None:
    """The one with the largest net, of equal ones that with fewest calls; None where none brings anything."""
    best = max(worth, key=lambda one: (one.net, -one.limit.calls), default=None)
    return best if best and best.net > 0 else None


def middle(one: Bin) -> float:
    """The chance to buy of a bin as a share of 1."""
    return ((one.percent or 0) + 0.5) / 100


def _by_percent(bins: Sequence[Bin], where: Callable[[Bin], bool]) -> list[tuple[int, int, int]]:
    """(percent, customers, those who bought), the smallest chance first."""
    found: dict[int, list[int]] = {}
    for one in bins:
        if one.percent is not None and where(one):
            sums = found.setdefault(one.percent, [0, 0])
            sums[0] += one.customers
            sums[1] += one.bought
    return [(percent, customers, bought) for percent, (customers, bought) in sorted(found.items())]


def auc(rows: Sequence[tuple[int, int, int]]) -> float | None:
    """Of (chance, customers, those who bought), the smallest chance first; None where all or none bought."""
    bought = sum(row[2] for row in rows)
    left = sum(row[1] for row in rows) - bought
    if not bought or not left:
        return None
    above, pairs = bought, 0.0
    for _chance, customers, stayed in rows:
        above -= stayed
        pairs += (customers - stayed) * (above + stayed / 2)
    return pairs / (bought * left)
