"""What the page of the proof shows: days with their figures, one of them in full, the limit that pays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from core.company import currency
from customers.models import Warn
from intake.tablefiles import FigureTable, in_percent
from segmentation.proof.figures import LIMITS, Figures, Limit, Share, Worth, best_of, worth_of
from segmentation.proof.models import Forecast
from segmentation.proof.narrowing import BOUGHT, FALLEN, LEFT, WARNED, WATCHED, Narrow
from segmentation.proof.words import best_in_words, calibration_title, in_a_sentence, state_of
from segmentation.proof.writing import until_of
from ui import charts, formatting


def shared(share: Share) -> str:
    """A share in per cent, or that they are too few."""
    return _("too few") if share.few else formatting.percent(share.value)


def ranked(value: float | None) -> str:
    """A figure between 0 and 1 with three places; a dash for none."""
    return formatting.DASH if value is None else f"{value:.3f}"


@dataclass(frozen=True)
class Day:
    """A line of the table: one forecast with the figures of this reader; `state` says why it has none yet."""

    row: Forecast
    figures: Figures
    current: bool

    @property
    def state(self) -> str:
        return state_of(self.row, formatting.day(until_of(self.row)))

    @property
    def url(self) -> str:
        return f"?day={self.row.pk}"

    @property
    def judged_url(self) -> str:
        return Narrow().url(self.row.pk) if self.row.rows_kept else ""

    @property
    def warned_url(self) -> str:
        return Narrow(level=WARNED).url(self.row.pk) if self.row.rows_kept else ""

    @property
    def precision(self) -> str:
        return shared(self.figures.precision)

    @property
    def recall(self) -> str:
        return shared(self.figures.recall)

    @property
    def base(self) -> str:
        return shared(self.figures.watched)

    @property
    def auc(self) -> str:
        return formatting.DASH if self.figures.judged.few else ranked(self.figures.auc)

    @property
    def brier(self) -> str:
        return formatting.DASH if self.figures.judged.few else ranked(self.figures.brier)

    @property
    def waits(self) -> bool:
        """For a worker."""
        return self.row.kind == Forecast.Kind.REPLAY and not self.row.judged_at and not self.row.refused

    @property
    def removable(self) -> bool:
        return self.row.kind == Forecast.Kind.REPLAY


@dataclass(frozen=True)
class Counted:
    """A share with the lists of its part and of those it is a part of; no addresses where the rows are gone."""

    share: Share
    url: str
    all_url: str

    @property
    def in_words(self) -> str:
        """A share, or that they are too few."""
        return shared(self.share)


@dataclass(frozen=True)
class BandLine:
    """A band of the calibration table."""

    words: str
    predicted: float
    bought: Counted


@dataclass(frozen=True)
class LimitLine:
    """A line of the table of limits; without money where none is known or may be seen."""

    below: int
    calls: int
    calls_url: str
    caught: int
    caught_url: str
    value: int | None
    cost: int | None
    gain: int | None
    net: int | None
    best: bool
    now: bool


class Proof:
    """One forecast in full. `call`: what a call costs (minor units), `won`: the share it wins back; None: not told."""

    def __init__(self, row: Forecast, figures: Figures, *, money: bool, call: int | None, won: float | None) -> None:
        self.row, self.figures, self.money = row, figures, money
        self.call, self.won = (call, won) if money else (None, None)

    @property
    def sentence(self) -> str:
        return in_a_sentence(self.figures)

    def url(self, **said: Any) -> str:
        """The list of customers; none where their rows have gone."""
        return Narrow(**said).url(self.row.pk) if self.row.rows_kept else ""

    def _counted(self, share: Share, outcome: str, **said: Any) -> Counted:
        return Counted(share, self.url(**said, outcome=outcome), self.url(**said))

    # --- the warnings
    @property
    def precision(self) -> Counted:
        return self._counted(self.figures.precision, LEFT, level=WARNED)

    @property
    def red(self) -> Counted:
        return self._counted(self.figures.red, LEFT, level=Warn.RED.value)

    @property
    def yellow(self) -> Counted:
        return self._counted(self.figures.yellow, LEFT, level=Warn.YELLOW.value)

    @property
    def base(self) -> Counted:
        return self._counted(self.figures.watched, LEFT, group=WATCHED)

    @property
    def recall(self) -> Counted:
        share = self.figures.recall
        return Counted(share, self.url(level=WARNED, outcome=LEFT), self.url(group=WATCHED, outcome=LEFT))

    @property
    def judged(self) -> Counted:
        return self._counted(self.figures.judged, LEFT)

    @property
    def tenth(self) -> tuple[int, Counted] | None:
        found = self.figures.tenth
        if found is None:
            return None
        below, share = found
        return below, self._counted(share, LEFT, group=WATCHED, below=below)

    @property
    def lifts(self) -> list[tuple[str, Counted, str]]:
        """(who, of them who left, how many times as often as by chance)."""
        found = [(_("red"), self.red), (_("yellow"), self.yellow)]
        if self.tenth:
            found.append((_("riskiest tenth, below %(n)s%%") % {"n": self.tenth[0]}, self.tenth[1]))
        return [(words, counted, self._lift(counted.share)) for words, counted in found]

    def _lift(self, share: Share) -> str:
        times = self.figures.lift(share)
        if share.few or times is None:
            return _("too few")
        return _("%(n)s times") % {"n": formatting.number(times, 1)}

    # --- the chances
    @property
    def auc_words(self) -> str:
        """Empty where there are no chances."""
        if self.figures.brier is None:
            return ""
        return _("too few") if self.figures.judged.few else ranked(self.figures.auc)

    @property
    def auc_note(self) -> str:
        watched = self.figures.auc_watched
        if watched is None or self.figures.watched.few:
            return _("0.5 is guessing")
        return _("0.5 is guessing; %(n)s among those who could be warned") % {"n": ranked(watched)}

    @property
    def brier_words(self) -> str:
        return _("too few") if self.figures.judged.few else ranked(self.figures.brier)

    @property
    def brier_note(self) -> str:
        return _("0 is perfect; one chance for all comes to %(n)s") % {"n": ranked(self.figures.brier_of_all_alike)}

    @property
    def title_of_bands(self) -> str:
        return calibration_title(self.figures)

    @cached_property
    def bands(self) -> list[BandLine]:
        return [
            BandLine(
                f"{band.low}–{band.high}%",
                band.predicted,
                Counted(
                    band.bought,
                    self.url(low=band.low, below=band.high, outcome=BOUGHT),
                    self.url(low=band.low, below=band.high),
                ),
            )
            for band in self.figures.bands
        ]

    @property
    def drawing_of_bands(self) -> str:
        happened = [None if line.bought.share.few else line.bought.share.value for line in self.bands]
        if sum(value is not None for value in happened) < 2:
            return ""
        return charts.lines(
            [
                charts.Series(_("said"), "stroke-3", [line.predicted for line in self.bands]),
                charts.Series(_("happened"), "", happened),
            ],
            [line.words.removesuffix("%").partition("–")[0] for line in self.bands],
            self.title_of_bands,
            high=1,
            ticks=[(0, "0%"), (0.25, "25%"), (0.5, "50%"), (0.75, "75%"), (1, "100%")],
            fmt=lambda value: formatting.percent(value),
            room_right=32,
        )

    # --- the limit
    @property
    def present(self) -> int:
        """The limit that yellow had then, in whole percent."""
        return round(self.row.yellow_p * 100)

    @cached_property
    def worth(self) -> list[Worth]:
        """Of each limit, and of the one of then; empty until cost and share are told."""
        if self.call is None or self.won is None:
            return []
        return worth_of(self._limits, call=self.call, won=self.won)

    @cached_property
    def _limits(self) -> list[Limit]:
        """Those that reach anybody more than the one before, and the one of then."""
        found = {limit.below: limit for limit in self.figures.limits}
        if found and self.present not in found:
            found[self.present] = self.figures.limit(self.present)
        kept: list[Limit] = []
        for below in sorted(found):
            if below == self.present or found[below].calls != (kept[-1].calls if kept else 0):
                kept.append(found[below])
        return kept

    @property
    def nobody_above(self) -> str:
        """Why the limits end where they do."""
        found = self._limits
        if not found or found[-1].below >= LIMITS[-1]:
            return ""
        words = {"below": found[-1].below, "drop": formatting.percent(self.row.yellow_drop)}
        text = _(
            "A limit above %(below)s%% would call nobody more: a warning asks besides that the chance has fallen by at"
            " least %(drop)s."
        )
        return text % words

    @property
    def best(self) -> Worth | None:
        return best_of(self.worth)

    @property
    def best_words(self) -> str:
        now = next((one for one in self.worth if one.limit.below == self.present), None)
        return best_in_words(self.best, now, self.won or 0) if self.worth else ""

    @cached_property
    def limits(self) -> list[LimitLine]:
        worth = {one.limit.below: one for one in self.worth}
        best = self.best
        lines = []
        for limit in self._limits:
            of = worth.get(limit.below)
            lines.append(
                LimitLine(
                    limit.below,
                    limit.calls,
                    self.url(group=FALLEN, below=limit.below),
                    limit.caught,
                    self.url(group=FALLEN, below=limit.below, outcome=LEFT),
                    limit.value if self.money else None,
                    of.cost if of else None,
                    of.gain if of else None,
                    of.net if of else None,
                    best is not None and best.limit.below == limit.below,
                    limit.below == self.present,
                )
            )
        return lines

    @property
    def best_url(self) -> str:
        """Where the limit that pays best is put in force; empty where none pays, or it was so then."""
        best = self.best
        return f"{reverse('limit_use')}?below={best.limit.below}" if best else ""

    @property
    def drawing_of_limits(self) -> str:
        if not self.worth:
            return ""
        net = [one.net for one in self.worth]
        code = currency()
        low, high = min(0, *net), max(1, *net)
        return charts.lines(
            [charts.Series(_("net"), "", net)],
            [f"{one.limit.below}" for one in self.worth],
            _("Net by limit"),
            low=low,
            high=high,
            ticks=[(value, formatting.money_short(round(value), code)) for value in sorted({low, 0, high})],
            fmt=lambda value: formatting.money_short(round(value), code),
            every=2,
            room_right=32,
        )

    # --- as files
    @property
    def tables(self) -> list[FigureTable]:
        """The bands, how much better than by chance, and the limits."""
        bands = [
            [line.words, in_percent(line.predicted), in_percent(line.bought.share.value or 0), line.bought.share.n]
            for line in self.bands
        ]
        head = [_("Chance of buying"), _("said (%)"), _("bought (%)"), _("Customers")]
        found = [FigureTable("chances", _("Said and happened"), head, bands)]
        lifts = [
            [
                words,
                None if of.share.few else self.figures.lift(of.share),
                of.share.n,
                of.share.part,
                None if of.share.few or of.share.value is None else in_percent(of.share.value),
            ]
            for words, of, _times in self.lifts
        ]
        head = [_("Warned of"), _("Lift"), _("Customers"), _("bought nothing"), _("Share of them (%)")]
        found.append(FigureTable("lifts", _("Better than by chance"), head, lifts))
        if self.limits:
            found.append(FigureTable("limits", _("Limits"), *self._limits_table()))
        return found

    def _limits_table(self) -> tuple[list[Any], list[list[Any]]]:
        code = currency()
        head = [_("Warning below (%)"), _("Calls"), _("Reached who bought nothing")]
        names = ["value", "cost", "gain", "net"] if self.worth else ["value"] if self.money else []
        words = {"value": _("Value at risk"), "cost": _("Cost"), "gain": _("Won back"), "net": _("Net")}
        head += [f"{words[name]} ({code})" for name in names]
        rows = [
            [line.below, line.calls, line.caught, *(formatting.major(getattr(line, name), code) for name in names)]
            for line in self.limits
        ]
        return head, rows


def days_table(days: Sequence[Day]) -> FigureTable:
    """All days with figures."""
    head = [
        _("Day"),
        _("How made"),
        _("Judged"),
        _("Warnings"),
        _("Right"),
        _("Precision (%)"),
        _("Recall (%)"),
        _("By chance (%)"),
        "AUC",
        "Brier",
    ]
    rows = []
    for day in days:
        if day.state:
            continue
        of = day.figures
        shares = [
            None if s.few or s.value is None else in_percent(s.value) for s in (of.precision, of.recall, of.watched)
        ]
        ranks = [None if value is None else round(value, 3) for value in (of.auc, of.brier)]
        kind = str(day.row.get_kind_display())
        rows.append([day.row.as_of, kind, of.judged.n, of.precision.n, of.precision.part, *shares, *ranks])
    return FigureTable("days", _("Days"), head, rows)


def days_of(user: User, rows: Sequence[Forecast], figures: dict[int, Figures], chosen: Forecast | None) -> list[Day]:
    """The lines of the table."""
    return [Day(row, figures[row.pk], chosen is not None and row.pk == chosen.pk) for row in rows]
