"""Each key figure of the page of complaints opens the complaints that it counts, open and closed ones together."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from feedback import selectors
from feedback.models import Complaint, ComplaintStep
from sales.models import Target

pytestmark = pytest.mark.django_db


@pytest.fixture
def fared(customer, cast):
    """Within 30 days: one late and open, one closed with 4, one reopened; before that one late with 2, of 70 days."""
    now = clock.now()

    def case(n, days, response_after, **more):
        received = now - timedelta(days=days)
        due = received + timedelta(hours=24)
        return Complaint.objects.create(
            number=f"TS-{n}",
            customer=customer,
            category="product",
            text="坏了",
            owner=cast.wang,
            received_at=received,
            first_response_due_at=due,
            first_response_at=None if response_after is None else received + timedelta(hours=response_after),
            **more,
        )

    case(1, 3, None, state="received")
    case(2, 10, 2, state="closed", result="换新", csat=4, closed_at=now - timedelta(days=5))
    again = case(3, 12, 3, state="investigating")
    ComplaintStep.objects.create(complaint=again, at=now, by=cast.wang, from_state="closed", to_state="reopened")
    case(4, 70, 40, state="closed", result="换新", csat=2, closed_at=now - timedelta(days=60))


def links(page) -> dict[str, str]:
    found = re.findall(r"<dt>([^<]+)</dt><dd[^>]*><a class=\"ink\" href=\"([^\"]+)\"", page.content.decode())
    return dict(found)


def test_each_figure_opens_what_it_counts(fared, cast, sign_in):
    client, address = sign_in(cast.manager), reverse("complaint_list")
    page = client.get(address)
    figures, opened = page.context["figures"], links(page)
    counted = {
        "Median first response": figures.received,
        "First response late": figures.late,
        "Reopened": figures.reopened,
        "Satisfaction at the close": figures.answered,
    }
    assert list(counted.values()) == [3, 1, 1, 1]
    assert opened.keys() == counted.keys()
    for name, url in opened.items():
        behind = client.get(address + url)
        assert behind.context["list"].rows.count() == counted[name], name
        assert behind.context["list"].tab.key == "figure"
        assert "within 30 days" in behind.content.decode()


def test_the_satisfaction_of_the_team_board_opens_its_answers(fared, cast, sign_in):
    Target.objects.create(user=cast.wang, month=clock.business_date().replace(day=1), value=1)
    client = sign_in(cast.manager)
    board = client.get(reverse("team"))
    [row] = [row for row in board.context["rows"] if row.person.user == cast.wang]
    [satisfaction] = [figure for column, figure in row.person.columns if column.key == "satisfaction"]
    assert (satisfaction.mean, satisfaction.answers) == (3, 2)
    assert satisfaction.url.replace("&", "&amp;") in board.content.decode()
    behind = client.get(satisfaction.url)
    assert sorted(row.case.csat for row in behind.context["list"].drawn) == [2, 4]
    assert "2 / 5" in behind.content.decode()


@pytest.mark.parametrize("code", selectors.FIGURES)
def test_a_figure_goes_with_the_tabs_and_other_filters(fared, cast, sign_in, code):
    client, address = sign_in(cast.manager), reverse("complaint_list")
    for tab in ("figure", "open", "closed"):
        assert client.get(address, {"figure": code, "tab": tab, "severity": "normal"}).status_code == 200
    assert client.get(address, {"tab": "figure"}).context["list"].tab.key == "open", "there is no such tab alone"
