"""The company's numbers of contacts beside the cadence table."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from core.versions import StaleVersionError, save_version
from customers.models import ContactRules
from customers.rules import contact_rules
from followups.services.plans import table_changed


@transaction.atomic
def contact_rules_change(*, row: ContactRules, changes: dict[str, Any], version: int, by: User) -> None:
    """Write over `version`; StaleVersionError over a newer one. `row` may not be stored yet. Open automatic dates
    follow at once, as after a changed table."""
    before = {name: getattr(row, name) for name in changes}
    if row.version == 0 and version == 0:
        stored, made = ContactRules.objects.get_or_create(
            pk=1, defaults={**changes, "created_by": by, "updated_by": by}
        )
        if not made:
            raise StaleVersionError(stored)
    else:
        save_version(row, changes, version=version, by=by)
    details: dict[str, Any] = {name: [before[name], value] for name, value in changes.items()}
    audit.record("contact_rules.change", by=by, **details)
    contact_rules.forget()
    transaction.on_commit(contact_rules.forget)
    table_changed()
