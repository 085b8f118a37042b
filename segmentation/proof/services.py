"""A limit that was found to pay becomes the one in force: with a reason, and back again within minutes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from core import clock
from core.texts import seen
from customers.services import UNDO_FOR, UndoTooLateError
from segmentation.models import ScoringSettings
from segmentation.selectors import scoring_settings
from segmentation.services import scoring_settings_change

LIMITS = ("yellow_p", "red_p", "red_falls_p", "eased_p")
ACT = "scoring_settings.change"


@transaction.atomic
def limits_use(*, row: ScoringSettings, limits: Mapping[str, float], reason: str, version: int, by: User) -> None:
    """Open and end warnings by these chances from the coming night on, over the version that was read.

    ValidationError by field: where they can't hold together, without a reason, or where nothing would change.
    """
    reason = seen(reason)
    if not reason:
        raise ValidationError({"reason": _("Say why: the reason stays beside the change.")})
    changes = {name: value for name, value in limits.items() if value != getattr(row, name)}
    if not changes:
        raise ValidationError({"yellow_p": _("These limits are in force already.")})
    scoring_settings_change(row=row, changes=changes, version=version, by=by, reason=reason)


@transaction.atomic
def limits_undo(*, by: User) -> None:
    """Take back one's own last change of the limits; UndoTooLateError after 10 minutes, or where they have changed
    since."""
    # unscoped: one's own line, whatever one may read of the log
    last = AuditEntry.objects.filter(act=ACT).order_by("-at", "-id").first()
    row = scoring_settings()
    if last is None or last.by_id != by.pk or last.at < clock.now() - UNDO_FOR:
        raise UndoTooLateError
    changed: dict[str, list[Any]] = last.details.get("changed", {})
    if not changed or not set(changed) <= set(LIMITS) or last.details.get("undone"):
        raise UndoTooLateError
    if any(getattr(row, name) != after for name, (_before, after) in changed.items()):
        raise UndoTooLateError
    before = {name: value for name, (value, _after) in changed.items()}
    scoring_settings_change(row=row, changes=before, version=row.version, by=by, undone=True)


def beside(row: ScoringSettings, below: int) -> dict[str, float]:
    """A yellow limit of so many percent, and of the others what has to move so that they hold together."""
    yellow = below / 100
    red = row.red_p if row.red_p < yellow else round(max(yellow - 0.05, 0.01), 2)
    eased = row.eased_p if row.eased_p > yellow else round(min(yellow + 0.1, 0.99), 2)
    falls = min(max(row.red_falls_p, red), eased)
    return {"yellow_p": yellow, "red_p": red, "red_falls_p": falls, "eased_p": eased}
