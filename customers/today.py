"""What stands beside Today of those who may hand customers over: customers that nobody looks after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.contributions import TodayCard
from customers.models import Customer


@dataclass(frozen=True)
class Unowned:
    """Customers whose owner has left, and those in the pool; each figure is that of the list it opens."""

    left: int
    pool: int


def _read(user: User) -> JSONObject:
    def counted(where: Q) -> Coalesce:
        rows = Customer.objects.for_user(user).filter(where).order_by().annotate(one=Value(1)).values("one")
        return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)

    return JSONObject(left=counted(Q(owner__is_active=False)), pool=counted(Q(owner=None)))


def _draw(user: User, found: dict[str, Any]) -> Unowned | None:
    return Unowned(**found) if any(found.values()) else None


CARDS = (
    TodayCard(
        "unowned",
        _("Customers without an owner"),
        "customers/today/unowned.html",
        40,
        permission="customer.assign",
        read=_read,
        draw=_draw,
    ),
)
