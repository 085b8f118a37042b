"""The card on a customer's page: that a hold-out leaves them out of the automatic plan, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import reach_of
from core.contributions import CustomerPanel, Folded
from customers.models import Customer
from segmentation import catalogue
from segmentation.control.models import HoldOutMember
from segmentation.models import Tier
from ui import formatting


@dataclass(frozen=True)
class LeftOut:
    """Since when, of which tier, and whether this person may take the customer in."""

    hold_out: int
    tier: Tier | None
    share: str
    since: date
    taken_in: str  # by whom; empty while the customer is left out
    may_change: bool


def _read(user: User) -> ArraySubquery:
    rows = HoldOutMember.objects.for_user(user).filter(customer=OuterRef("pk"), running=True, held=True)
    data = {
        "hold_out": "hold_out",
        "scheme": "hold_out__scheme",
        "tier": "hold_out__tier",
        "share": "hold_out__share",
        "since": "hold_out__began_on",
        "taken_in": "taken_in_at",
        "by": "taken_in_by__name",
    }
    return ArraySubquery(rows.values(data=JSONObject(**data))[:1])


def _draw(user: User, customer: Customer, found: list[dict[str, Any]] | None) -> LeftOut | None:
    if not found:
        return None
    row = found[0]
    return LeftOut(
        row["hold_out"],
        catalogue.catalogue().get((row["scheme"], row["tier"])),
        formatting.percent(row["share"] / 100),
        date.fromisoformat(row["since"]),
        (row["by"] or _("somebody who has left")) if row["taken_in"] else "",
        user.can("tier_rule.change") and reach_of(user).holds(customer, "customer.view"),
    )


def _folded(customer: Customer, shown: LeftOut) -> Folded:
    words = _("taken in by hand") if shown.taken_in else _("since %(day)s") % {"day": formatting.day_short(shown.since)}
    return Folded(_("Left out of the automatic plan"), words)


LEFT_OUT_PANEL = CustomerPanel(
    "left_out",
    "right",
    "segmentation/control/panel.html",
    12,
    permission="score.view",
    read=_read,
    draw=_draw,
    folded=_folded,
)
