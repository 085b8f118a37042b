"""What complaints say of the customers of a tier in a month: who complained, and how satisfied they were in the end."""

from __future__ import annotations

from datetime import date

from django.db.backends.utils import CursorWrapper
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import clock, company, sql
from core.contributions import TierFigure
from feedback.models import Complaint
from feedback.selectors import CONTENT

COMPLAINED, SATISFIED = "complained", "satisfied"


def _fill(cursor: CursorWrapper, first: date, last: date) -> None:
    since, until = _moments(first, last)
    codes = {"complained": COMPLAINED, "satisfied": SATISFIED}
    sql.run(cursor, "feedback", "tier_effect", {"since": since, "until": until, "content": CONTENT, **codes})


def _moments(first: date, last: date) -> tuple[object, object]:
    zone = company.zone()
    return clock.day_bounds(first, zone)[0], clock.day_bounds(last, zone)[1]


def _complained(first: date, last: date) -> Q:
    since, until = _moments(first, last)
    # unscoped: only narrows customers in reach
    return Q(pk__in=Complaint.objects.filter(received_at__gte=since, received_at__lt=until).values("customer"))


def _answered(first: date, last: date) -> Q:
    since, until = _moments(first, last)
    # unscoped: only narrows customers in reach
    asked = Complaint.objects.filter(closed_at__gte=since, closed_at__lt=until, csat__isnull=False)
    return Q(pk__in=asked.values("customer"))


TIER_FIGURES = (
    TierFigure(
        COMPLAINED,
        _("Complaint rate"),
        _("Customers with a complaint received in the month, of all customers of the tier."),
        _("had a complaint"),
        "complaint.view",
        _fill,
        _complained,
        order=10,
        of_customers=True,
        compared_as="complained",
    ),
    TierFigure(
        SATISFIED,
        _("Satisfied after a complaint"),
        _("Answers 4 and 5 of 5 to complaints closed in the month, of all such answers."),
        _("rated how a complaint was closed"),
        "complaint.view",
        lambda cursor, first, last: None,  # with those before
        _answered,
        order=20,
        compared_as="answered",
    ),
)
