"""What the board of a team shows of this app: how content the customers of each person were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Avg, Count
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.contributions import TeamColumn
from feedback.models import Complaint
from feedback.selectors import figure_is, rated_in


@dataclass(frozen=True)
class Satisfaction:
    """The mean of the answers of the last 90 days, and how many there were."""

    mean: float
    answers: int
    owner: int

    @property
    def url(self) -> str:
        """The complaints that it is the mean of."""
        return f"{reverse('complaint_list')}?figure=csat&customers={self.owner}"


def _satisfaction(people: Sequence[int], month: date) -> Mapping[int, Satisfaction]:
    rows = (
        # unscoped: of people whose figures the reader may see
        Complaint.objects.filter(figure_is("csat"), customer__owner__in=people)
        .values_list("customer__owner")
        .annotate(mean=Avg("csat"), n=Count("pk"))
    )
    return {owner: Satisfaction(mean, n, owner) for owner, mean, n in rows}


def satisfaction_of(people: Sequence[int], month: date) -> dict[int, float]:
    """The mean mark of complaints that were closed in the month, by whose customers they are."""
    # unscoped: of people whose figures the caller may show
    rows = Complaint.objects.filter(rated_in(month), customer__owner__in=people)
    return dict(rows.order_by().values_list("customer__owner").annotate(mean=Avg("csat")))


SATISFACTION = TeamColumn("satisfaction", _("CSAT"), "feedback/team/satisfaction.html", _satisfaction)
