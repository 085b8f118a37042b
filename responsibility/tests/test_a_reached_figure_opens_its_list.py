"""What was reached of a target opens the list behind it, with the same number."""

from __future__ import annotations

from typing import Any

import pytest

from core import clock
from customers.models import Customer, CustomerFacts, Interaction
from feedback.models import Complaint
from responsibility.targets.figures import all_reached
from responsibility.targets.lists import list_of

pytestmark = pytest.mark.django_db


def test_each_list_counts_as_the_figure_does(cast: Any, customer: Customer, sign_in: Any) -> None:
    month = clock.months_back(clock.business_date(), 2)[0]
    noon = clock.day_bounds(month, clock.user_zone(cast.wang))[0] + clock.timedelta(hours=12)
    second = Customer.objects.create(number="2", kind="company", name="二号", owner=cast.wang, team=cast.shanghai)
    for row, first in ((customer, month), (second, clock.months_back(month, 2)[0])):
        CustomerFacts.objects.update_or_create(customer=row, defaults={"first_order_on": first})
    Interaction.objects.create(customer=customer, user=cast.wang, kind="visit", result="done", occurred_at=noon)
    for number, closed in (("T1", noon), ("T2", noon), ("T3", noon - clock.timedelta(days=40))):
        at = {"received_at": closed, "first_response_due_at": closed, "closed_at": closed}
        said = {"category": "quality", "text": "x", "result": "x", "csat": 4, "owner": cast.wang}
        Complaint.objects.create(customer=customer, number=number, state="closed", **at, **said)
    page, of = sign_in(cast.manager), all_reached(cast.wang.pk, month)
    counted = {
        metric: page.get(list_of(metric, cast.wang.pk, month, None)).context["list"].total
        for metric in ("visits", "new", "csat", "revenue")
    }
    assert counted == {"visits": "1", "new": "1", "csat": "2", "revenue": "0"}
    assert (of["visits"], of["new"], of["csat"]) == (1, 1, 400)
    assert list_of("retention", cast.wang.pk, month, None) == "", "known as of the last run alone"
    shown = page.get(f"/team/targets/{cast.wang.pk}/?month={clock.next_month(month):%Y-%m}").content.decode()
    assert list_of("csat", cast.wang.pk, month, None).replace("&", "&amp;") in shown
    nonsense = page.get("/customers/?view=all&first_bought=2026-13").content.decode()
    assert "二号" in nonsense, "a month that can't be read is left out and named"
