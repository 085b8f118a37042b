"""The list: by owner, team, severity, step and clock; sorted; found by number and customer; in as many queries."""

import re
from datetime import timedelta

import pytest

from core import clock
from customers.services import tokens_refresh
from feedback.models import Complaint
from feedback.services import complaint_respond

pytestmark = pytest.mark.django_db
LIST = "/feedback/complaints/"


@pytest.fixture
def lead(sign_in, cast):
    return sign_in(cast.lead)


def shown(client, query):
    """The ids of the complaints in the list, in order."""
    return [
        int(pk) for pk in re.findall(r'class="headline" href="[^"]*/(\d+)/"', client.get(LIST + query).content.decode())
    ]


@pytest.fixture
def three(take_in, cast):
    """One that waits for its first response, one late with its solution, one on which no clock runs."""
    waits = take_in(hours_ago=1, severity="low")
    late = take_in(hours_ago=30, severity="critical", owner=cast.li, promised_at=clock.now() - timedelta(hours=2))
    complaint_respond(complaint=late, by=cast.li, version=1, at=clock.now() - timedelta(hours=29))
    still = take_in(hours_ago=3, severity="high", owner=cast.outsider)
    Complaint.objects.filter(pk=still.pk).update(state="answered", first_response_at=clock.now())
    return waits.pk, late.pk, still.pk


def test_each_filter_keeps_its_own(lead, three, cast):
    waits, late, still = three
    for query, kept in {
        f"?owner={cast.li.pk}": [late],
        f"?team={cast.outsider.team_id}": [still],
        "?severity=high": [still],
        "?state=answered": [still],
        "?clock=response": [waits],
        "?clock=solution": [late],
        "?clock=none": [still],
        f"?clock=solution&owner={cast.wang.pk}": [],
        "?tab=breached": [late],
    }.items():
        assert shown(lead, query) == kept, query


def test_what_is_no_filter_is_left_out(lead, three):
    assert len(shown(lead, "?owner=x&team=-&clock=soon&state=odd&severity=odd&sort=odd")) == 3


def test_it_is_sorted_by_clock_severity_arrival_and_owner(lead, three):
    waits, late, still = three
    assert shown(lead, "") == [late, waits, still]
    assert shown(lead, "?sort=severity")[0] == late
    assert shown(lead, "?sort=received")[0] == waits
    assert set(shown(lead, "?sort=owner")) == {waits, late, still}


def test_only_people_with_complaints_in_reach_are_offered(lead, sign_in, three, cast):
    page = lead.get(LIST).content.decode()
    offered = re.findall(r"\?owner=(\d+)", page)
    assert {int(pk) for pk in offered} == {cast.wang.pk, cast.li.pk, cast.outsider.pk}
    assert "?owner=" not in sign_in(cast.outsider).get(LIST).content.decode()


def test_a_number_is_found_also_one_of_an_older_form(lead, three, customer):
    waits, late, _still = three
    Complaint.objects.filter(pk=late).update(number="C000015")
    tokens_refresh([customer.pk])
    assert shown(lead, "?q=c000015") == [late]
    assert shown(lead, f"?q={Complaint.objects.get(pk=waits).number}") == [waits]
    assert len(shown(lead, "?q=恒远")) == 3
    assert shown(lead, "?q=TS-0000-0000") == []


def test_filters_and_search_cost_no_query_more_for_many_rows(lead, three, take_in, cast, django_assert_max_num_queries):
    query = f"{LIST}?owner={cast.wang.pk}&team={cast.wang.team_id}&clock=response&sort=severity"
    lead.get(query)
    with django_assert_max_num_queries(20) as few:
        lead.get(query)
    for _ in range(30):
        take_in()
    with django_assert_max_num_queries(len(few.captured_queries)):
        lead.get(query)
