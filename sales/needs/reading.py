"""Reading needs: which are in reach, what a customer's page and history show of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import JSONObject
from django.utils.translation import pgettext

from accounts.access import row_for
from accounts.models import User
from accounts.scope import reach_of
from core.contributions import CustomerPanel, Folded, TimelineEntry, TimelinePart
from customers.models import Customer
from sales.needs.models import UNSETTLED, Need, NeedStep
from ui import formatting

SHOWN = 6
WORDS = dict(Need.State.choices)
ICONS = {Need.State.OPEN: "lightbulb", Need.State.OFFERED: "send", Need.State.MET: "check", Need.State.DROPPED: "x"}


def need_for(user: User, pk: int, action: str = "change") -> Need:
    """One that this person may move."""
    rows = Need.objects.select_related("customer", "product", "contact", "interaction", "updated_by")
    return row_for(rows.defer("customer__search_tokens"), user, pk, action)


@dataclass(frozen=True)
class NeedShown:
    """A need that waits, on the customer's page."""

    pk: int
    text: str
    offered: bool
    pain: bool
    contact: str
    product: str
    since: date


@dataclass(frozen=True)
class NeedsShown:
    """Those that wait, the oldest last; `more`: there are others."""

    needs: Sequence[NeedShown]
    more: bool
    may_add: bool
    may_change: bool


def _read(user: User) -> ArraySubquery:
    rows = Need.objects.for_user(user).filter(customer=OuterRef("pk"), state__in=UNSETTLED).order_by("-since", "-pk")
    data = JSONObject(
        pk="pk",
        text="text",
        state="state",
        kind="kind",
        contact="contact__name",
        product="product__name",
        since="since",
    )
    return ArraySubquery(rows.values(data=data)[: SHOWN + 1])


def _draw(user: User, customer: Customer, found: list[dict[str, Any]] | None) -> NeedsShown | None:
    reach = reach_of(user)
    may_add, rows = reach.holds(customer, "need.add"), found or []
    if not rows and not may_add:
        return None
    needs = [
        NeedShown(
            row["pk"],
            row["text"],
            row["state"] == Need.State.OFFERED,
            row["kind"] == Need.Kind.PAIN,
            row["contact"] or "",
            row["product"] or "",
            date.fromisoformat(row["since"]),
        )
        for row in rows[:SHOWN]
    ]
    return NeedsShown(needs, len(rows) > SHOWN, may_add, reach.holds(customer, "need.change"))


PANEL = CustomerPanel(
    "needs",
    "right",
    "sales/needs/panel.html",
    15,
    permission="need.view",
    read=_read,
    draw=_draw,
    folded=lambda customer, panel: Folded(
        pgettext("of a customer", "Needs"),
        f"{len(panel.needs)}+" if panel.more else formatting.number(len(panel.needs)),
    ),
)


def _steps(user: User, customer_id: int) -> QuerySet[NeedStep]:
    """Where a need went; what an entry of the log has brought stands at that entry."""
    needs = Need.objects.for_user(user).filter(customer=customer_id)
    born = Q(state=Need.State.OPEN, interaction__isnull=False, interaction=F("need__interaction"))
    return NeedStep.objects.filter(need__in=needs.order_by().values("pk")).exclude(born)


def _describe(customer: Customer, entry: TimelineEntry) -> None:
    data = entry.data
    entry.icon = ICONS.get(data["state"], "lightbulb")
    entry.tone = "good" if data["state"] == Need.State.MET else ""
    data["word"] = WORDS.get(data["state"], data["state"])


TIMELINE = TimelinePart(
    "need",
    tab="log",
    permission="need.view",
    rows=_steps,
    at=F("at"),
    fields={"state": "state", "reason": "reason", "text": "need__text", "need": "need_id"}
    | {"product": "product__name", "by": "by__name"},
    template="sales/needs/timeline.html",
    describe=_describe,
)
FIRST_OPEN = Case(When(state=Need.State.OPEN, then=Value(0)), default=Value(1))


def waiting(user: User, customer: Customer) -> QuerySet[Need]:
    """What still waits of one customer, open ones first."""
    rows = Need.objects.for_user(user).filter(customer=customer, state__in=UNSETTLED)
    return rows.order_by(FIRST_OPEN, "-since", "-pk")
