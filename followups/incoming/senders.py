"""What a customer's page shows of senders that a person has recognised as this customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from accounts.masking import mask_value, may_read
from accounts.models import User
from accounts.scope import reach_of
from core.contributions import CustomerPanel, Folded
from customers.models import Customer, Handle, Network
from ui import formatting

SHOWN = 20


@dataclass(frozen=True)
class Sender:
    """One of them, as its reader may see it."""

    pk: int
    network: str
    name: str
    contact: str


@dataclass(frozen=True)
class Senders:
    """All of a customer, and whether one may forget one."""

    rows: list[Sender]
    may_change: bool


def _read(user: User) -> ArraySubquery:
    rows = Handle.objects.for_user(user, "customer.view").filter(customer=OuterRef("pk")).order_by("network", "pk")
    told = {name: name for name in ("pk", "network", "email", "handle")} | {"contact": "contact__name"}
    return ArraySubquery(rows.values(data=JSONObject(**told))[:SHOWN])


def _draw(user: User, customer: Customer, found: list[dict[str, Any]] | None) -> Senders | None:
    if not found:
        return None
    words = dict(Network.choices)
    rows = [
        Sender(row["pk"], str(words[row["network"]]), _name(user, customer, row), row["contact"] or "") for row in found
    ]
    return Senders(rows, reach_of(user).holds(customer, "customer.change"))


def _name(user: User, customer: Customer, row: dict[str, Any]) -> str:
    """Masked as the customer's own ways are."""
    field = "email" if row["email"] else "phone"
    value = row["email"] or row["handle"]
    return value if may_read(user, customer, field) else mask_value(field, value)


SENDERS = CustomerPanel(
    "senders",
    "left",
    "followups/incoming/senders.html",
    28,
    permission="incoming.view",
    read=_read,
    draw=_draw,
    folded=lambda customer, panel: Folded(_("Writes from"), formatting.number(len(panel.rows))),
)
