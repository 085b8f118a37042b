"""The list behind what somebody has reached of a target in a month."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from core import clock
from sales.goals import Metric
from segmentation.models import RetentionSum


def list_of(metric: str, person: int, month: date, last_run: date | None) -> str:
    """Its address; nothing where no list counts the same any more: retention is known as of the last run alone."""
    of = f"{month:%Y-%m}"
    if metric == Metric.VISITS:
        return f"{reverse('team_visits')}?{urlencode({'month': of, 'person': person})}"
    if metric == Metric.NEW:
        return f"{reverse('customer_list')}?{urlencode({'view': 'all', 'owner': person, 'first_bought': of})}"
    if metric == Metric.SATISFACTION:
        return f"{reverse('complaint_list')}?{urlencode({'customers': person, 'rated': of})}"
    if metric == Metric.RETENTION:
        if last_run is None or not month <= last_run < clock.next_month(month):
            return ""
        asked = {"span": RetentionSum.Span.MONTH, "owner": person, "view": "kept"}
        return f"{reverse('retention')}?{urlencode(asked)}"
    purchases = {"kind": "purchase", "worth": 1} if metric == Metric.ORDERS else {}
    return f"{reverse('order_list')}?{urlencode({'sold': of, 'seller': person, **purchases})}"
