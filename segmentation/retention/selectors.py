"""Churn and retention rates from the sums of the latest night, over the owners in reach."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User
from accounts.scope import reach_of
from customers.models import Channel, Lifecycle
from segmentation.cases.selectors import FEW
from segmentation.catalogue import catalogue, scheme_name
from segmentation.models import RetentionSum, ScoreInterval, ScoreRun
from segmentation.selectors import in_force, those
from segmentation.together import EVERYBODYS, Sums, sums_of

Span = RetentionSum.Span
GONE = (Lifecycle.PROSPECT, Lifecycle.LOST)
NOBODY = "none"


@dataclass(frozen=True)
class Rate:
    """Of `base` customers who had bought, `churned` are lost by now; no label: those without an owner or channel."""

    label: str
    base: int
    churned: int
    url: str
    churned_url: str
    key: str = ""  # which of its group: scheme:tier, or an id

    @property
    def few(self) -> bool:
        """Whether they are too few for a rate."""
        return self.base < FEW

    @property
    def churn(self) -> float:
        """Of 1."""
        return self.churned / self.base if self.base else 0

    @property
    def retention(self) -> float:
        """The rest of 1."""
        return 1 - self.churn


@dataclass(frozen=True)
class Retention:
    """The rates of one span, `begun_on` the run that it begins with."""

    begun_on: date
    on: date
    total: Rate
    tiers: Sequence[Rate]
    owners: Sequence[Rate]
    channels: Sequence[Rate]


@dataclass(frozen=True)
class Counted:
    """From which run to which the sums of a span go."""

    begun_on: date
    run: ScoreRun

    @property
    def on(self) -> date:
        return self.run.as_of


def counted() -> Mapping[str, Counted]:
    """What the last night counted, by span: none before that, and of a span where the history doesn't reach so far
    back. One query."""
    kept = RetentionSum.at_all_levels.filter(EVERYBODYS).select_related("run").order_by("span").distinct("span")
    return {row.span: Counted(row.begun_on, row.run) for row in kept}


def longest(found: Mapping[str, Counted]) -> str:
    """The longest span that has been counted; a year before any was."""
    return next((span.value for span in (Span.YEAR, Span.QUARTER, Span.MONTH) if span.value in found), Span.YEAR.value)


def retention_of(user: User, span: str, known: Mapping[str, Counted] | None = None) -> Retention | None:
    """The rates that this person may know; None while no night has counted them. `known`: `counted`, where it has been
    asked for."""
    found = (counted() if known is None else known).get(span)
    if found is None:
        return None
    rows = sums_of(RetentionSum, user, "score.view").narrowed(span=span)
    by_owner = Sums(RetentionSum.objects.filter(reach_of(user).whose("owner", "score.view"), span=span))
    tiers = catalogue()
    ranks = {key: (key[0], tier.rank) for key, tier in tiers.items()}

    def tier_name(key: tuple[str, str]) -> str:
        tier = tiers.get(key)
        name = f"{tier.letter} {tier.name}" if tier else key[1]
        return f"{scheme_name(key[0])} · {name}" if len({scheme for scheme, _code in grouped}) > 1 else name

    grouped = _grouped(rows, "tier_scheme", "tier")
    by_tier = sorted(grouped.items(), key=lambda row: ranks.get(row[0], (row[0][0], 99)))
    owners = dict(User.objects.for_user(user).values_list("pk", "name"))
    channels = {channel.pk: channel.name for channel in Channel.objects.all()}
    return Retention(
        found.begun_on,
        found.on,
        _rate("", sum(n for n, _lost in grouped.values()), sum(lost for _n, lost in grouped.values()), span, {}),
        [_rate(tier_name(key), *n, span, {"tier": f"{key[0]}:{key[1]}"}) for key, n in by_tier],
        _named(_grouped(by_owner, "owner"), span, "owner", lambda pk: owners.get(pk, "")),
        _named(_grouped(rows, "channel"), span, "channel", lambda pk: channels.get(pk, "")),
    )


def _grouped(rows: Sums, *by: str) -> Mapping[Any, tuple[int, int]]:
    return {tuple(row[:-2]): (row[-2], row[-1]) for row in rows.added(by, "customers", "churned")}


def _named(found: Mapping[Any, tuple[int, int]], span: str, key: str, name: Callable[[int], str]) -> Sequence[Rate]:
    """The largest first; those without one last, and left out whose name this person may not know."""
    rates = []
    for (pk,), figures in found.items():
        label = name(pk) if isinstance(pk, int) else ""
        if label or pk is None:
            rates.append(_rate(label, *figures, span, {key: str(pk) if pk else NOBODY}))
    return sorted(rates, key=lambda rate: (not rate.label, -rate.base))


def _rate(label: str, base: int, churned: int, span: str, query: Mapping[str, str]) -> Rate:
    page = reverse("retention")
    asked = {"span": span, **query}
    url, gone = f"{page}?{urlencode({'view': 'all', **asked})}", f"{page}?{urlencode({'view': 'churned', **asked})}"
    return Rate(label, base, churned, url, gone, next(iter(query.values()), ""))


# --- the rows behind ----------------------------------------------------------------------------------------------
def had_bought(begin: date, tier: tuple[str, str] | None = None) -> Q:
    """Scores of customers in the base of a span: neither prospects nor lost as of its begin; perhaps of one tier."""
    then = ~Q(lifecycle__in=GONE) & in_force(begin)
    return then & Q(tier_scheme=tier[0], tier=tier[1]) if tier else then


def counted_customers(found: Counted, tier: tuple[str, str] | None = None, lost: bool | None = None) -> Q:
    """Customers in the base of a span, or those of them who are lost by now, or who aren't."""
    now = ScoreInterval.objects.filter(in_force(found.on))
    if lost is not None:
        now = now.filter(lifecycle=Lifecycle.LOST) if lost else now.exclude(lifecycle=Lifecycle.LOST)
    then = ScoreInterval.objects.filter(had_bought(found.begun_on, tier))
    whom = now.filter(customer__in=then.values("customer")).order_by().values_list("customer", flat=True)
    return those(whom, together=lost is True)
