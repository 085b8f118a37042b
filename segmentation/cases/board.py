"""`/segmentation/warnings/board/`: the warnings of the list by how far they are; same filters, same acts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, Subquery, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.decorators import READ, needs
from accounts.http import Request
from accounts.masking import masked_all
from core import clock
from core.company import currency
from segmentation.cases.models import CaseStep
from segmentation.models import ChurnCase
from segmentation.nav import beside
from segmentation.pages.listing import ENDED, WARNINGS, WarningRow, done_in_brief
from segmentation.pages.warnings import menu_of
from ui import formatting
from ui.listing import Asked, Words

State, Step = ChurnCase.State, CaseStep.Kind
SHOWN = 10  # cards of a column, so that the page stays light; the rest is in the list


@dataclass(frozen=True)
class Lane:
    """A column: its cases, in which order, and how the list asks for the same."""

    key: str
    title: Words
    where: Q
    order: tuple[Any, ...]
    query: dict[str, str]


_WORTH = (F("value_at_risk").desc(nulls_last=True), "pk")
_LATEST = ("-closed_at", "-pk")
LANES = (
    Lane("new", pgettext_lazy("warning", "New"), Q(closed_at=None, state=State.NEW), _WORTH, {"view": "new"}),
    Lane(
        "working",
        gettext_lazy("Being worked on"),
        Q(closed_at=None, state=State.WORKING),
        _WORTH,
        {"view": "working"},
    ),
    Lane("back", gettext_lazy("Won back or eased"), ENDED["back"][1](), _LATEST, {"view": "closed", "ended": "back"}),
    Lane("lost", gettext_lazy("Lost"), ENDED["lost"][1](), _LATEST, {"view": "closed", "ended": "lost"}),
)


@dataclass(frozen=True)
class Card:
    """One case on the board; `days`: since when it is where it stands."""

    row: WarningRow
    days: int
    menu: str

    @property
    def told(self) -> str:
        """Deadline, what was done and what it cost."""
        return " · ".join(done_in_brief(self.row))

    @property
    def person(self) -> str:
        """Who works on it, else the customer's owner."""
        case = self.row.case
        person = case.in_charge if case.in_charge and case.in_charge.is_active else self.row.customer.owner
        return person.name if person else ""

    @property
    def chance(self) -> str:
        """Of buying again, as of the night; empty where a purchase since makes it untrue."""
        case = self.row.case
        rated = case.p_now is not None and case.closed_at is None and not self.row.customer.facts.rated_tonight
        return formatting.percent(case.p_now) if rated else ""


@dataclass(frozen=True)
class Column:
    """A lane as it is drawn: its first cards, how many there are in all, and what they put at risk."""

    lane: Lane
    cards: Sequence[Card]
    total: int
    at_risk: int
    url: str
    list_url: str
    chosen: bool


@needs(WARNINGS.permission, READ)
def warning_board(request: Request) -> HttpResponse:
    """Four columns; on a phone one at a time."""
    asked = Asked(WARNINGS, request)
    wanted = request.GET.get("column", "")
    chosen = wanted if wanted in {lane.key for lane in LANES} else LANES[0].key
    listed = f"{reverse('warning_list')}{asked.query(column=None)}".removesuffix("?")
    context = {
        "list": asked,
        "columns": _columns(asked, chosen),
        "currency": currency(),
        "title": _("Churn warnings"),
        "beside": beside(request.user, "warning_board", warning_list=listed),
        **menu_of(asked),
    }
    return render(request, "segmentation/cases/board.html", context)


def _columns(asked: Asked, chosen: str) -> list[Column]:
    counted = {f"n_{lane.key}": Count("pk", filter=lane.where, distinct=True) for lane in LANES}
    summed = {f"at_{lane.key}": Sum("value_at_risk", filter=lane.where, default=0) for lane in LANES}
    figures = asked.before_tab.order_by().aggregate(**counted, **summed)
    found = {lane.key: list(_cases(asked, lane)) for lane in LANES}
    drawn = _cards(asked, [case for cases in found.values() for case in cases])
    return [
        Column(
            lane,
            [drawn[case.pk] for case in found[lane.key]],
            figures[f"n_{lane.key}"],
            figures[f"at_{lane.key}"],
            asked.query(column=lane.key),
            f"{reverse('warning_list')}{asked.query(column=None, **{'ended': None, 'state': None, **lane.query})}",
            lane.key == chosen,
        )
        for lane in LANES
    ]


def _cases(asked: Asked, lane: Lane) -> Iterable[ChurnCase]:
    moved = CaseStep.objects.filter(
        case=OuterRef("pk"), undone=False, kind__in=(Step.STARTED, Step.GIVEN, Step.REOPENED)
    )
    latest = moved.order_by().values("case").annotate(at=Max("at")).values("at")
    return asked.before_tab.filter(lane.where).annotate(moved_at=Subquery(latest)).order_by(*lane.order)[:SHOWN]


def _cards(asked: Asked, cases: list[Any]) -> dict[int, Card]:
    """{id: card}, drawn as the rows of the list are, with masked customers."""
    rows = WARNINGS.draw(asked, masked_all(asked.user, cases))
    return {row.pk: Card(row, _days(case), _menu(row)) for row, case in zip(rows, cases, strict=True)}


def _days(case: Any) -> int:
    """In whole days, since when it stands in its column."""
    since = case.closed_on or (case.moved_at if case.state == State.WORKING and case.moved_at else case.opened_on)
    return max(0, clock.days_since(since))


def _menu(row: WarningRow) -> str:
    return "new-warning" if row.case.state == State.NEW else "open-warning"
