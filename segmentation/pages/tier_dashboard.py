"""The tier dashboard: how many customers each tier has, where they move, what they bring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.decorators import needs
from accounts.http import Request
from accounts.models import Team, User
from core.company import currency
from core.http import row_id
from customers.models import UNRATED
from customers.selectors import known_channels
from segmentation.models import ScoreRun, Tier
from segmentation.pages import figures
from segmentation.pages.figures import ORDER, Choice, TierRow
from ui import charts, formatting


@dataclass(frozen=True)
class Cell:
    """One cell of the migration matrix."""

    count: int
    share: float
    kind: str  # same, up or down
    wash: int
    url: str


@require_safe
@needs("dashboard.view")
def tier_dashboard(request: Request) -> HttpResponse:
    """`/segmentation/`: figures of one published run beside the months before it."""
    runs = list(figures.published_runs()[:400])
    choice = _choice(request, runs)
    context = {"page": Page(request.user, choice, runs)} if choice else {}
    return render(request, "segmentation/tier_dashboard.html", context | _filters(request, choice, runs))


def _choice(request: Request, runs: list[ScoreRun]) -> Choice | None:
    if not runs:
        return None
    asked = request.GET.get("run", "")
    run = next((run for run in runs if run.as_of.isoformat() == asked), runs[0])
    scheme = request.GET.get("scheme", "")
    return Choice(
        run,
        scheme if scheme in Tier.Scheme.values else "",
        _by_pk(Team.objects.for_user(request.user), request.GET.get("team", "")),
        getattr(_by_pk(known_channels(), request.GET.get("channel", "")), "pk", None),
    )


def _by_pk(rows: Any, text: str) -> Any:
    wanted = row_id(text)
    return None if wanted is None else rows.filter(pk=wanted).first()


def _filters(request: Request, choice: Choice | None, runs: list[ScoreRun]) -> dict[str, Any]:
    return {
        "choice": choice,
        "months": figures.month_runs(runs, runs[0])[::-1] if runs else [],
        "teams": list(Team.objects.for_user(request.user)),
        "channels": list(known_channels()),
        "schemes": Tier.Scheme.choices,
    }


class Page:
    """What the template shows of one choice; four queries."""

    def __init__(self, user: User, choice: Choice, runs: list[ScoreRun]) -> None:
        self.choice, self.currency = choice, currency()
        self.before = figures.month_end_run(runs, choice.run)
        self.months = figures.month_runs(runs, choice.run)
        year_ago = figures.same_month_a_year_ago(runs, choice.run)
        wanted = {run.pk: run for run in (*self.months, choice.run, self.before, year_ago) if run}
        by_run = figures.tiers_by_run(user, choice, list(wanted.values()))
        self.rows = by_run.get(choice.run.pk, {})
        self.total = figures.summed(self.rows)
        self.total_before = figures.summed(by_run.get(self.before.pk, {})) if self.before else None
        self.total_year_ago = figures.summed(by_run.get(year_ago.pk, {})) if year_ago else None
        self.history = [by_run.get(run.pk, {}) for run in self.months]
        self.sums = [figures.summed(rows) for rows in self.history]
        self.matrix = figures.migration(user, choice, self.before)
        self.names = _tier_names(choice.scheme)

    # --- headline figures --------------------------------------------------------------------------------------------
    @property
    def rated(self) -> int:
        return sum(row.customers for code, row in self.rows.items() if code in ORDER)

    @property
    def upgrades(self) -> int:
        return self.matrix.total(up=True)

    @property
    def downgrades(self) -> int:
        return self.matrix.total(up=False)

    @property
    def month_sales(self) -> list[int]:
        return [total.month_revenue for total in self.sums]

    @property
    def kpis(self) -> list[dict[str, Any]]:
        return [self._sales(), self._repurchase(), self._promoted(), self._warned(), self._prospects()]

    def _sales(self) -> dict[str, Any]:
        """Sales of the run's month; compared only when the month is over, for half a month against a whole one lies."""
        before = self.total_year_ago.month_revenue if self.total_year_ago and self._month_is_over else 0
        change = (self.total.month_revenue - before) / before if before else None
        return {
            "label": _("Sales this month"),
            "value": formatting.money_short(self.total.month_revenue, self.currency),
            "delta": formatting.percent(abs(change), 1) if change is not None else "",
            "direction": _sign(change),
            "note": _("against the same month last year") if change is not None else self._month_span,
            "spark": self.month_sales,
            "href": self.list_url(sold="1"),
        }

    @property
    def _month_is_over(self) -> bool:
        return (self.choice.run.as_of + timedelta(days=1)).day == 1

    @property
    def _month_span(self) -> str:
        return _("until %(day)s") % {"day": formatting.day_short(self.choice.run.as_of)}

    def _repurchase(self) -> dict[str, Any]:
        now, before = self.total.repurchase, self.total_before and self.total_before.repurchase
        change = (now - before) * 100 if now is not None and before is not None else None
        return {
            "label": _("Repurchase rate"),
            "value": formatting.percent(now, 1),
            "delta": _("%(points)s pts") % {"points": formatting.number(abs(change), 1)} if change is not None else "",
            "direction": _sign(change),
            "note": f"n = {formatting.number(self.total.active)}",
            "spark": [(total.repurchase or 0) * 100 for total in self.sums],
            "href": self.list_url(orders="1"),
        }

    def _promoted(self) -> dict[str, Any]:
        """Potential customers of the month end before that are in the high tiers now."""
        source = ORDER.index("B")
        base, won = sum(self.matrix.counts[source]), sum(self.matrix.counts[source][:source])
        return {
            "label": _("Potential became high-value"),
            "value": formatting.percent(won / base, 1) if base else "—",
            "note": f"{won} / {base}",
            "href": self.move_url("B", ",".join(ORDER[:source])),
            "state": "few" if base < 30 else "",
        }

    def _warned(self) -> dict[str, Any]:
        before = self.total_before.warned if self.total_before else None
        change = self.total.warned - before if before is not None else None
        return {
            "label": _("Customers with a churn warning"),
            "value": formatting.number(self.total.warned),
            "delta": formatting.number(abs(change)) if change else "",
            "direction": _sign(change),
            "good": change < 0 if change else None,
            "note": formatting.percent(self.total.warned_share, 1),
            "spark": [total.warned for total in self.sums],
            "href": self.list_url(warned="1"),
        }

    def _prospects(self) -> dict[str, Any]:
        unrated = self.rows.get(UNRATED, TierRow(UNRATED))
        return {
            "label": _("Not bought yet"),
            "value": formatting.number(unrated.customers),
            "note": formatting.percent(unrated.customers / self.total.customers, 1) if self.total.customers else "",
            "href": self.list_url(to=UNRATED),
        }

    # --- distribution ------------------------------------------------------------------------------------------------
    @property
    def legend(self) -> list[dict[str, Any]]:
        first = self.history[0] if self.history else {}
        return [
            {
                "tier": self.tier(code),
                "customers": _count(self.rows, code),
                "change": _count(self.rows, code) - _count(first, code) if len(self.history) > 1 else 0,
                "url": self.list_url(to=code),
            }
            for code in self.codes
        ]

    @property
    def codes(self) -> list[str]:
        """Tiers of the chosen scheme that the page speaks of, best first."""
        return [code for code in ORDER if code in self.names]

    @property
    def distribution(self) -> str:
        labels = [formatting.month_short(run.as_of) for run in self.months]
        counts = [[_count(rows, code) for code in self.codes] for rows in self.history]
        slots = [ORDER.index(code) + 1 for code in self.codes]
        return charts.stack(labels, counts, slots, [self.names[code] for code in self.codes], self.distribution_title)

    @property
    def distribution_title(self) -> str:
        """The finding in words: how the share of the high tiers moved."""
        if len(self.history) < 2:
            return _("How customers spread over the tiers")
        change = (_high_share(self.history[-1]) - _high_share(self.history[0])) * 100
        points = formatting.number(abs(change), 1)
        if abs(change) < 0.05:
            return _("The share of the high tiers hasn't changed")
        if change > 0:
            return _("High tiers up %(points)s points in %(n)s months") % {"points": points, "n": len(self.months) - 1}
        return _("High tiers down %(points)s points in %(n)s months") % {"points": points, "n": len(self.months) - 1}

    @property
    def distribution_table(self) -> tuple[list[str], list[list[str]]]:
        head = [_("Month"), *[self.names[code] for code in self.codes]]
        rows = [
            [formatting.month(run.as_of), *[formatting.number(_count(found, code)) for code in self.codes]]
            for run, found in zip(self.months, self.history, strict=True)
        ]
        return head, rows

    # --- migration ---------------------------------------------------------------------------------------------------
    @property
    def migration_title(self) -> str:
        up = ngettext("%(n)s customer moved up", "%(n)s customers moved up", self.upgrades) % {"n": self.upgrades}
        down = ngettext("%(n)s moved down", "%(n)s moved down", self.downgrades) % {"n": self.downgrades}
        return formatting.listed([up, down])

    @cached_property
    def matrix_rows(self) -> list[dict[str, Any]]:
        places = [ORDER.index(code) for code in self.codes]
        return [
            {
                "tier": self.tier(ORDER[i]),
                "cells": [self._cell(i, j) for j in places],
                "total": sum(self.matrix.counts[i][j] for j in places),
            }
            for i in places
        ]

    def _cell(self, i: int, j: int) -> Cell:
        count, row = self.matrix.counts[i][j], sum(self.matrix.counts[i]) or 1
        kind = "same" if i == j else "up" if j < i else "down"
        washed = charts.wash(min(1.0, count / row * 4)) if count and i != j else 1
        return Cell(count, count / row, kind, washed, self.move_url(ORDER[i], ORDER[j]))

    @property
    def flow(self) -> str:
        places = [ORDER.index(code) for code in self.codes]
        counts = [[self.matrix.counts[i][j] for j in places] for i in places]
        heads = (formatting.month_short(self.matrix.before), formatting.month_short(self.choice.run.as_of))
        names = [self.names[code] for code in self.codes]
        return charts.sankey(counts, [i + 1 for i in places], names, self.flow_title, heads=heads)

    @property
    def flow_title(self) -> str:
        move = self.matrix.largest
        if move is None:
            return _("Nobody moved this month")
        words = {"n": move[2], "before": self.names[move[0]], "after": self.names[move[1]]}
        return _("Largest flow: %(n)s from %(before)s to %(after)s") % words

    # --- effect ------------------------------------------------------------------------------------------------------
    @property
    def effect(self) -> list[dict[str, Any]]:
        return [
            {
                "tier": self.tier(code),
                "row": self.rows.get(code, TierRow(code)),
                "share": self._share(code),
                "bar": charts.bar(self._share(code) * 100, css=f"fill-{ORDER.index(code) + 1}"),
                "url": self.list_url(to=code),
            }
            for code in self.codes
        ] + self._not_rated()

    def _not_rated(self) -> list[dict[str, Any]]:
        """Who has not bought yet: with this row the table adds up to all customers."""
        row = self.rows.get(UNRATED)
        if row is None:
            return []
        share = self._share(UNRATED)
        return [
            {
                "tier": None,
                "row": row,
                "share": share,
                "bar": charts.bar(max(share, 0) * 100),
                "url": self.list_url(to=UNRATED),
            }
        ]

    def _share(self, code: str) -> float:
        return self.rows[code].revenue / self.total.revenue if code in self.rows and self.total.revenue else 0.0

    @property
    def effect_title(self) -> str:
        high = sum(row.revenue for code, row in self.rows.items() if code in ("S", "A"))
        count = sum(row.customers for code, row in self.rows.items() if code in ("S", "A"))
        if not self.total.revenue or not self.rated:
            return _("What each tier brings")
        words = {
            "share": formatting.percent(count / self.rated),
            "sales": formatting.percent(high / self.total.revenue),
        }
        return _("The high tiers are %(share)s of rated customers and bring %(sales)s of sales") % words

    # --- helpers -----------------------------------------------------------------------------------------------------
    def tier(self, code: str) -> Any:
        return Shown(code, self.names.get(code, code), ORDER.index(code) + 1)

    def list_url(self, **more: str) -> str:
        """The customers behind a figure, as of its run."""
        return f"{self._list}&{urlencode(more)}" if more else self._list

    @cached_property
    def _list(self) -> str:
        asked = {"view": "all", "run": self.choice.run.as_of.isoformat(), **self._address()}
        return f"{reverse('customer_list')}?{urlencode({k: v for k, v in asked.items() if v})}"

    def move_url(self, before: str, after: str) -> str:
        """The customers behind a cell of the matrix; several codes with commas."""
        return self.list_url(**{"from": before, "to": after})

    def _address(self) -> dict[str, Any]:
        return {
            "scheme": self.choice.scheme,
            "team": self.choice.team.pk if self.choice.team else "",
            "channel": self.choice.channel or "",
        }


@dataclass(frozen=True)
class Shown:
    """A tier as the badge component wants it."""

    code: str
    name: str
    slot: int


def _tier_names(scheme: str) -> dict[str, str]:
    """code -> name in the reader's language; with both schemes together the persons' name, if there is one."""
    shown = Tier.objects.filter(scheme=scheme) if scheme else Tier.objects.order_by("-scheme", "rank")
    names = {tier.code: tier.name for tier in shown}
    return {code: names[code] for code in ORDER if code in names}


def _count(rows: dict[str, TierRow], code: str) -> int:
    return rows[code].customers if code in rows else 0


def _high_share(rows: dict[str, TierRow]) -> float:
    rated = sum(_count(rows, code) for code in ORDER)
    return (_count(rows, "S") + _count(rows, "A")) / rated if rated else 0.0


def _sign(change: float | None) -> int:
    return 0 if not change else 1 if change > 0 else -1
