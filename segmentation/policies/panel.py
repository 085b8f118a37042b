"""The card on a customer's page: what this customer is entitled to today, and what may be offered."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core import clock
from core.contributions import CustomerPanel, Folded
from customers.models import Customer
from segmentation.policies.models import PolicyKind
from segmentation.policies.selectors import entitled
from segmentation.policies.words import page_of, terms
from segmentation.selectors import scheme_of


@dataclass(frozen=True)
class Line:
    """A privilege or an offer: its name, what to do or say, and the terms of an offer."""

    name: str
    sentence: str
    offer: bool
    terms: str


@dataclass(frozen=True)
class Entitled:
    """All that holds today; `url`: the page of the tier, where this person may read the rules."""

    lines: list[Line]
    url: str

    @property
    def brief(self) -> str:
        """What is left of the card while it is folded."""
        n = len(self.lines)
        return ngettext("%(n)s entry", "%(n)s entries", n) % {"n": n}


def _draw(user: User, customer: Customer, found: object) -> Entitled | None:
    rows = entitled(customer, clock.business_date())
    if not rows:
        return None
    lines = [Line(row.name, row.sentence, row.kind == PolicyKind.OFFER, terms(row)) for row in rows]
    url = page_of(scheme_of(customer), rows[0].tier) if user.can("tier_rule.view") else ""
    return Entitled(lines, url)


ENTITLED = CustomerPanel(
    "entitled",
    "right",
    "segmentation/policies/panel.html",
    18,
    draw=_draw,
    folded=lambda customer, shown: Folded(_("Entitled to"), shown.brief),
)
