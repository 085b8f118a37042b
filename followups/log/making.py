"""The log form for one customer and one person: what may be chosen in it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from accounts.models import User
from core import clock
from customers.models import Contact, Customer
from followups.log.forms import LogForm
from followups.selectors import NextStep, assignee_choices, plan_words


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
        today=clock.user_today(user),
    )
