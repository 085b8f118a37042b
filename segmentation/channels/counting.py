"""What the night keeps of arrivals: orders of everybody once a week, in between of whom something was written."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from core import clock, company
from core.contributions import NightlyJob
from segmentation.channels.models import ArrivalCount
from segmentation.night import NIGHTLY
from segmentation.nightsql import run_sql
from ui import formatting

WEEK = timedelta(days=7)  # what costs of products and rates of currencies say differently is counted by then
OF_ALL = {"whose": "o.customer_id IS NOT NULL", "known": "FALSE"}
OF_THEM = {
    "whose": "o.customer_id IN (SELECT customer_id FROM arrival_whom)",
    "known": "a.customer_id IS NOT NULL AND w.customer_id IS NULL",
}


@transaction.atomic
def arrivals_keep(business_date: date) -> dict[str, Any]:
    """Count until the end of a day; returns how many customers were written."""
    last = ArrivalCount.objects.first()
    whole = last is None or last.currency != company.currency() or not _within_a_week(last, business_date)
    params: dict[str, Any] = {
        "on": business_date,
        "before": business_date if whole or last is None else last.on,
        "zone": company.zone().key,
        "minor": 10 ** formatting.minor_digits(company.currency()),
    }
    with connection.cursor() as cursor:
        run_sql(cursor, "arrivals_whom", **params)
        run_sql(cursor, "arrivals_keep", parts=OF_ALL if whole else OF_THEM, **params)
    ArrivalCount.objects.update_or_create(
        pk=1,
        defaults={
            "on": business_date,
            "whole_on": business_date if whole or last is None else last.whole_on,
            "counted_at": clock.now(),
            "currency": company.currency(),
        },
    )
    return {"whole": whole}


def _within_a_week(last: ArrivalCount, on: date) -> bool:
    return last.on <= on < last.whole_on + WEEK


ARRIVALS = NightlyJob("arrivals", arrivals_keep, _("Customers by channel"), after=(NIGHTLY.name,))
