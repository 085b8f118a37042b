"""`/segmentation/warnings/results/`: what came of the warnings of the last year: outcomes, causes, actions, churn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Sum, Value, When
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.decorators import READ, needs
from accounts.http import Request
from accounts.models import User
from core.company import currency
from segmentation import selectors
from segmentation.cases.models import ActionKind, CaseAction, ChurnCause
from segmentation.cases.selectors import FEW, TELLING, Precision, ended_lately, was_done
from segmentation.models import ChurnCase, RetentionSum
from segmentation.nav import beside
from segmentation.retention import selectors as retention

State, Span = ChurnCase.State, RetentionSum.Span
OUTCOMES = (State.WON_BACK, State.EASED, State.LOST, State.FALSE_ALARM)


def _list_url(**query: str) -> str:
    return f"{reverse('warning_list')}?{urlencode({'view': 'closed', **query})}"


@dataclass(frozen=True)
class Outcome:
    """How many ended like this in the last year."""

    label: str
    count: int
    url: str


@dataclass(frozen=True)
class CauseCount:
    """A cause with the cases that ended in the last year, and those of them that were lost."""

    name: str
    typed: bool
    count: int
    lost: int
    url: str


@dataclass(frozen=True)
class ActionEffect:
    """A kind of action: cases in which it was tried, those won back, and the costs that were noted for it."""

    label: str
    tried: int
    won: int
    cost: int | None
    url: str
    won_url: str

    @property
    def few(self) -> bool:
        """Whether they are too few for a rate."""
        return self.tried < FEW

    @property
    def rate(self) -> float:
        """Won back, of those in which it was tried."""
        return self.won / self.tried if self.tried else 0

    @property
    def cost_per_won(self) -> int | None:
        """In minor units, rounded half up; None without costs or without anybody won back."""
        return (2 * self.cost + self.won) // (2 * self.won) if self.cost is not None and self.won else None


@needs("warning.view", READ)
def warning_results(request: Request) -> HttpResponse:
    """What the warnings of the last 365 days came to."""
    user = request.user
    ended = selectors.warnings(user).filter(ended_lately(), closed_at__isnull=False)
    ended = ended.select_related(None).prefetch_related(None).order_by()
    by_state = dict(ended.values_list("state").annotate(n=Count("pk")))
    telling = sum(by_state.get(state, 0) for state in TELLING)
    context = {
        "title": _("What came of the warnings"),
        "beside": beside(user, "warning_results"),
        "precision": Precision(telling - by_state.get(State.FALSE_ALARM, 0), telling),
        "few": FEW,
        "telling_url": _list_url(ended="telling"),
        "any_ended": bool(by_state),
        "outcomes": [
            Outcome(str(capfirst(state.label)), by_state.get(state, 0), _list_url(ended="year", state=state.value))
            for state in OUTCOMES
        ],
        "causes": _causes(ended),
        "actions": _actions(user, ended),
        "currency": currency(),
        **(_rates(user, request.GET.get("span", "")) if user.can("score.view") else {}),
    }
    return render(request, "segmentation/cases/results.html", context)


def _rates(user: User, wanted: str) -> dict[str, Any]:
    """Who stayed and who left over the chosen span."""
    known = retention.counted()
    chosen = Span(wanted if wanted in Span.values else retention.longest(known))
    return {
        "spans": [(span.label, f"?span={span.value}", span == chosen) for span in Span],
        "retention": retention.retention_of(user, chosen.value, known),
        "shows_retention": True,
    }


def _causes(ended: QuerySet[ChurnCase]) -> Sequence[CauseCount]:
    names = {cause.pk: cause.name for cause in ChurnCause.objects.all()}
    counted = ended.values_list("cause").annotate(n=Count("pk"), lost=Count("pk", filter=Q(state=State.LOST)))
    return [
        CauseCount(
            names.get(pk or 0, _("not known yet")),
            pk is not None,
            count,
            lost,
            _list_url(ended="year", cause=str(pk or "none")),
        )
        for pk, count, lost in counted.order_by("-n", "cause")
    ]


def _actions(user: User, ended: QuerySet[ChurnCase]) -> Sequence[ActionEffect]:
    """Of the cases that ended otherwise than as false alarms; two queries for all kinds."""
    tried = ended.exclude(state=State.FALSE_ALARM)
    flags = {f"did_{kind}": Case(When(was_done(user, kind), then=Value(1)), default=Value(0)) for kind in ActionKind}
    figures: dict[str, Any] = {}
    for kind in ActionKind:
        figures[f"n_{kind}"] = Count("pk", filter=Q(**{f"did_{kind}": 1}))
        figures[f"won_{kind}"] = Count("pk", filter=Q(**{f"did_{kind}": 1}, state=State.WON_BACK))
    found = tried.annotate(**flags).aggregate(**figures)
    noted = CaseAction.objects.filter(Exists(tried.filter(pk=OuterRef("case"))), removed_at=None).order_by()
    costs = dict(noted.values_list("kind").annotate(cost=Sum("cost")))
    rows = [
        ActionEffect(
            str(capfirst(kind.label)),
            found[f"n_{kind}"],
            found[f"won_{kind}"],
            costs.get(kind.value),
            _list_url(ended="tried", done=kind.value),
            _list_url(ended="tried", done=kind.value, state=State.WON_BACK.value),
        )
        for kind in ActionKind
    ]
    return [row for row in rows if row.tried]
