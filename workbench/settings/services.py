"""What an administrator changes of the company itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from core import company
from core.files import store
from core.models import Company, CompanyLogo, FileSpace
from core.versions import StaleVersionError
from customers.completeness import index_ensure
from workbench.settings.logo import Logo

FILES_ACT = "company.files"
LOGO_ACT = "company.logo_change"
LOGO_REMOVE_ACT = "company.logo_remove"
WEEK = {"working_week", "work_from", "work_until"}
CHANGEABLE = ("name", "sells_to", "check_in_radius", "quiet_from", "quiet_until", *sorted(WEEK))


@transaction.atomic
def company_change(*, row: Company, changes: Mapping[str, Any], by: User) -> None:
    """Set what the company says of itself (CHANGEABLE); other processes know it within seconds.

    Written over the values that `row` was read with: StaleVersionError when somebody changed one of them in between.
    """
    new = {name: changes[name] for name in CHANGEABLE if name in changes and changes[name] != getattr(row, name)}
    before = {name: getattr(row, name) for name in new}
    if not new:
        return
    if not Company.objects.filter(pk=row.pk, **before).update(**new):
        raise StaleVersionError(Company.objects.get(pk=row.pk))
    act = "calendar.week" if set(new) <= WEEK else "company.change"
    audit.record(act, by=by, on=row, **{name: [_written(before[name]), _written(new[name])] for name in new})
    transaction.on_commit(company.forget)  # before it is written another request would only remember the old one
    if "sells_to" in new:  # which kind those are of whom nobody has said it
        transaction.on_commit(index_ensure)


@transaction.atomic
def file_space_change(*, row: FileSpace, changes: Mapping[str, int], by: User) -> None:
    """Set how large a file may be and how much all may take; written over the values that `row` was read with."""
    before: dict[str, Any] = {name: getattr(row, name) for name in changes}
    if not FileSpace.objects.filter(pk=row.pk, **before).update(**changes):
        raise StaleVersionError(FileSpace.objects.get(pk=row.pk))
    moved: dict[str, Any] = {name: [before[name], value] for name, value in changes.items()}
    audit.record(FILES_ACT, by=by, **moved)
    transaction.on_commit(store.largest_mb.forget)


@transaction.atomic
def logo_change(*, logo: Logo, by: User) -> bool:
    """Show this picture from now on; False, and nothing written, when it is shown already."""
    row = Company.objects.select_for_update().get()
    if row.logo == logo.name:
        return False
    CompanyLogo.objects.update_or_create(pk=1, defaults={"name": logo.name, "data": logo.data})
    _name_logo(row, logo.name)
    audit.record(LOGO_ACT, by=by, on=row)
    return True


@transaction.atomic
def logo_remove(*, by: User) -> bool:
    """The seal stands there again; False when there was no picture."""
    row = Company.objects.select_for_update().get()
    if not row.logo:
        return False
    CompanyLogo.objects.all().delete()
    _name_logo(row, "")
    audit.record(LOGO_REMOVE_ACT, by=by, on=row)
    return True


def _name_logo(row: Company, name: str) -> None:
    Company.objects.filter(pk=row.pk).update(logo=name)
    transaction.on_commit(company.forget)


def _written(value: Any) -> Any:
    return f"{value:%H:%M}" if isinstance(value, time) else value
