"""Putting the list of first steps away and taking it out again: the act and its audit line together."""

from __future__ import annotations

from django.db import transaction

from accounts import audit
from accounts.models import User
from core import company, first_steps


@transaction.atomic
def first_steps_close(*, by: User) -> bool:
    """Nothing leads to the list any more; False when that was so already."""
    row = company.company_now()
    done = first_steps.close(row)
    if done:
        audit.record("company.first_steps_close", by=by, on=row)
        transaction.on_commit(company.forget)
    return done


@transaction.atomic
def first_steps_reopen(*, by: User) -> bool:
    """Pages lead to the list again, until it is done or put away."""
    row = company.company_now()
    done = first_steps.reopen(row)
    if done:
        audit.record("company.first_steps_reopen", by=by, on=row)
        transaction.on_commit(company.forget)
    return done
