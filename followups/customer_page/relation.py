"""How the relation with a customer goes: conversations by month, and the last 90 days beside the 90 before.

A conversation is an activity in which somebody was reached, or that the customer began. Attempts are what a colleague
began; answered ones were those in which somebody was reached. Automatic messages and internal notes are neither.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock, company
from core.contributions import CustomerPanel, Folded
from customers.models import Customer, Interaction, InteractionResult
from ui.charts import columns
from ui.formatting import month, month_short, number

SPAN = timedelta(days=90)
MONTHS = 12
MOST = 500  # activities of a year that are looked at, the latest first


@dataclass(frozen=True)
class Quarter:
    """90 days: conversations, what a colleague began, and how much of that was answered."""

    talks: int
    attempts: int
    answered: int

    @property
    def answers(self) -> str:
        """How many attempts were answered, in words; empty where nobody tried."""
        if not self.attempts:
            return ""
        return _("%(answered)s of %(attempts)s answered") % {"answered": self.answered, "attempts": self.attempts}


@dataclass(frozen=True)
class Relation:
    """What the panel shows."""

    months: list[date]
    talks: list[int]
    now: Quarter
    before: Quarter

    @property
    def trend(self) -> str:
        """Whether the relation became closer or looser, in a word."""
        if self.now.talks == self.before.talks:
            return _("as before")
        return _("closer than before") if self.now.talks > self.before.talks else _("looser than before")

    @property
    def chart(self) -> SafeString:
        label = _("Conversations by month, last 12 months")
        return columns(
            [month_short(first) for first in self.months],
            self.talks,
            label,
            fmt=lambda value: number(value) if value else "",
            hot=(len(self.talks) - 1,),
            height=110,
        )

    @property
    def table_head(self) -> tuple[str, str]:
        return _("Month"), _("Conversations")

    @property
    def table(self) -> list[tuple[str, str]]:
        """The figures of the chart, for those who can't see it."""
        return [(month(first), number(n)) for first, n in zip(self.months, self.talks, strict=True)]


def _read(user: User) -> ArraySubquery:
    since, _next = clock.day_bounds(clock.months_back(clock.business_date(), MONTHS)[0], company.zone())
    rows = Interaction.objects.for_user(user).filter(customer=OuterRef("pk"), occurred_at__gte=since, automatic=False)
    rows = rows.exclude(direction=Interaction.Direction.INTERNAL).exclude(result="").order_by("-occurred_at", "-pk")
    shown = JSONObject(at="occurred_at", began="direction", result="result")
    return ArraySubquery(rows.values(data=shown)[:MOST])


def _draw(user: User, customer: Customer, found: list[dict[str, Any]] | None) -> Relation | None:
    """What the panel shows; None without any activity in the months shown."""
    if not found:
        return None
    rows = [(datetime.fromisoformat(row["at"]), row["began"], row["result"]) for row in found]
    talks = [at for at, began, result in rows if _is_talk(began, result)]
    by_month = Counter(clock.business_date(at).replace(day=1) for at in talks)
    months, today = clock.months_back(clock.business_date(), MONTHS), clock.now()
    recent = [row for row in rows if row[0] > today - SPAN]
    earlier = [row for row in rows if today - 2 * SPAN < row[0] <= today - SPAN]
    return Relation(months, [by_month[first] for first in months], _quarter(recent), _quarter(earlier))


def _is_talk(began: str, result: str) -> bool:
    return began == Interaction.Direction.IN or result != InteractionResult.NO_ANSWER


def _quarter(rows: Iterable[tuple[datetime, str, str]]) -> Quarter:
    found = [(began, result) for _at, began, result in rows]
    begun = [result for began, result in found if began == Interaction.Direction.OUT]
    answered = sum(result != InteractionResult.NO_ANSWER for result in begun)
    return Quarter(sum(_is_talk(*row) for row in found), len(begun), answered)


PANEL = CustomerPanel(
    "relation",
    "right",
    "followups/panels/relation.html",
    35,
    permission="interaction.view",
    read=_read,
    draw=_draw,
    folded=lambda customer, relation: Folded(_("Relation"), relation.trend),
)
