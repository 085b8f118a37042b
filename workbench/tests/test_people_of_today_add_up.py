"""On a leader's Today the lines of the people add up to the sums on top: what is nobody's has a line of its own."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from core import clock
from customers.models import Customer, CustomerFacts
from segmentation.models import ChurnCase

pytestmark = pytest.mark.django_db


@pytest.fixture
def warned(cast):
    """Two customers of 小王 and three without an owner, each with a warning."""
    today = clock.business_date()
    for n, owner in enumerate([cast.wang, cast.wang, None, None, None]):
        made = Customer.objects.create(number=f"N{n}", name=f"客户{n}", owner=owner, team=owner.team if owner else None)
        CustomerFacts.objects.create(customer=made, tier="A", tier_rank=2, lifecycle="repeat", warning="red")
        ChurnCase.objects.create(customer=made, level="red", opened_on=today, level_since=today, value_at_risk=100 * n)


def test_warnings_without_an_owner_have_a_line_with_their_list(warned, cast, sign_in):
    client = sign_in(cast.admin)
    page = client.get(reverse("today"))
    view = page.context["view"]
    assert (view.total.warnings, view.unowned.warnings, view.unowned.at_risk) == (5, 3, 900)
    assert sum(person.warnings for person in view.people) + view.unowned.warnings == view.total.warnings
    row = re.search(r'<th scope="row">Customers without an owner</th>.*?</tr>', page.content.decode(), re.S)
    assert row
    assert f'href="{view.unowned.warnings_url}">3</a>' in row[0]
    behind = client.get(view.unowned.warnings_url)
    assert behind.context["list"].rows.count() == 3
    assert "without an owner" in behind.content.decode().lower()


def test_there_is_no_such_line_when_everybody_has_one(warned, cast, sign_in):
    Customer.objects.filter(owner=None).update(owner=cast.li)
    page = sign_in(cast.admin).get(reverse("today"))
    assert page.context["view"].unowned is None
    assert '<th scope="row">Customers without an owner' not in page.content.decode()


def test_a_list_of_other_people_does_not_take_the_word(warned, cast, sign_in):
    """Only lists that say so can be asked for rows of nobody."""
    page = sign_in(cast.admin).get(reverse("complaint_list"), {"owner": "none"})
    assert "could not be read and were left out" in page.content.decode()
