"""The company's numbers of contacts as they hold now."""

from __future__ import annotations

from datetime import timedelta

from core.memo import Memo
from customers.models import ContactRules


def contact_rules_row() -> ContactRules:
    """The stored row at this moment, else one as shipped that isn't stored yet."""
    return ContactRules.objects.filter(pk=1).first() or ContactRules(pk=1, version=0)


contact_rules: Memo[ContactRules] = Memo(contact_rules_row)


def write_up_within() -> timedelta:
    """How long a visit may wait to be written up."""
    return timedelta(hours=contact_rules().write_up_hours)
