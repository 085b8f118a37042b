"""What appraisals say to people: that a signature is awaited."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from responsibility.appraisals.models import Appraisal
from ui import formatting


def to_sign(user: User) -> QuerySet[Appraisal]:
    """Sheets in reach that wait for this person's signature."""
    mine = Q(person=user, person_signed_at=None) | (~Q(person=user) & Q(lead_signed_at=None))
    return Appraisal.objects.for_user(user).filter(mine)


def to_sign_said(numbers: Mapping[str, Any]) -> str:
    """Whose sheet, and of when."""
    month = formatting.month(date.fromisoformat(numbers["month"]))
    return _("The appraisal of %(name)s from %(month)s waits for your signature") % {
        "name": numbers["name"],
        "month": month,
    }
