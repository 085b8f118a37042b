"""Month ends of the past that are scored once their orders are there, so that a new company can compare its months.

A company that brings in its orders has a history before its first night. The night scores the month ends that lack a
run, and those whose orders came in later than their run (`import_finished`). Runs about the past change no present
tier, case or notice (night.py).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from core import clock
from core.contributions import NightlyJob
from customers.models import Customer
from intake.models import ImportJob
from sales.models import Order
from segmentation.models import PastOrders, ScoreRun
from segmentation.night import NIGHTLY, score

MONTHS = 13  # the current one and a year before it


def import_finished(job: ImportJob, since: date | None) -> None:
    """Note from which day on what came in changed the past, for the next night."""
    if since is not None:
        PastOrders.objects.create(since=since)


def import_undone(job: ImportJob, since: date | None) -> None:
    """The same of what was taken back; a company without a customer again has never been scored."""
    import_finished(job, since)
    # unscoped: scores are made for all customers at once
    if not Customer.objects.exists():
        ScoreRun.objects.all().delete()


def score_past_months(business_date: date) -> dict[str, Any]:
    """The job of one night: score what `months_to_score` names, oldest first. Returns how many they were."""
    noted = list(PastOrders.objects.all())
    days = months_to_score(business_date, min((note.since for note in noted), default=None))
    for day in days:
        score(day)
    PastOrders.objects.filter(pk__in=[note.pk for note in noted]).delete()
    return {"months": len(days)}


def months_to_score(business_date: date, since: date | None = None) -> list[date]:
    """Of the twelve month ends before the date: those behind the first order that have no run or come after `since`."""
    firsts = clock.months_back(business_date, MONTHS)
    ends = [day for first in firsts if (day := clock.month_end(first)) < business_date]
    published = set(ScoreRun.objects.filter(as_of__in=ends).exclude(published_at=None).values_list("as_of", flat=True))
    wanted = [day for day in ends if day not in published or (since is not None and day >= since)]
    if not wanted:
        return []
    # unscoped: scores are made for all customers at once
    first_order = Order.objects.aggregate(first=Min("ordered_on"))["first"]
    # Of what was taken back again, no order may be left: its month ends are scored once more all the same.
    return [day for day in wanted if day in published or (first_order is not None and day >= first_order)]


PAST_MONTHS = NightlyJob(
    "past_months",
    score_past_months,
    _("Scores of past months"),
    after=(NIGHTLY.name,),
    counts={"months": _("%(n)s month ends scored")},
)
