"""What the company says of everybody's calendar."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from core.versions import save_version
from followups.calendar.setting import calendar_setting
from followups.models import CalendarSetting


def calendar_setting_row() -> CalendarSetting:
    """The one row, which is there from the first time that somebody wants to change it."""
    return CalendarSetting.objects.get_or_create(pk=1)[0]


@transaction.atomic
def calendar_setting_change(*, row: CalendarSetting, changes: dict[str, Any], version: int, by: User) -> None:
    """Write `per_day` or `week_start` over the version that was read; StaleVersionError over a newer one."""
    save_version(row, changes, version=version, by=by)
    audit.record("calendar_setting.change", by=by, on=row, fields=sorted(changes))
    transaction.on_commit(calendar_setting.forget)
