"""What activities led to with the customers of a tier in a month."""

from __future__ import annotations

from datetime import date

from django.db.backends.utils import CursorWrapper
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import sql
from core.contributions import TierFigure
from followups.models import Outcome

FOLLOWED = "followed"


def _fill(cursor: CursorWrapper, first: date, last: date) -> None:
    sql.run(cursor, "followups", "tier_effect", {"first": first, "last": last, "followed": FOLLOWED})


def _active(first: date, last: date) -> Q:
    # unscoped: only narrows customers in reach
    return Q(pk__in=Outcome.objects.filter(day__range=(first, last)).values("customer"))


TIER_FIGURES = (
    TierFigure(
        FOLLOWED,
        _("Followed by an order"),
        _("Activities of the month that an order followed within 30 days, of all activities with these customers."),
        _("had an activity"),
        "interaction.view",
        _fill,
        _active,
        order=30,
    ),
)
