"""What the board of a team shows of this app: how content the customers of each person were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Avg, Count
from django.utils.translation import gettext_lazy as _

from core import clock
from core.contributions import TeamColumn
from feedback.models import Complaint

CSAT_DAYS = 90


@dataclass(frozen=True)
class Satisfaction:
    """The mean of the answers of the last 90 days, and how many there were."""

    mean: float
    answers: int


def _satisfaction(people: Sequence[int], month: date) -> Mapping[int, Satisfaction]:
    since = clock.now() - timedelta(days=CSAT_DAYS)
    rows = (
        # unscoped: of people whose figures the reader may see
        Complaint.objects.filter(customer__owner__in=people, closed_at__gte=since, csat__isnull=False)
        .values_list("customer__owner")
        .annotate(mean=Avg("csat"), n=Count("pk"))
    )
    return {owner: Satisfaction(mean, n) for owner, mean, n in rows}


SATISFACTION = TeamColumn("satisfaction", _("CSAT"), "feedback/team/satisfaction.html", _satisfaction)
