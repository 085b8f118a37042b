"""The company's numbers of contacts (customers/rules.py) as the cadence takes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from customers.models import ContactRules
from customers.models.rules import REVISITS
from customers.rules import contact_rules
from followups.cadence import Numbers


@dataclass(frozen=True)
class Step:
    """A contact beside the cadence: how, and what about, where the customer's own plan doesn't say so."""

    method: str
    content: str


def numbers(rules: ContactRules | None = None) -> Numbers:
    """As they hold now, or by these rules."""
    rules = rules or contact_rules()
    return Numbers(
        first_month=rules.first_month_days,
        retry_within=rules.retry_days,
        warned_within=rules.warned_days,
        gives_up_after=rules.tries,
        chain=tuple(revisits(rules)),
        chain_near=rules.chain_near_days,
        chain_late=rules.chain_late_days,
        closes_within=rules.closes_days,
    )


def revisits(rules: ContactRules | None = None) -> dict[int, Step]:
    """The day of each revisit, with its method and content."""
    rules = rules or contact_rules()

    def of(n: int, what: str) -> Any:
        return getattr(rules, f"revisit_{n}_{what}")

    return {of(n, "days"): Step(of(n, "method"), of(n, "content")) for n in REVISITS}


def win_back(rules: ContactRules | None = None) -> Step:
    """How customers with a warning are contacted."""
    rules = rules or contact_rules()
    return Step(rules.win_back_method, rules.win_back_content)
