"""How sales are spread over customers: which share of the customers brings which share of the sales.

Sums of different owners must add up, so customers are counted by fixed steps of sales, each some 6 % above the one
before. At each step the curve is exact; tenths end at the step that comes closest to them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from accounts.models import User
from core.company import currency
from intake.tablefiles import FigureTable, in_percent
from segmentation.cases.selectors import FEW
from segmentation.cohorts.models import AmountSum
from segmentation.pages.figures import Choice, customers_url, narrowed
from ui import charts, formatting

STEPS_PER_TEN = 40  # from one power of ten to the next
# The least sales of each step in minor units; one of customers is reached from the first, 1, on.
EDGES: Sequence[int] = sorted({round(10 ** (n / STEPS_PER_TEN)) for n in range(15 * STEPS_PER_TEN)})
TENTHS = 10


@dataclass(frozen=True)
class Point:
    """The best customers down to a step: how many, and what they bring together."""

    step: int
    customers: int
    revenue: int


@dataclass(frozen=True)
class Part:
    """About a tenth of the customers: those between two steps. Shares are of 1, of all, and with those above."""

    upto: float
    customers: int
    least: int
    revenue: int
    share: float
    sales_upto: float
    url: str


def summed(rows: Iterable[tuple[Sequence[int], Sequence[int], Sequence[int], int]]) -> list[tuple[int, int, int]]:
    """Of the sums of several owners (steps, customers, revenue, by how many times they count) those of each step."""
    customers: Counter[int] = Counter()
    revenue: Counter[int] = Counter()
    for steps, counts, nets, sign in rows:
        for step, count, net in zip(steps, counts, nets, strict=True):
            customers[step] += sign * count
            revenue[step] += sign * net
    return [(step, customers[step], revenue[step]) for step in customers if customers[step]]


def curve(by_step: Sequence[tuple[int, int, int]]) -> list[Point]:
    """(step, customers, revenue) in any order -> the points of the curve, the best customers first."""
    points, count, net = [], 0, 0
    for step, customers, revenue in sorted(by_step, reverse=True):
        count, net = count + customers, net + revenue
        points.append(Point(step, count, net))
    return points


def ends(points: Sequence[Point]) -> list[Point]:
    """The points closest to each tenth of the customers; one that is closest to several counts once."""
    if not points:
        return []
    everybody = points[-1].customers
    chosen = {
        min(points, key=lambda point: (abs(point.customers - everybody * tenth / TENTHS), point.customers))
        for tenth in range(1, TENTHS + 1)
    }
    return sorted(chosen, key=lambda point: point.customers)


class Concentration:
    """What the night counted, added up over whom this person may count. One query."""

    def __init__(self, user: User, choice: Choice) -> None:
        self.choice = choice
        rows = narrowed(AmountSum, user, choice, run=choice.run).signed()
        self.points = curve(summed(rows.values_list("steps", "customers", "revenue", "sign")))

    @property
    def customers(self) -> int:
        return self.points[-1].customers if self.points else 0

    @property
    def revenue(self) -> int:
        return self.points[-1].revenue if self.points else 0

    @cached_property
    def parts(self) -> list[Part]:
        """The best first."""
        found, above = [], Point(0, 0, 0)
        for end in ends(self.points):
            asked = {"least": str(EDGES[end.step - 1])}
            if above.customers:
                asked["below"] = str(EDGES[above.step - 1])
            net = end.revenue - above.revenue
            found.append(
                Part(
                    end.customers / self.customers,
                    end.customers - above.customers,
                    EDGES[end.step - 1],
                    net,
                    net / self.revenue,
                    end.revenue / self.revenue,
                    customers_url(self.choice, **asked),
                )
            )
            above = end
        return found

    @property
    def table(self) -> FigureTable:
        """The parts as a file has them."""
        code = currency()
        head = [
            _("The best"),
            _("Customers"),
            f"{_('Sales from')} ({code})",
            f"{_('Net sales')} ({code})",
            _("Share of sales"),
            _("With those above"),
        ]
        rows = [
            [
                in_percent(part.upto),
                part.customers,
                formatting.major(part.least, code),
                formatting.major(part.revenue, code),
                in_percent(part.share),
                in_percent(part.sales_upto),
            ]
            for part in self.parts
        ]
        return FigureTable("spread", _("How sales are spread over customers"), head, rows)

    @property
    def title(self) -> str:
        """What the best fifth brings."""
        if self.customers < FEW:
            return _("How sales are spread over customers")
        fifth = min(self.points, key=lambda point: abs(point.customers - self.customers / 5))
        words = {
            "customers": formatting.percent(fifth.customers / self.customers, 1),
            "sales": formatting.percent(fifth.revenue / self.revenue, 1),
        }
        return _("The best %(customers)s of customers bring %(sales)s of sales") % words

    @property
    def drawing(self) -> str:
        """The curve beside the line that it would be if all brought the same; drawn through the exact points."""
        every = range(0, 101, 5)
        shares = [self._sales_of(percent / 100) * 100 for percent in every]
        return charts.lines(
            [
                (_("Sales"), "", shares),
                (_("even"), "stroke-2", [float(percent) for percent in every]),
            ],
            [f"{percent}%" for percent in every],
            self.title,
            high=100,
            ticks=((0, "0"), (50, "50%"), (100, "100%")),
            fmt=lambda value: "",
            every=4,
            room_right=22,
        )

    def _sales_of(self, share: float) -> float:
        """The share of sales of the best so many customers, in a straight line between two points."""
        wanted, before = share * self.customers, Point(0, 0, 0)
        for point in self.points:
            if point.customers >= wanted:
                part = (wanted - before.customers) / (point.customers - before.customers)
                return (before.revenue + part * (point.revenue - before.revenue)) / self.revenue
            before = point
        return 1.0
