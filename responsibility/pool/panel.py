"""On a customer's page: that it goes back into the pool, and when."""

from __future__ import annotations

from datetime import date

from django.db.models import OuterRef, Subquery

from accounts.models import User
from core.contributions import CustomerPanel
from customers.models import Customer
from responsibility.models import ReclaimWarning


def _read(user: User) -> Subquery:
    return Subquery(ReclaimWarning.objects.for_user(user).filter(customer=OuterRef("pk")).values("goes_on")[:1])


def _draw(user: User, customer: Customer, found: date | None) -> date | None:
    return found


LEAVING_PANEL = CustomerPanel("leaving", "question", "responsibility/pool/panel.html", 5, read=_read, draw=_draw)
