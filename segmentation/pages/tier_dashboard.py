"""The tier dashboard: how many customers each tier has, where they move, what they bring."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.decorators import needs
from accounts.http import Request
from accounts.models import Team, User
from accounts.selectors import team_labels
from core.company import currency
from core.http import row_id
from customers.models import UNRATED
from customers.selectors import known_channels
from intake.tablefiles import FigureTable, file_links, in_percent, tables_file
from segmentation import catalogue
from segmentation.models import ScoreRun
from segmentation.pages import figures, spans
from segmentation.pages.figures import Choice, TierRow
from segmentation.pages.potential_grid import Grid
from ui import charts, formatting

MOST_RUNS = 1_100  # three years of nights
UNMOVED = 0.5  # points: less than that is called hardly any move
BETWEEN = " · "
NEITHER = "neither"  # a change that is neither good nor bad


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
def tier_dashboard(request: Request) -> HttpResponseBase:
    """`/segmentation/`: figures of one published run beside the months before it."""
    runs = list(figures.published_runs().defer("counts")[:MOST_RUNS])
    asked = spans.read(request.GET, runs) if runs else None
    choice = choice_of(request, asked)
    context: dict[str, Any] = {}
    if choice:
        page = Page(request.user, choice, runs)
        if file := tables_file(request, f"tiers-{choice.run.as_of}", page.tables):
            return file
        context = {"page": page, "files": file_links(request, page.tables) if page.total.customers else []}
    context["asked"] = asked
    context["may_see_by_hand"] = request.user.can("tier_override.view")
    context["may_see_segments"] = request.user.can("segment.view")
    return render(request, "segmentation/tier_dashboard.html", context | filters_of(request, choice, runs))


def choice_of(request: Request, asked: spans.Asked | None) -> Choice | None:
    """The run and filters that an address asks for; None before the first run."""
    return None if asked is None else chosen(request.user, request.GET, asked)


def chosen(user: User, given: Mapping[str, str], asked: spans.Asked) -> Choice:
    """The same of parameters that came otherwise."""
    shown, scheme = dict(catalogue.schemes()), given.get("scheme", "")
    return Choice(
        asked.run,
        asked.span,
        scheme if scheme in shown else next(iter(shown)) if len(shown) == 1 else "",
        _by_pk(Team.objects.for_user(user), given.get("team", "")),
        getattr(_by_pk(known_channels(), given.get("channel", "")), "pk", None),
    )


def _by_pk(rows: Any, text: str) -> Any:
    wanted = row_id(text)
    return None if wanted is None else rows.filter(pk=wanted).first()


def filters_of(request: Request, choice: Choice | None, runs: list[ScoreRun]) -> dict[str, Any]:
    """What the filters of a dashboard offer."""
    return {
        "choice": choice,
        "months": figures.month_runs(runs, runs[0])[::-1] if runs else [],
        "teams": team_labels(Team.objects.for_user(request.user)),
        "channels": list(known_channels()),
        "kinds": spans.Kind.choices,
        "schemes": catalogue.schemes(),
    }


class Page:
    """What the template shows of one choice; six queries."""

    def __init__(self, user: User, choice: Choice, runs: list[ScoreRun]) -> None:
        self.choice, self.currency = choice, currency()
        self.span = choice.span
        self.before = spans.run_before(runs, self.span.first)
        self.months = figures.month_runs(runs, choice.run)
        sold, earlier = self.span, self.span.earlier()
        # The same of the span before: only where the runs know all of it.
        compared = earlier if earlier.first >= runs[-1].as_of.replace(day=1) else None
        in_span = spans.runs_of(sold, runs)
        in_earlier = spans.runs_of(compared, runs) if compared else None
        added_up = [run for run, _sign in (*(in_span or ()), *(in_earlier or ()))]
        wanted = {run.pk: run for run in (*self.months, *added_up, choice.run, self.before) if run}
        by_run = figures.tiers_by_run(user, choice, list(wanted.values()))
        self.rows = by_run.get(choice.run.pk, {})
        self.total = figures.summed(self.rows)
        self.total_before = figures.summed(by_run.get(self.before.pk, {})) if self.before else None
        self.sold = figures.sold_by_tier(by_run, in_span)
        self.sold_before = figures.sold_by_tier(by_run, in_earlier)
        self.orders = figures.orders_of(by_run, in_span)
        self.rows_before = by_run.get(self.before.pk, {}) if self.before else {}
        self.history = [by_run.get(run.pk, {}) for run in self.months]
        self.sums = [figures.summed(rows) for rows in self.history]
        held = {code for rows in by_run.values() for code in rows}
        known = catalogue.by_code(choice.scheme)
        # Those in use, and others that customers of the months shown had; best first.
        self.tiers = {code: tier for code, tier in known.items() if tier.in_use or code in held}
        self.codes = list(self.tiers)
        self.names = {code: tier.name for code, tier in self.tiers.items()}
        self.high = [code for code, tier in self.tiers.items() if tier.high_value]
        self.matrix = figures.migration(user, choice, self.before, self.codes, month=self.of_month)
        self.matrix_before = self._matrix_before(user)
        self.may_grid = user.can("score.view")  # a list by points would tell them
        self.grid = Grid(user, choice, self.list_url) if self.may_grid and choice.run == runs[0] else None

    def _matrix_before(self, user: User) -> figures.Matrix | None:
        """Who moved in the month before; None of other spans, which no night adds up."""
        if not self.of_month or self.before is None:
            return None
        return figures.migration(user, replace(self.choice, run=self.before), self.before, self.codes)

    @property
    def other_days(self) -> str:
        """How many days counted in those months of the page that were scored by another window."""
        runs = [*self.months, *([self.before] if self.before else [])]
        others = sorted({run.window_days for run in runs} - {self.choice.run.window_days})
        return formatting.listed([formatting.number(days) for days in others])

    # --- headline figures --------------------------------------------------------------------------------------------
    @property
    def rated(self) -> int:
        return figures.rated(self.rows)

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
        return [self._sales(), self._repurchase(), *self._promoted(), self._warned(), self._prospects()]

    def _sales(self) -> dict[str, Any]:
        """Sales of the span against the same part of the one before: half a month against a whole one lies."""
        now, before = self.sales, None if self.sold_before is None else sum(self.sold_before.values())
        change = (now - before) / before if now is not None and before else None
        earlier = _("%(span)s before: %(money)s") % {
            "span": self.span.earlier().words,
            "money": formatting.money_short(before or 0, self.currency),
        }
        n = self.orders
        counted = [] if n is None else [ngettext("%(n)s order", "%(n)s orders", n) % {"n": formatting.number(n)}]
        return {
            "label": _("Sales this month") if self.of_month else _("Sales in these days"),
            "value": None if now is None else formatting.money_short(now, self.currency),
            "delta": formatting.percent(abs(change), 1) if change is not None else "",
            "direction": _sign(change),
            "note": BETWEEN.join([*counted, earlier if change is not None else self.span.words]),
            "spark": self.month_sales,
            "href": self.list_url(sold="1"),
        }

    @property
    def of_month(self) -> bool:
        """Whether the span is the month of the run: the night added up who moved in it."""
        return self.span.first == self.choice.run.as_of.replace(day=1)

    @cached_property
    def sales(self) -> int | None:
        """Net sales of the span; None where a month of it was never counted."""
        return None if self.sold is None else sum(self.sold.values())

    @property
    def sold_head(self) -> str:
        """What the column of the span's sales is called."""
        return _("This month") if self.of_month else self.span.words

    def sold_of(self, code: str) -> int | None:
        """Those of a tier."""
        return None if self.sold is None else self.sold.get(code, 0)

    def _repurchase(self) -> dict[str, Any]:
        now, before = self.total.repurchase, self.total_before and self.total_before.repurchase
        alike = self.before is not None and self.before.window_days == self.choice.run.window_days
        change = (now - before) * 100 if now is not None and before is not None and alike else None
        return {
            "label": _("Repurchase rate"),
            "value": formatting.percent(now, 1),
            "delta": _points(change),
            "direction": _sign(change),
            "note": _("n = %(n)s, of %(days)s days")
            % {"n": formatting.number(self.total.active), "days": formatting.number(self.choice.run.window_days)},
            "spark": [(total.repurchase or 0) * 100 for total in self.sums],
            "href": self.list_url(orders="1"),
        }

    def _promoted(self) -> list[dict[str, Any]]:
        """Customers of the best tier that isn't high-value, at the month end before, that are in the high tiers now."""
        source = next((code for code in self.codes if code not in self.high and self.tiers[code].in_use), None)
        if source is None or not self.high:
            return []
        won, base = self._won(self.matrix, source)
        won_before, base_before = self._won(self.matrix_before, source) if self.matrix_before else (0, 0)
        change = (won / base - won_before / base_before) * 100 if base and base_before else None
        return [
            {
                "label": _("%(tier)s became high-value") % {"tier": self.names[source]},
                "value": formatting.percent(won / base, 1) if base else "—",
                "delta": _points(change),
                "direction": _sign(change),
                "note": f"{formatting.number(won)} / {formatting.number(base)}",
                "href": self.move_url(source, ",".join(self.high)),
                "state": "few" if base < 30 else "",
            }
        ]

    def _won(self, matrix: figures.Matrix, source: str) -> tuple[int, int]:
        """How many came from a tier into the high ones, of how many that had it."""
        counts = dict(zip(self.codes, matrix.counts[self.codes.index(source)], strict=True))
        return sum(counts[code] for code in self.high), sum(counts.values())

    def _warned(self) -> dict[str, Any]:
        before = self.total_before.warned if self.total_before else None
        change = self.total.warned - before if before is not None else None
        return {
            "label": _("Customers with a churn warning"),
            "value": formatting.number(self.total.warned),
            "delta": formatting.number(abs(change)) if change else "",
            "direction": _sign(change),
            "good": change < 0 if change else None,
            "note": self._of_all(self.total.warned),
            "spark": [total.warned for total in self.sums],
            "href": self.list_url(warned="1"),
        }

    def _prospects(self) -> dict[str, Any]:
        count = _count(self.rows, UNRATED)
        change = count - _count(self.rows_before, UNRATED) if self.rows_before else None
        return {
            "label": _("Not bought yet"),
            "value": formatting.number(count),
            "delta": formatting.number(abs(change)) if change else "",
            "direction": _sign(change),
            "good": NEITHER,
            "note": self._of_all(count),
            "href": self.list_url(to=UNRATED),
        }

    def _of_all(self, count: int) -> str:
        """The share of all customers of the page, with their number."""
        if not self.total.customers:
            return ""
        words = {
            "share": formatting.percent(count / self.total.customers, 1),
            "n": formatting.number(self.total.customers),
        }
        return _("%(share)s of %(n)s") % words

    # --- distribution ------------------------------------------------------------------------------------------------
    @cached_property
    def first(self) -> int | None:
        """The place in the history that the last month is compared with: the first month with rated customers."""
        earlier = range(len(self.history) - 1)
        return next((n for n in earlier if figures.rated(self.history[n])), None) if self.rated else None

    @property
    def compared_with(self) -> date | None:
        """The day from which the changes beside the figures of the tiers count."""
        return None if self.first is None else self.months[self.first].as_of

    @property
    def legend(self) -> list[dict[str, Any]]:
        """Each tier with its change. More in the high tiers is good, more in the lowest isn't; between, neither."""
        first = {} if self.first is None else self.history[self.first]
        changes = {code: _count(self.rows, code) - _count(first, code) if first else 0 for code in self.codes}
        worth = dict.fromkeys(self.codes[-1:], -1) | dict.fromkeys(self.high, 1)
        return [
            {
                "tier": self.tier(code),
                "customers": _count(self.rows, code),
                "change": changes[code],
                "good": changes[code] * worth[code] > 0 if code in worth else NEITHER,
                "url": self.list_url(to=code),
            }
            for code in self.codes
        ]

    @property
    def distribution(self) -> str:
        labels = [formatting.month_short(run.as_of) for run in self.months]
        counts = [[_count(rows, code) for code in self.codes] for rows in self.history]
        slots = [tier.slot for tier in self.tiers.values()]
        return charts.stack(labels, counts, slots, [self.names[code] for code in self.codes], self.distribution_title)

    @property
    def distribution_title(self) -> str:
        """The finding in words: how the shares moved since the first month with rated customers."""
        if self.first is None:
            return _("How customers spread over the tiers")
        start, end = self.months[self.first].as_of, self.choice.run.as_of
        months = (end.year - start.year) * 12 + end.month - start.month
        earlier, now = figures.shares(self.history[self.first]), figures.shares(self.rows)
        return shares_moved(self.names, earlier, now, months, self.high)

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
        """A row for each tier before; the last one, without a tier, for those who had none."""
        counts, left = self.matrix.counts, self.matrix.left
        rows = [
            {
                "tier": self.tier(before),
                "cells": [self._cell(i, j) for j in range(len(self.codes))],
                "left": Cell(left[i], 0, "same", 1, self.move_url(before, UNRATED)),
                "total": Cell(sum(counts[i]) + left[i], 1, "same", 1, self.list_url(**{"from": before})),
            }
            for i, before in enumerate(self.codes)
        ]
        return [*rows, self._newcomers] if self.arrived else rows

    @property
    def _newcomers(self) -> dict[str, Any]:
        pairs = zip(self.codes, self.matrix.arrived, strict=True)
        return {
            "tier": None,
            "cells": [Cell(n, 0, "same", 1, self.move_url(self._elsewhere, code)) for code, n in pairs],
            "left": Cell(0, 0, "same", 1, ""),
            "total": Cell(self.arrived, 1, "same", 1, self.arrived_url),
        }

    @property
    def arrived(self) -> int:
        """Who has a tier now and had none at the month end before: the bars count them, no move does."""
        return sum(self.matrix.arrived)

    @property
    def arrived_url(self) -> str:
        return self.move_url(self._elsewhere, ",".join(self.codes))

    @property
    def rated_url(self) -> str:
        return self.list_url(to=",".join(self.codes))

    @property
    def left(self) -> int:
        """Who had a tier at the month end before and has none now."""
        return sum(self.matrix.left)

    @property
    def left_url(self) -> str:
        return self.move_url(",".join(self.codes), UNRATED)

    @property
    def _elsewhere(self) -> str:
        """Where somebody without one of the page's tiers was: nowhere, unrated, or in a tier of another scheme."""
        return ",".join(["", UNRATED, *(code for code in catalogue.by_code() if code not in self.codes)])

    def _cell(self, i: int, j: int) -> Cell:
        counts = self.matrix.counts
        count, row = counts[i][j], sum(counts[i]) or 1
        kind = "same" if i == j else "up" if j < i else "down"
        washed = charts.wash(min(1.0, count / row * 4)) if count and i != j else 1
        return Cell(count, count / row, kind, washed, self.move_url(self.codes[i], self.codes[j]))

    @property
    def flow(self) -> str:
        heads = (formatting.month(self.matrix.before), formatting.month(self.choice.run.as_of))
        return charts.sankey(
            self.matrix.counts,
            [tier.slot for tier in self.tiers.values()],
            [self.names[code] for code in self.codes],
            self.flow_title,
            heads=heads,
            arrived=charts.Outside(_("First rated"), self.matrix.arrived),
            left=charts.Outside(_("Not rated any more"), self.matrix.left),
        )

    @property
    def flow_title(self) -> str:
        move = self.matrix.largest
        if move is None:
            return _("Nobody moved this month") if self.of_month else _("Nobody moved in these days")
        words = {"n": move[2], "before": self.names[move[0]], "after": self.names[move[1]]}
        return _("Largest flow: %(n)s from %(before)s to %(after)s") % words

    # --- effect ------------------------------------------------------------------------------------------------------
    @property
    def effect(self) -> list[dict[str, Any]]:
        """A row for each tier and one for who has not bought yet: with that the table adds up to all customers."""
        rated = [self._effect(code, self.tier(code), f"fill-{self.tiers[code].slot}") for code in self.codes]
        return [*rated, self._effect(UNRATED, None, "")] if UNRATED in self.rows else rated

    def _effect(self, code: str, tier: Shown | None, css: str) -> dict[str, Any]:
        share = self._share(code)
        return {
            "tier": tier,
            "row": self.rows.get(code, TierRow(code)),
            "sold": self.sold_of(code),
            "share": share,
            "bar": charts.bar(max(share, 0) * 100, css=css),
            "url": self.list_url(to=code),
            "repeat_url": self.list_url(to=code, orders="2"),
            "warned_url": self.list_url(to=code, warned="1"),
        }

    @property
    def repeat_url(self) -> str:
        return self.list_url(orders="2")

    @property
    def warned_url(self) -> str:
        return self.list_url(warned="1")

    def _share(self, code: str) -> float:
        return self.rows[code].revenue / self.total.revenue if code in self.rows and self.total.revenue else 0.0

    @property
    def effect_title(self) -> str:
        high = sum(row.revenue for code, row in self.rows.items() if code in self.high)
        count = sum(row.customers for code, row in self.rows.items() if code in self.high)
        if not self.total.revenue or not self.rated:
            return _("What each tier brings")
        words = {
            "share": formatting.percent(count / self.rated),
            "sales": formatting.percent(high / self.total.revenue),
        }
        return _("The high tiers are %(share)s of rated customers and bring %(sales)s of sales") % words

    # --- files -------------------------------------------------------------------------------------------------------
    @cached_property
    def tables(self) -> list[FigureTable]:
        """What the page shows, as files have it."""
        head = [_("Month"), *self.names.values()]
        spread = [
            [formatting.month(run.as_of), *(_count(rows, code) for code in self.codes)]
            for run, rows in zip(self.months, self.history, strict=True)
        ]
        tables = [FigureTable("months", _("Customers by tier and month"), head, spread)]
        if self.matrix.before:
            tables.append(self._moves_table)
        if self.grid:
            tables.append(self.grid.table)
        return [*tables, self._tiers_table]

    @property
    def _moves_table(self) -> FigureTable:
        head = [_("Before"), *self.names.values(), _("Unrated"), _("Total")]
        rows = [
            [
                self.names[row["tier"].code] if row["tier"] else _("First rated"),
                *(cell.count for cell in row["cells"]),
                row["left"].count,
                row["total"].count,
            ]
            for row in self.matrix_rows
        ]
        return FigureTable("moves", _("Customers by tier before and now"), head, rows)

    @property
    def _tiers_table(self) -> FigureTable:
        money = f"({self.currency})"
        head = [
            _("Tier"),
            _("Customers"),
            f"{_('Net sales')} {money}",
            _("Share of sales"),
            _("Repurchase rate"),
            f"{self.sold_head} {money}",
            _("With a warning"),
        ]
        rows = []
        for effect in self.effect:
            row, sold = effect["row"], effect["sold"]
            rows.append(
                [
                    effect["tier"].name if effect["tier"] else _("Unrated"),
                    row.customers,
                    formatting.major(row.revenue, self.currency),
                    in_percent(effect["share"]),
                    None if row.repurchase is None else in_percent(row.repurchase),
                    None if sold is None else formatting.major(sold, self.currency),
                    row.warned,
                ]
            )
        return FigureTable("tiers", _("Figures by tier"), head, rows)

    # --- helpers -----------------------------------------------------------------------------------------------------
    def tier(self, code: str) -> Any:
        tier = self.tiers[code]
        return Shown(code, tier.name, tier.slot, tier.letter)

    def list_url(self, **more: str) -> str:
        """The customers behind a figure, as of its run."""
        return f"{self._list}&{urlencode(more)}" if more else self._list

    @cached_property
    def _list(self) -> str:
        since = {} if self.of_month else {"since": self.span.first.isoformat()}
        return figures.customers_url(self.choice, **since)

    @property
    def latest_url(self) -> str:
        """The page of the latest run under the same filters."""
        asked = {name: value for name, value in self._address().items() if value}
        return f"{reverse('segmentation')}?{urlencode(asked)}#potential"

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
    letter: str


def _count(rows: dict[str, TierRow], code: str) -> int:
    return rows[code].customers if code in rows else 0


def shares_moved(
    names: Mapping[str, str],
    before: Mapping[str, float],
    now: Mapping[str, float],
    months: int,
    high_value: Collection[str],
) -> str:
    """What moved most between two months, true of every tier shown.

    "Hardly any" is said only when no tier's share moved by `UNMOVED` points or more; the high tiers, which most people
    look for first, are named when no other tier moved further than they.
    """
    moves = {code: (now.get(code, 0) - before.get(code, 0)) * 100 for code in names}
    fallen, risen = min(moves, key=moves.__getitem__, default=""), max(moves, key=moves.__getitem__, default="")
    span = ngettext("%(n)s month", "%(n)s months", months) % {"n": months}
    if not moves or max(moves[risen], -moves[fallen]) < UNMOVED:
        words = {"points": formatting.number(UNMOVED, 1), "span": span}
        return _("No tier's share moved by %(points)s points in %(span)s") % words
    high = sum(moves.get(code, 0) for code in high_value)
    others = [abs(move) for code, move in moves.items() if code not in high_value]
    if high_value and abs(high) >= max(others, default=0):
        text = _("High tiers up %(points)s points in %(span)s")
        if high < 0:
            text = _("High tiers down %(points)s points in %(span)s")
        return text % {"points": formatting.number(abs(high), 1), "span": span}
    up = _("%(tier)s up %(points)s points") % {"tier": names[risen], "points": formatting.number(moves[risen], 1)}
    down = _("%(tier)s down %(points)s points") % {
        "tier": names[fallen],
        "points": formatting.number(-moves[fallen], 1),
    }
    named = [text for text, move in ((up, moves[risen]), (down, -moves[fallen])) if move >= UNMOVED]
    return _("%(moves)s in %(span)s") % {"moves": formatting.listed(named), "span": span}


def _points(change: float | None) -> str:
    return "" if change is None else _("%(points)s pts") % {"points": formatting.number(abs(change), 1)}


def _sign(change: float | None) -> int:
    return 0 if not change else 1 if change > 0 else -1
