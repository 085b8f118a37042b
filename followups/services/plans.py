"""The cadence table, and what follows when something that dates are reckoned from has changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from followups.models import CadenceRule
from followups.planning import plans_make
from followups.table import read_table

FIELDS = ("shortest", "longest", "category", "method", "other_method", "content", "is_active")


@transaction.atomic
def cadence_rule_change(*, rule: CadenceRule, by: User, **changes: Any) -> bool:
    """Change one of FIELDS; open automatic dates follow in the night. False when nothing differs."""
    before = {name: getattr(rule, name) for name in FIELDS}
    for name, value in changes.items():
        setattr(rule, name, value)
    after = {name: getattr(rule, name) for name in FIELDS}
    if before == after:
        return False
    rule.save(update_fields=list(FIELDS))
    read_table.forget()
    changed = {name: [before[name], after[name]] for name in FIELDS if before[name] != after[name]}
    audit.record("plan_rule.change", by=by, on=rule, phase=rule.phase, tier=rule.tier, changed=changed)
    return True


def customers_replan(customer_ids: Sequence[int]) -> None:
    """Reckon the automatic dates of these customers anew, in the caller's transaction."""
    if customer_ids:
        plans_make(only=customer_ids)
