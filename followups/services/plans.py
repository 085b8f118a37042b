"""The default plan per tier."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from followups.models import PlanRule

FIELDS = ("category", "every_days", "method", "is_active")


@transaction.atomic
def plan_rule_change(*, rule: PlanRule, by: User, **changes: Any) -> bool:
    """Change category, every_days, method or is_active; counts from the next night on. False when nothing differs."""
    before = {name: getattr(rule, name) for name in FIELDS}
    for name, value in changes.items():
        setattr(rule, name, value)
    after = {name: getattr(rule, name) for name in FIELDS}
    if before == after:
        return False
    rule.save(update_fields=list(FIELDS))
    changed = {name: [before[name], after[name]] for name in FIELDS if before[name] != after[name]}
    audit.record("plan_rule.change", by=by, on=rule, scheme=rule.scheme, tier=rule.tier, changed=changed)
    return True
