"""The log form for one customer and one person: what may be chosen in it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial

from accounts.models import User
from accounts.scope import reach_of
from core import clock
from customers.models import Contact, Customer
from followups.log.forms import LogForm
from followups.selectors import NextStep, assignee_choices, plan_words
from sales.needs.models import Need
from sales.needs.reading import waiting

MOST_NEEDS = 4  # on one screen of a phone; the others stand on the customer's page


def log_form(user: User, customer: Customer, steps: Sequence[NextStep]) -> partial[LogForm]:
    """To be called with data and initial values. The customer comes with its facts, owner and rhythm."""
    contacts = Contact.objects.for_user(user).filter(customer=customer).order_by("-is_primary", "id")
    return partial(
        LogForm,
        by=user,
        contacts=contacts,
        people=assignee_choices(user, customer),
        steps=steps,
        plans=partial(plan_words, customer),
        stage=customer.stage,
        needs=cache(partial(_waiting, user, customer)),
        today=clock.user_today(user),
    )


def _waiting(user: User, customer: Customer) -> Sequence[Need]:
    """The needs of the customer that this person may move."""
    if not reach_of(user).holds(customer, "need.change"):
        return ()
    return list(waiting(user, customer)[:MOST_NEEDS])
