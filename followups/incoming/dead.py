"""What a customer's page shows of addresses from which mail came back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from accounts.masking import mask_value, may_read
from accounts.models import User
from accounts.scope import reach_of
from core.contributions import CustomerPanel
from customers.addresses import dead_in_file
from customers.models import Customer


@dataclass(frozen=True)
class Dead:
    """One address, as its reader may see it."""

    pk: int
    email: str
    at: datetime
    status: str


@dataclass(frozen=True)
class DeadShown:
    """All that stand in the file, and whether one may say that they work."""

    rows: list[Dead]
    may_change: bool


def _read(user: User) -> ArraySubquery:
    rows = dead_in_file(OuterRef("pk"))
    return ArraySubquery(rows.values(data=JSONObject(pk="pk", email="email", at="at", status="status"))[:10])


def _draw(user: User, customer: Customer, found: list[dict[str, Any]] | None) -> DeadShown | None:
    if not found:
        return None
    whole = may_read(user, customer, "email")
    rows = [
        Dead(
            row["pk"],
            row["email"] if whole else mask_value("email", row["email"]),
            datetime.fromisoformat(row["at"]),
            row["status"],
        )
        for row in found
    ]
    return DeadShown(rows, reach_of(user).holds(customer, "customer.change"))


DEAD_ADDRESSES = CustomerPanel(
    "dead_addresses",
    "question",
    "followups/incoming/dead.html",
    20,
    permission="customer.view",
    read=_read,
    draw=_draw,
)
