"""What an administrator does about backups, and who hears of one that failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.urls import reverse

from accounts import audit
from accounts.models import User
from core.backup import schedule
from core.models import BackupPlan, BackupRun
from core.notices import tell
from core.versions import StaleVersionError

CHANGEABLE = ("enabled", "at", "keep")


@transaction.atomic
def plan_change(*, row: BackupPlan, changes: Mapping[str, Any], by: User) -> None:
    """Set when backups are made and how many stay; StaleVersionError when somebody was faster."""
    new = {name: changes[name] for name in CHANGEABLE if name in changes and changes[name] != getattr(row, name)}
    if not new:
        return
    before = {name: getattr(row, name) for name in new}
    BackupPlan.objects.get_or_create(pk=1, defaults={"enabled": row.enabled})
    if not BackupPlan.objects.filter(pk=1, **before).update(**new):
        raise StaleVersionError(BackupPlan.objects.get(pk=1))
    told: dict[str, Any] = {name: [_plain(before[name]), _plain(new[name])] for name in new}
    audit.record("backup.change", by=by, **told)


def _plain(value: Any) -> Any:
    return f"{value:%H:%M}" if hasattr(value, "hour") else value


@transaction.atomic
def backup_request(*, by: User) -> None:
    """Have one made by the next worker that looks, within a minute."""
    schedule.request()
    audit.record("backup.request", by=by)


def run_backups() -> list[BackupRun]:
    """Make what is due; whoever may act on the health of the installation hears of each that failed, once a day."""
    failed = schedule.run_due()
    if failed:
        # unscoped: it is the machine that tells them
        people = User.objects.filter(is_active=True).select_related("role")
        for user in [one for one in people if one.can("health.change")]:
            for run in failed:
                key = f"backup:{run.day or run.pk}:{user.pk}"
                tell(user=user, key=key, kind="backup", url=reverse("backup_settings"))
    return failed
