"""What was asked about comes into force: other cut-points and days, with a reason."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock
from core.texts import seen
from segmentation.models import CutPoints, ScoringSettings
from segmentation.rules.checks import MEASURES
from segmentation.services import manual_cut_points_set, scoring_settings_change
from segmentation.whatif.scoring import Scoring

LONGEST_REASON = 200


def settings_of(scoring: Scoring, row: ScoringSettings) -> dict[str, Any]:
    """The settings that have to change for it."""
    wanted = {"window_days": scoring.window, "manual_cuts": scoring.manual or scoring.typed is not None}
    return {name: value for name, value in wanted.items() if getattr(row, name) != value}


@transaction.atomic
def scoring_publish(
    *, scoring: Scoring, row: ScoringSettings, version: int, reason: str, by: User, counts_from: date | None = None
) -> None:
    """Score by it from the coming night on, over the settings that were read; typed cut-points from `counts_from` on.

    Said the same way twice, it is done once. StaleVersionError over newer settings; ValidationError by field: without
    a reason, where the settings can't hold together, or where nothing would change.
    """
    reason = seen(reason)
    if not reason:
        raise ValidationError({"reason": _("Say why: the reason stays beside the change.")})
    changes = settings_of(scoring, row)
    typed_anew = scoring.typed is not None and not _stands(scoring, counts_from)
    if not changes and not typed_anew:
        raise ValidationError(_("This is in force already."))
    if changes:
        scoring_settings_change(row=row, changes=changes, version=version, by=by, reason=reason)
    if scoring.typed and typed_anew:
        manual_cut_points_set(cuts=scoring.typed, by=by, reason=reason, counts_from=counts_from)


def _stands(scoring: Scoring, counts_from: date | None) -> bool:
    """Whether the cut-points that count on that day are these, typed before."""
    on = counts_from or clock.business_date()
    typed = CutPoints.objects.filter(manual=True, created_by__isnull=False, calibrated_on__lte=on)
    last = typed.order_by("-calibrated_on", "-id").first()
    return last is not None and all(
        getattr(last, name) == list(getattr(scoring.typed, long)) for name, long in MEASURES.items()
    )
