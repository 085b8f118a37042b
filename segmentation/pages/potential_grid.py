"""The grid of value and potential on the tier dashboard: how many customers each cell has, and what they bring.

Value is the class of amount, potential the band of the score, both as of the latest run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from intake.tablefiles import FigureTable
from segmentation.classes import AMOUNT
from segmentation.further import BANDS
from segmentation.pages.figures import Choice, potential_sums
from ui import charts, formatting

NONE = "unknown"  # as the filters of the customer list call it
AMOUNTS, POTENTIALS = (*AMOUNT, ""), (*BANDS, "")


@dataclass(frozen=True)
class Cell:
    """One figure with the customers that it opens."""

    count: int
    revenue: int
    wash: int
    url: str


class Grid:
    """Rows: class of amount, the largest first; columns: potential, the highest first. One query."""

    def __init__(self, user: User, choice: Choice, list_url: Callable[..., str]) -> None:
        self.found, self.list_url, self.run = potential_sums(user, choice), list_url, choice.run

    @property
    def title(self) -> str:
        """Where more may come from: a high potential of those who bring little yet."""
        hidden = sum(n for (amount, band), (n, _net) in self.found.items() if band == "high" and amount != "large")
        if not hidden:
            return _("Value and potential")
        text = ngettext(
            "%(n)s customer who doesn't bring much yet has a high potential",
            "%(n)s customers who don't bring much yet have a high potential",
            hidden,
        )
        return text % {"n": formatting.number(hidden)}

    @cached_property
    def parted(self) -> bool:
        """Whether the night knew from which amount on a customer is large: not by typed cut-points."""
        cuts = self.run.cut_points
        return any(amount for amount, _band in self.found) or bool(cuts and cuts.amount_classes)

    @property
    def heads(self) -> list[str]:
        """The columns."""
        return [*(capfirst(str(word)) for word in BANDS.values()), _("No data yet")]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each class of amount with its cells and their sum."""
        names = [*(capfirst(str(word)) for word in AMOUNT.values()), _("No sales") if self.parted else _("No data yet")]
        return [
            {
                "name": name,
                "cells": [self._cell([amount], [band]) for band in POTENTIALS],
                "total": self._cell([amount], POTENTIALS),
            }
            for amount, name in zip(AMOUNTS, names, strict=True)
        ]

    @property
    def table(self) -> FigureTable:
        """The numbers of customers as a file has them."""
        head = [_("Net sales"), *self.heads, _("Total")]
        rows = [[row["name"], *(cell.count for cell in row["cells"]), row["total"].count] for row in self.rows]
        return FigureTable("potential", _("Value and potential"), head, rows)

    @property
    def totals(self) -> list[Cell]:
        """Each column's, and all together."""
        return [self._cell(AMOUNTS, bands) for bands in ([band] for band in POTENTIALS)] + [
            self._cell(AMOUNTS, POTENTIALS)
        ]

    def _cell(self, amounts: Any, bands: Any) -> Cell:
        found = [self.found.get((amount, band), (0, 0)) for amount in amounts for band in bands]
        count, everybody = sum(n for n, _net in found), sum(n for n, _net in self.found.values()) or 1
        asked = {}
        if len(amounts) == 1:
            asked["amount_class"] = amounts[0] or NONE
        if len(bands) == 1:
            asked["potential"] = bands[0] or NONE
        return Cell(count, sum(net for _n, net in found), charts.wash(count / everybody), self.list_url(**asked))
