"""The letters on the page of a customer who hasn't bought yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from core.contributions import CustomerPanel, Folded
from customers.models import Customer, facts_of
from segmentation.qualification.access import may_qualify
from segmentation.qualification.models import Frame, Qualification, first_frame
from segmentation.qualification.score import FRAMES, LETTERS, Score, score
from segmentation.qualification.words import NAMES, QUESTIONS, STEPS

READ = ("frame", "version", "decides_on", *LETTERS, *(f"{letter}_note" for letter in LETTERS))


@dataclass(frozen=True)
class Letter:
    """One letter: `step` 0 to 3, None = not asked yet."""

    code: str
    name: str | Promise
    question: str | Promise
    step: int | None
    note: str
    steps: tuple[str | Promise, ...]

    @property
    def word(self) -> str | Promise:
        """The step in words."""
        return "" if self.step is None else self.steps[self.step]


@dataclass(frozen=True)
class Letters:
    """What is known about a prospect; `may_change`: this reader may answer."""

    frame: str
    version: int
    letters: list[Letter]
    score: Score
    may_change: bool
    decides_on: date | None = None

    @property
    def brief(self) -> str:
        """BANT 67 · 3 of 4 known."""
        name, percent = str(Frame(self.frame).label), self.score.percent
        known = _("%(known)s of %(of)s known") % {"known": self.score.known, "of": self.score.of}
        return f"{name if percent is None else f'{name} {percent}'} · {known}"


def _read(user: User) -> ArraySubquery:
    rows = Qualification.objects.for_user(user).filter(customer=OuterRef("pk"))
    return ArraySubquery(rows.values(data=JSONObject(**{name: name for name in READ}))[:1])


def _draw(user: User, customer: Customer, found: list[dict[str, Any]] | None) -> Letters | None:
    may_change = may_qualify(user, customer)
    if facts_of(customer).last_order_on is not None or not (found or may_change):
        return None
    data: dict[str, Any] = found[0] if found else {"frame": first_frame(customer.kind), "version": 0}
    frame = data["frame"]
    letters = [
        Letter(code, NAMES[code], QUESTIONS[code], data.get(code), data.get(f"{code}_note", ""), STEPS[code])
        for code in FRAMES[frame]
    ]
    return Letters(frame, data["version"], letters, score(frame, data), may_change, _day(data.get("decides_on")))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


PANEL = CustomerPanel(
    "qualification",
    "right",
    "segmentation/qualification/panel.html",
    15,
    permission="qualification.view",
    read=_read,
    draw=_draw,
    folded=lambda customer, letters: Folded(_("Qualification"), letters.brief),
)
