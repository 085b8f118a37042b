"""How a customer is best reached, by their own plan: on their page, and in the file of the list."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.contributions import CustomerPanel, ExportColumn, ExportPart
from customers.models import Customer, InteractionKind
from followups.models import Rhythm
from followups.reckoning import rhythm_of

METHODS = dict(InteractionKind.choices)


def _draw(user: User, customer: Customer, found: object) -> str | None:
    """ "WeChat · 10:00", or nothing where the plan says neither."""
    rhythm = rhythm_of(customer)
    return _words(rhythm) or None if rhythm else None


def _words(rhythm: Rhythm) -> str:
    parts = [str(METHODS[rhythm.method])] if rhythm.method else []
    parts += [f"{rhythm.at_time:%H:%M}"] if rhythm.at_time else []
    return " · ".join(parts)


def _load(user: User, customers: Sequence[Customer]) -> dict[int, Rhythm]:
    rows = Rhythm.objects.for_user(user).filter(customer__in=[row.pk for row in customers])
    return {row.customer_id: row for row in rows}


BEST_REACHED = CustomerPanel(
    "best_reached", "tags", "followups/panels/best_reached.html", 45, permission="follow_up.view", draw=_draw
)
IN_THE_CUSTOMERS_FILE = ExportPart(
    "customers",
    (
        ExportColumn(_("preferred way to reach them"), lambda row: str(METHODS.get(row.method, ""))),
        ExportColumn(_("best time of day"), lambda row: f"{row.at_time:%H:%M}" if row.at_time else ""),
    ),
    _load,
    permission="follow_up.view",
)
