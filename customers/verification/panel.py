"""What a customer's page shows of its verification: a stamp for each field, and when the file is due again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from accounts.scope import reach_of
from core import clock
from core.contributions import CustomerPanel, Folded
from customers.models import CATALOGUES, NEVER, Customer, How
from customers.required import CONTACT
from customers.verification.rule import VERIFIABLE, Stamp, due_on, label_of, stamps_in_force, verification_rules
from ui import formatting

MOST = 60  # of all fields, of a few rounds


@dataclass(frozen=True)
class StampLine:
    """A field that somebody has confirmed."""

    label: str
    stamp: Stamp


@dataclass(frozen=True)
class Verified:
    """The fields, and the day on which the whole file is due again; `url` is empty for who may not verify it.
    `missing`: those that nobody has confirmed, as one text."""

    lines: list[StampLine]
    missing: str
    due: date
    is_due: bool
    url: str


def _read(user: User) -> ArraySubquery:
    values = JSONObject(field="field", by="by__name", how="how", changed="changed", at="at")
    return ArraySubquery(stamps_in_force(OuterRef("pk")).values(data=values)[:MOST])


def _draw(user: User, customer: Customer, found: list[dict[str, Any]] | None) -> Verified | None:
    rules, words = verification_rules(), dict(How.choices)
    stamps: dict[str, Stamp] = {}
    for row in found or []:
        at = datetime.fromisoformat(row["at"])
        again = due_on(rules, clock.business_date(at))
        stamps.setdefault(row["field"], Stamp(at, row["by"] or "", str(words[row["how"]]), row["changed"], again))
    names = [name for name in VERIFIABLE if name in stamps or (name in rules.asked and _holds(customer, name))]
    if not names:
        return None
    lines = [StampLine(capfirst(str(label_of(name))), stamps[name]) for name in names if name in stamps]
    missing = formatting.listed([str(label_of(name)) for name in names if name not in stamps])
    verified = customer.facts.verified_on
    due = due_on(rules, verified if verified != NEVER else clock.business_date(customer.created_at))
    may = reach_of(user).holds(customer, "customer.change")
    url = reverse("verification", args=[customer.pk]) if may else ""
    return Verified(lines, missing, due, due <= clock.business_date(), url)


def _holds(customer: Customer, name: str) -> bool:
    """Whether there is something to verify; contact persons stand in a card of their own."""
    if name == CONTACT:
        return False
    return bool(getattr(customer, f"{name}_id" if name in CATALOGUES else name))


def _fold(customer: Customer, panel: Verified) -> Folded:
    return Folded(_("Verification"), pgettext("of a file", "due") if panel.is_due else formatting.day_short(panel.due))


VERIFICATION_PANEL = CustomerPanel(
    "verification", "left", "customers/panels/verification.html", 25, read=_read, draw=_draw, folded=_fold
)
