"""How far two groups of customers differ, with the 95 % interval of the difference; numbers in, numbers out.

Shares: Newcombe's hybrid score interval (Statistics in Medicine 17, 1998, 873-890, method 10), which is made of
Wilson's intervals (1927) and holds where shares are 0 or 1. Shares of pairs: Bonett and Price's adjusted Wald interval
(Journal of Educational and Behavioral Statistics 37, 2012, 479-488). Means: Welch's interval (Biometrika 34, 1947,
28-35); means of pairs: that of one mean. Definitions and a worked example: docs/algorithms/control.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z = 1.959963984540054  # the normal distribution leaves 2.5 % above it
FEWEST = 30  # customers on each side, or pairs; of fewer nothing is said


@dataclass(frozen=True)
class Difference:
    """The first side less the second one; shares as parts of 1, means in their unit. `low` to `high` leaves out what
    chance alone would bring in one of twenty comparisons."""

    estimate: float
    low: float
    high: float

    @property
    def may_be_chance(self) -> bool:
        """Whether no difference at all lies within the interval."""
        return self.low <= 0 <= self.high


@dataclass(frozen=True)
class Amounts:
    """Amounts of so many customers: how many, their sum and the sum of their squares."""

    n: int
    total: float
    squares: float

    @property
    def mean(self) -> float:
        return self.total / self.n

    @property
    def variance(self) -> float:
        """Of the population that they are a sample of; 0 where all are equal. Needs two of them."""
        spread = self.squares - self.total * self.total / self.n
        # What remains of large squares that cancel each other is rounding, not spread.
        return spread / (self.n - 1) if spread > 1e-12 * self.squares else 0.0


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The interval of one share, `hits` of `n` > 0."""
    share, turn = hits / n, Z * Z / n
    middle = share + turn / 2
    half = Z * sqrt(share * (1 - share) / n + turn / (4 * n))
    return max(0.0, (middle - half) / (1 + turn)), min(1.0, (middle + half) / (1 + turn))


def of_shares(hits: int, n: int, other_hits: int, other_n: int) -> Difference | None:
    """`hits` / `n` less `other_hits` / `other_n`; None where one side is empty."""
    if not n or not other_n:
        return None
    first, second = hits / n, other_hits / other_n
    (low, high), (other_low, other_high) = wilson(hits, n), wilson(other_hits, other_n)
    return Difference(
        first - second,
        first - second - sqrt((first - low) ** 2 + (other_high - second) ** 2),
        first - second + sqrt((high - first) ** 2 + (second - other_low) ** 2),
    )


def of_pairs(n: int, only_first: int, only_second: int) -> Difference | None:
    """Of `n` pairs in which what is counted happened to the first alone, or to the second alone; None without a pair.

    The interval is drawn round (only_first - only_second) / (n + 2), a little nearer to none than the estimate.
    """
    if not n:
        return None
    up, down = (only_first + 1) / (n + 2), (only_second + 1) / (n + 2)
    half = Z * sqrt((up + down - (up - down) ** 2) / (n + 2))
    return Difference((only_first - only_second) / n, max(-1.0, up - down - half), min(1.0, up - down + half))


def of_means(first: Amounts, second: Amounts) -> Difference | None:
    """The mean of the first less that of the second; None where a side has fewer than two customers, or where all of
    both brought the same, which tells nothing of chance."""
    if first.n < 2 or second.n < 2:
        return None
    parts = first.variance / first.n, second.variance / second.n
    if not sum(parts):
        return None
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / (first.n - 1) + parts[1] ** 2 / (second.n - 1))
    between, half = first.mean - second.mean, student(freedom) * sqrt(sum(parts))
    return Difference(between, between - half, between + half)


def of_mean(differences: Amounts) -> Difference | None:
    """The mean of what the first of each pair brought more than the second; None as above."""
    if differences.n < 2 or not differences.variance:
        return None
    half = student(differences.n - 1) * sqrt(differences.variance / differences.n)
    return Difference(differences.mean, differences.mean - half, differences.mean + half)


def student(freedom: float) -> float:
    """What Student's distribution leaves 2.5 % above, by the expansion of Abramowitz and Stegun (26.7.5): right to
    0.0001 from 9 degrees of freedom on. A web process has no scipy, which would cost it a second and 50 MB."""
    x = Z
    terms = (
        (x**3 + x) / 4,
        (5 * x**5 + 16 * x**3 + 3 * x) / 96,
        (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / 384,
        (79 * x**9 + 776 * x**7 + 1482 * x**5 - 1920 * x**3 - 945 * x) / 92160,
    )
    return x + sum(term / freedom**power for power, term in enumerate(terms, start=1))
