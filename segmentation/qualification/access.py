"""Who may qualify whom."""

from __future__ import annotations

from accounts.models import User
from accounts.scope import reach_of
from customers.models import Customer, facts_of


def may_qualify(user: User, customer: Customer) -> bool:
    """Whether the customer is a prospect, and this person may write down what they found out. Needs the facts."""
    return facts_of(customer).last_order_on is None and reach_of(user).holds(customer, "qualification.change")
