"""What an administrator changes of the company itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from core import company
from core.models import Company
from core.versions import StaleVersionError

CHANGE_ACT = "company.change"
CHANGEABLE = ("name", "sells_to")


@transaction.atomic
def company_change(*, row: Company, changes: Mapping[str, Any], by: User) -> None:
    """Set the company's name, or to whom it sells; other processes know it within a minute.

    Written over the values that `row` was read with: StaleVersionError when somebody changed one of them in between.
    """
    new = {name: changes[name] for name in CHANGEABLE if name in changes and changes[name] != getattr(row, name)}
    before = {name: getattr(row, name) for name in new}
    if not new:
        return
    if not Company.objects.filter(pk=row.pk, **before).update(**new):
        raise StaleVersionError(Company.objects.get(pk=row.pk))
    audit.record(CHANGE_ACT, by=by, on=row, **{name: [before[name], new[name]] for name in new})
    transaction.on_commit(company.forget)  # before it is written another request would only remember the old one
