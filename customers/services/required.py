"""What the files of each kind of customer are to hold, set by the company."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from core.versions import StaleVersionError, save_version
from customers import completeness, required
from customers.models import Kind, RequiredFields

REQUIRED_ACT = "required_fields.change"


@transaction.atomic
def required_fields_change(*, row: RequiredFields, changes: Mapping[str, Any], version: int, by: User) -> None:
    """Ask more or less of the files of one kind. It counts at once, for what is stored too: nothing is written there.

    `row` may not be stored yet (version 0): then it is as shipped.
    """
    before = {name: getattr(row, name) for name in changes}
    if row.version == 0 and version == 0:
        values = {name: getattr(row, name) for name in required.FIELDS[Kind(row.kind)]}
        stored, made = RequiredFields.objects.get_or_create(
            pk=row.kind, defaults={**values, **changes, "created_by": by, "updated_by": by}
        )
        if not made:
            raise StaleVersionError(stored)
    else:
        save_version(row, changes, version=version, by=by)
    details: dict[str, Any] = {f"asks_{name}": [before[name], value] for name, value in changes.items()}
    audit.record(REQUIRED_ACT, by=by, kind=row.kind, **details)
    transaction.on_commit(required.forget)
    transaction.on_commit(completeness.index_ensure)
