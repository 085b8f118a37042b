"""Forecasts with their figures over whom a person counts, the model in use, and what a call wins back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from accounts.models import User
from accounts.scope import ALL, reach_of
from segmentation.cases.models import ActionKind
from segmentation.cases.selectors import ended_lately, was_done
from segmentation.costs.selectors import cost_settings
from segmentation.models import ChurnCase, ScoreLook, ScoreRun, ScoringSettings
from segmentation.proof.figures import FEW, Bin, Figures
from segmentation.proof.models import Forecast, ForecastRow, ForecastSum
from segmentation.selectors import latest_run, scoring_settings, warnings

ALIKE = ("percent", "level", "watched", "fallen")
COUNTED = ("customers", "bought", "left_out", "value", "value_left")
SHOWN, MOST = 12, 100  # days on a page, and where somebody asks for all
VIEW = "warning.view"


def forecasts() -> QuerySet[Forecast]:
    """All of them, the latest day first."""
    return Forecast.objects.select_related("asked_by").order_by("-as_of", "kind")


def counted(user: User) -> Q:
    """Sums over the customers of whom this person sees warnings; as other dashboards, by owner."""
    people = reach_of(user).people(VIEW)
    return Q(whole=True) if people is ALL else Q(whole=False, owner__in=people)


def figures_of(user: User, of: Sequence[Forecast]) -> dict[int, Figures]:
    """Forecast id -> figures over whom this person counts; one query."""
    rows = ForecastSum.objects.filter(counted(user), forecast__in=[row.pk for row in of]).order_by()
    bins: dict[int, list[Bin]] = defaultdict(list)
    alike = rows.values_list("forecast", *ALIKE).annotate(**{f"all_{name}": Sum(name) for name in COUNTED})
    for pk, *values in alike:
        bins[pk].append(Bin(*values))
    return {row.pk: Figures(bins[row.pk]) for row in of}


def rows_of(user: User, forecast: Forecast) -> QuerySet[ForecastRow]:
    """The rows behind the figures that are still this person's: `counted`, as far as they may see them now."""
    people = reach_of(user).people(VIEW)
    mine = Q() if people is ALL else Q(owner__in=people)
    return ForecastRow.objects.for_user(user).filter(mine, forecast=forecast, customer__deleted_at=None)


@dataclass(frozen=True)
class WonBack:
    """Of the warnings that ended in the last year otherwise than as false alarms and in which somebody called: those
    won back."""

    won: int
    called: int

    @property
    def share(self) -> float | None:
        """Of 1; None while they are too few."""
        return self.won / self.called if self.called >= FEW else None


def won_back(user: User) -> WonBack:
    """What calls have won back so far, among the warnings this person may see; two counts in a query."""
    ended = warnings(user).filter(ended_lately(), was_done(user, ActionKind.CALL), closed_at__isnull=False)
    states = list(ended.exclude(state=ChurnCase.State.FALSE_ALARM).order_by().values_list("state", flat=True))
    return WonBack(states.count(ChurnCase.State.WON_BACK), len(states))


@dataclass(frozen=True)
class CallCost:
    """What a call costs by the company's costs of time, in the currency itself."""

    minutes: int
    hour: Decimal

    @property
    def call(self) -> Decimal:
        """To the hundredth."""
        return (self.hour * self.minutes / 60).quantize(Decimal("0.01"))


def call_cost(user: User) -> CallCost | None:
    """None where nobody has said what an hour costs, and for who sees no costs."""
    settings = cost_settings() if user.can("cost.view") else None
    if settings is None or settings.hourly_cost is None:
        return None
    return CallCost(settings.minutes_call, settings.hourly_cost)


@dataclass(frozen=True)
class InUse:
    """By what the last night warned."""

    run: ScoreRun | None
    settings: ScoringSettings
    look: ScoreLook | None


def in_use() -> InUse:
    """Three queries."""
    return InUse(latest_run(), scoring_settings(), ScoreLook.objects.first())


def chosen(of: Sequence[Forecast], wanted: str) -> Forecast | None:
    """The forecast that an address asks for, else the latest that was judged."""
    known: Mapping[str, Forecast] = {str(row.pk): row for row in of}
    if wanted in known:
        return known[wanted]
    return next((row for row in of if row.judged_at), None)
