"""Those who lead others see what waits for whom, and how content customers were, as far as they may."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from feedback.models import Complaint
from sales.models import Target

pytestmark = pytest.mark.django_db


def complaint(customer, owner, number="C1", **more):
    return Complaint.objects.create(
        number=number,
        customer=customer,
        category="delivery",
        text="外包装破损",
        owner=owner,
        received_at=clock.now(),
        first_response_due_at=clock.now(),
        promised_at=clock.now(),
        **more,
    )


def waiting(person, sign_in):
    view = sign_in(person).get(reverse("today")).context["view"]
    [(section, total)] = view.total.waits
    assert section.key == "complaint"
    return total, {row.name: row.waiting for row in view.people if any(row.waiting)}


def test_today_of_a_lead_counts_open_complaints_by_person(cast, customer, sign_in):
    complaint(customer, cast.wang)
    complaint(customer, cast.wang, "C2", state="closed", closed_at=clock.now(), csat=3, result="x")
    assert waiting(cast.lead, sign_in) == (1, {cast.wang.name: [1]})
    assert waiting(cast.manager, sign_in) == (1, {cast.wang.name: [1]})


def test_the_board_of_a_team_shows_satisfaction_of_the_last_90_days(cast, customer, sign_in):
    # The board shows who has work.
    Target.objects.create(user=cast.wang, month=clock.business_date().replace(day=1), metric="revenue", value=1)
    for n, (csat, days) in enumerate([(5, 1), (4, 2), (1, 100)]):
        at = clock.now() - timedelta(days=days)
        complaint(customer, cast.wang, f"C{n}", state="closed", closed_at=at, csat=csat, result="x")
    rows = {row.person.user: row.person for row in sign_in(cast.manager).get(reverse("team")).context["rows"]}
    [(column, figure)] = rows[cast.wang].columns
    assert column.key == "satisfaction"
    assert (figure.mean, figure.answers) == (4.5, 2)
    assert all(figure is None for user, row in rows.items() if user != cast.wang for _column, figure in row.columns)
