"""Which customers of a forecast a figure counts, said in an address: the same words choose bins and rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode

from customers.models import Warn
from segmentation.proof.figures import Bin, Figures

WARNED = "warned"
LEVELS = (WARNED, Warn.RED.value, Warn.YELLOW.value)
WATCHED, FALLEN = "watched", "fallen"
GROUPS = (WATCHED, FALLEN)
LEFT, BOUGHT = "left", "bought"


@dataclass(frozen=True)
class Narrow:
    """All of it may be empty. `low` and `below` are percent of the chance to buy."""

    level: str = ""
    group: str = ""
    low: int | None = None
    below: int | None = None
    outcome: str = ""

    @classmethod
    def read(cls, said: dict[str, Any]) -> Narrow:
        """From the filters of a list."""
        return cls(**{name: said[name] for name in ("level", "group", "low", "below", "outcome") if name in said})

    def count(self, figures: Figures) -> int:
        """How many the figure says."""
        return sum(self._of(one) for one in figures.bins if self._holds(one))

    def _of(self, one: Bin) -> int:
        return {LEFT: one.left, BOUGHT: one.bought}.get(self.outcome, one.customers)

    def _holds(self, one: Bin) -> bool:
        if self.level and (one.level == Warn.NONE if self.level == WARNED else one.level != self.level):
            return False
        if (self.group == WATCHED and not one.watched) or (self.group == FALLEN and not one.fallen):
            return False
        if self.low is None and self.below is None:
            return True
        return one.percent is not None and (self.low or 0) <= one.percent < (100 if self.below is None else self.below)

    def url(self, forecast: int) -> str:
        """The list of them."""
        said = {
            "level": self.level,
            "group": self.group,
            "low": "" if self.low is None else str(self.low),
            "below": "" if self.below is None else str(self.below),
            "outcome": self.outcome,
        }
        page = reverse("forecast_list", args=[forecast])
        asked = urlencode({name: value for name, value in said.items() if value})
        return f"{page}?{asked}" if asked else page


def where_level(code: str) -> Q:
    """Rows of a level, or of any."""
    return ~Q(level=Warn.NONE) if code == WARNED else Q(level=code)


def where_group(code: str) -> Q:
    """Rows that could be warned, and those of them whose chance had fallen."""
    return Q(watched=True) if code == WATCHED else Q(fallen=True)


def where_outcome(code: str) -> Q:
    """Rows by what became of them."""
    return Q(bought=code == BOUGHT)
