"""How often to stay in touch before letting go: most who buy decide late, and most who sell stop early."""

from __future__ import annotations

from django.utils.translation import gettext as _

from customers.models import Customer, Stage
from customers.rules import contact_rules


def wanted() -> int:
    """How many contacts it takes."""
    return contact_rules().touches


def counts(customer: Customer) -> bool:
    """Whether the count says anything: somebody began, and they haven't bought or been called often enough yet."""
    facts = customer.facts
    begun = 0 < facts.touches < wanted() and facts.last_order_on is None
    return begun and customer.stage != Stage.PAUSED and not customer.do_not_contact


def brief(customer: Customer) -> str:
    """For a row: "activity 4 of 5"; empty where it says nothing."""
    if not counts(customer):
        return ""
    return _("activity %(n)s of %(wanted)s") % {"n": customer.facts.touches, "wanted": wanted()}


def hint(customer: Customer) -> str:
    """For a page: what the count means for the next contact; empty where it says nothing."""
    if not counts(customer):
        return ""
    words = _("Activity %(n)s of %(wanted)s. Most decide only by activity %(wanted)s: stay in touch.")
    return words % {"n": customer.facts.touches, "wanted": wanted()}
