"""Who would move by other rules, added up: the matrix, the totals, what they bring."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.scope import reach_of
from core.company import currency
from customers.models import UNRATED
from segmentation.models import Tier
from segmentation.whatif.question import Question
from segmentation.whatif.rated import rated_rows
from segmentation.whatif.scoring import Measured
from segmentation.whatif.work import Load, LoadLine, lines_of, total_of
from ui import charts, formatting

MOST_PEOPLE = 50  # lines of the table of work
FEW = 20  # rated customers; of fewer a share says little


@dataclass(frozen=True)
class Flow:
    """Customers who have one tier and would have another, or the same: how many, and their net sales in minor units."""

    was: str
    becomes: str
    customers: int
    net: int


def flows_of(user: User, question: Question, by: Measured | None = None) -> list[Flow]:
    """Of the customers that this person may see, as the coming night would rate them; one query."""
    rated = rated_rows(user, question.scheme, question.definition, None, by)
    rows = rated.order_by().values_list("was", "becomes")
    return [
        Flow(was, becomes, n, net or 0) for was, becomes, n, net in rows.annotate(n=Count("pk"), net=Sum("monetary"))
    ]


@dataclass(frozen=True)
class Cell:
    """One cell of the matrix."""

    count: int
    share: float
    kind: str  # same, up or down
    wash: int
    url: str


@dataclass(frozen=True)
class Line:
    """A row of the matrix: the tier of now (None: unrated), how many get which, and all of them."""

    tier: Tier | None
    cells: list[Cell]
    total: Cell


@dataclass(frozen=True)
class WorkLine:
    """A person's week, with the list of their customers who would move."""

    load: LoadLine
    url: str


class Preview:
    """What a page says of it."""

    def __init__(self, user: User, question: Question, flows: Sequence[Flow], loads: Sequence[Load] = ()) -> None:
        self.question, self.flows, self.loads = question, flows, loads
        self.everywhere = reach_of(user).everywhere("score.view")
        self.currency = currency()
        self.moving = [flow for flow in flows if flow.was != flow.becomes]

    # --- totals ------------------------------------------------------------------------------------------------------
    def _sum(self, flows: Iterable[Flow]) -> tuple[int, int]:
        found = list(flows)
        return sum(flow.customers for flow in found), sum(flow.net for flow in found)

    def _where(self, holds: Callable[[Flow], bool]) -> tuple[int, int]:
        return self._sum(flow for flow in self.moving if holds(flow))

    @cached_property
    def rated(self) -> int:
        """Customers who have a tier."""
        return self._sum(flow for flow in self.flows if flow.was != UNRATED)[0]

    @property
    def few(self) -> bool:
        """Whether they are too few for shares."""
        return self.rated < FEW

    @cached_property
    def moved(self) -> tuple[int, int]:
        """Customers who would move, with their net sales."""
        return self._sum(self.moving)

    @cached_property
    def up(self) -> tuple[int, int]:
        return self._where(lambda flow: self.question.up(flow.was, flow.becomes))

    @cached_property
    def down(self) -> tuple[int, int]:
        return self._where(lambda flow: not self.question.up(flow.was, flow.becomes))

    @cached_property
    def gained(self) -> tuple[int, int]:
        """Who becomes high-value."""
        ask = self.question
        return self._where(lambda flow: ask.high_after(flow.becomes) and not ask.high_before(flow.was))

    @cached_property
    def lost(self) -> tuple[int, int]:
        """Who is high-value no more."""
        ask = self.question
        return self._where(lambda flow: ask.high_before(flow.was) and not ask.high_after(flow.becomes))

    @property
    def title(self) -> str:
        """ "The next night would move 37 customers: 12 up, 25 down"."""
        moved = self.moved[0]
        if not moved:
            return _("Nobody would move")
        said = ngettext(
            "The next night would move %(n)s customer: %(up)s up, %(down)s down",
            "The next night would move %(n)s customers: %(up)s up, %(down)s down",
            moved,
        )
        names = {"n": moved, "up": self.up[0], "down": self.down[0]}
        return said % {name: formatting.number(count) for name, count in names.items()}

    @property
    def facts(self) -> list[dict[str, Any]]:
        """The totals, each with the list behind it."""
        share = _("%(share)s of the rated") % {"share": formatting.percent(self.moved[0] / (self.rated or 1), 1)}
        return [
            self._fact(_("Would move"), self.moved, "" if self.few else share),
            self._fact(_("Up"), self.up, tab="up"),
            self._fact(_("Down"), self.down, tab="down"),
            self._fact(_("Become high-value"), self.gained, high="gained"),
            self._fact(_("High-value no more"), self.lost, high="lost"),
        ]

    def _fact(self, label: str, found: tuple[int, int], note: str = "", **asked: str) -> dict[str, Any]:
        count, net = found
        brings = _("%(sales)s net sales") % {"sales": formatting.money_round(net, self.currency)}
        note = note or (brings if count else "")
        return {
            "label": label,
            "value": formatting.number(count),
            "note": note,
            "href": self.list_url(**asked) if count else "",
        }

    @property
    def replaced(self) -> bool:
        """Whether tiers come or go, so that up and down compare places in two different orders."""
        return {code for code, tier in self.question.before.items() if tier.in_use} != set(
            self.question.definition.tiers
        )

    # --- the matrix --------------------------------------------------------------------------------------------------
    @cached_property
    def heads(self) -> list[Tier | None]:
        """The tiers of these rules; None where somebody would be without one."""
        left = any(flow.becomes == UNRATED and flow.was != UNRATED for flow in self.flows)
        return [*self.question.after.values(), *([None] if left else [])]

    @cached_property
    def lines(self) -> list[Line]:
        """A row for each tier that somebody has; who was never rated stays so and isn't shown."""
        counts = {(flow.was, flow.becomes): flow.customers for flow in self.flows}
        held = {flow.was for flow in self.flows if flow.was != UNRATED or flow.becomes != UNRATED}
        tiers: list[tuple[str, Tier | None]] = [
            (code, tier) for code, tier in self.question.before.items() if code in held
        ]
        tiers += [(UNRATED, None)] if UNRATED in held else []
        columns = [tier.code if tier else UNRATED for tier in self.heads]
        found = []
        for was, tier in tiers:
            total = sum(counts.get((was, becomes), 0) for becomes in columns)
            cells = [self._cell(was, becomes, counts.get((was, becomes), 0), total) for becomes in columns]
            url = self.list_url(tab="all", **{"from": was})
            found.append(Line(tier, cells, Cell(total, 1, "same", 1, url)))
        return found

    def _cell(self, was: str, becomes: str, count: int, total: int) -> Cell:
        share = count / total if total else 0
        kind = "same" if was == becomes else "up" if self.question.up(was, becomes) else "down"
        wash = charts.wash(min(1.0, share * 4)) if count and kind != "same" else 1
        return Cell(count, share, kind, wash, self.list_url(tab="all", **{"from": was, "to": becomes}))

    @property
    def sums(self) -> list[Cell]:
        """The last row: who would have each tier."""
        columns = [tier.code if tier else UNRATED for tier in self.heads]
        shown = [flow for flow in self.flows if flow.was != UNRATED or flow.becomes != UNRATED]
        return [
            Cell(sum(f.customers for f in shown if f.becomes == code), 1, "same", 1, self.list_url(tab="all", to=code))
            for code in columns
        ]

    # --- the work ----------------------------------------------------------------------------------------------------
    @property
    def may_tell_work(self) -> bool:
        """Whether follow-ups are planned for anybody here."""
        return any(load.now or load.then for load in self.loads)

    @cached_property
    def _lines_of_work(self) -> tuple[list[LoadLine], LoadLine | None]:
        return lines_of(self.loads, MOST_PEOPLE)

    @property
    def work(self) -> list[WorkLine]:
        """The people whose week changes most."""
        return [
            WorkLine(line, self.list_url(owner=str(line.owner)) if line.moved else "")
            for line in self._lines_of_work[0]
        ]

    @property
    def others(self) -> LoadLine | None:
        """All further ones together."""
        return self._lines_of_work[1]

    @property
    def work_total(self) -> LoadLine:
        return total_of(self.loads)

    @property
    def work_title(self) -> str:
        """ "The week would have 12 follow-ups more"."""
        change = round(self.work_total.change)
        if not self.work:
            return _("Nobody's week changes")
        if not change:
            return _("About as many follow-ups a week as now")
        if change > 0:
            return ngettext("About %(n)s follow-up a week more", "About %(n)s follow-ups a week more", change) % {
                "n": formatting.number(change)
            }
        return ngettext("About %(n)s follow-up a week less", "About %(n)s follow-ups a week less", -change) % {
            "n": formatting.number(-change)
        }

    def list_url(self, **asked: str) -> str:
        """The customers behind a figure."""
        return f"{reverse('rule_preview_list')}?{urlencode(self.question.address | asked)}"
