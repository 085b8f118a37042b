"""A segment narrows the customer list, its file and the follow-ups, and its page counts what they show."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import Cast
from core import clock
from customers.models import Customer, CustomerFacts
from followups.models import FollowUp
from segmentation.segments.services import segment_retire
from segmentation.tests.segments_made import COMPANIES, PERSONS, a_segment

pytestmark = pytest.mark.django_db


@pytest.fixture
def four(cast: Cast) -> list[Customer]:
    """Two companies and two persons of 小王's, each with a follow-up."""
    rows = Customer.objects.bulk_create(
        Customer(number=f"K{n}", name=f"客户{n}", kind=kind, owner=cast.wang, team=cast.shanghai)
        for n, kind in enumerate(("company", "person", "company", "person"))
    )
    CustomerFacts.objects.bulk_create(CustomerFacts(customer=row) for row in rows)
    due = clock.business_date() + timedelta(days=1)
    FollowUp.objects.bulk_create(FollowUp(customer=row, assignee=cast.wang, due_on=due) for row in rows)
    return rows


def main(answer: Any) -> str:
    assert answer.status_code == 200
    return answer.content.decode().split("<main")[-1]


def test_the_list_and_the_follow_ups_hold_those_meant(cast: Cast, four: list[Customer], sign_in: Any) -> None:
    row, client = a_segment(cast.wang, COMPANIES, name="Companies"), sign_in(cast.wang)
    for address in (f"/customers/?segment={row.pk}", f"/follow-ups/?segment={row.pk}"):
        page = main(client.get(address))
        assert [customer.name in page for customer in four] == [True, False, True, False]
        assert "Companies" in page
    assert reverse("segment_list") in main(client.get("/customers/"))


def test_in_the_pool_it_is_left_out_and_said(cast: Cast, four: list[Customer], sign_in: Any) -> None:
    row = a_segment(cast.wang, COMPANIES)
    Customer.objects.create(number="P1", name="Pool person", kind="person")
    page = main(sign_in(cast.wang).get(f"/customers/?view=pool&segment={row.pk}"))
    assert "Pool person" in page
    assert "could not be read and were left out: Segment" in page


@pytest.mark.parametrize("text", ["0", "999999", "x", "1" * 30, "1'"])
def test_a_segment_that_is_not_there_leaves_nobody(cast: Cast, four: list[Customer], sign_in: Any, text: str) -> None:
    client = sign_in(cast.wang)
    for address in ("/customers/", "/follow-ups/"):
        page = main(client.get(address, {"segment": text}))
        assert not any(customer.name in page for customer in four)
        assert "not there, or not shared with you" in page


def test_the_file_holds_those_meant(cast: Cast, four: list[Customer], sign_in: Any) -> None:
    row = a_segment(cast.lead, COMPANIES, name="Companies")
    address = f"{reverse('customer_export')}?view=all&segment={row.pk}"
    client = sign_in(cast.lead)
    assert "2 customers" in main(client.get(address))
    answer = client.post(address, {"reason": "for the year's talk", "file": "csv"})
    sent = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert [customer.number.encode() in sent for customer in four] == [True, False, True, False]


def test_a_retired_one_is_offered_no_more_and_still_narrows(cast: Cast, four: list[Customer], sign_in: Any) -> None:
    row, client = a_segment(cast.wang, COMPANIES, name="Companies"), sign_in(cast.wang)
    chosen = f'<option value="{row.pk}" selected data-user>Companies</option>'
    assert chosen in main(client.get(f"/customers/filters/?segment={row.pk}"))
    segment_retire(segment=row, retired=True, by=cast.wang)
    assert "Companies" not in main(client.get("/customers/filters/"))
    assert four[1].name not in main(client.get(f"/customers/?segment={row.pk}"))


def test_the_list_of_segments_costs_the_same_for_one_and_many(
    cast: Cast, four: list[Customer], sign_in: Any, django_assert_max_num_queries: Any
) -> None:
    client = sign_in(cast.wang)
    for n in range(12):
        a_segment(cast.wang, COMPANIES if n % 2 else PERSONS, name=f"Segment {n}")
    client.get("/segments/")
    with django_assert_max_num_queries(14):
        page = main(client.get("/segments/"))
    assert page.count(">2</a>") == 12
