"""Between an order and the next night no page calls its customer a prospect, or says that nothing was bought."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from core import clock
from customers.models import CustomerFacts, Lifecycle
from segmentation.points import points_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 27)


def texts(row):
    return [(point.letter, point.text) for point in points_of(row, TODAY)]


def test_a_purchase_since_the_last_night_is_said_and_the_rest_is_left_open():
    row = CustomerFacts(last_order_on=TODAY, lifecycle=Lifecycle.PROSPECT)
    assert texts(row) == [("R", "ordered today"), ("F M", "rated in the coming night")]
    assert row.lifecycle_word == "not rated yet"


def test_whoever_has_bought_nothing_for_a_year_is_told_so_by_a_night():
    row = CustomerFacts(last_order_on=TODAY - timedelta(days=400), lifecycle=Lifecycle.LOST)
    assert texts(row)[1:] == [("F", "no order within a year"), ("M", "no purchase within a year")]
    assert row.lifecycle_word == "lost customer"


def test_scores_of_a_night_are_shown_as_they_are():
    row = CustomerFacts(last_order_on=TODAY, frequency=3, monetary=120_000, r=5, f=3, m=2, lifecycle=Lifecycle.REPEAT)
    assert [letter for letter, _text in texts(row)] == ["R", "F", "M"]
    assert row.lifecycle_word == Lifecycle.REPEAT.label


def test_a_prospect_is_called_one():
    assert texts(CustomerFacts(lifecycle=Lifecycle.PROSPECT)) == []
    assert CustomerFacts(lifecycle=Lifecycle.PROSPECT).lifecycle_word == Lifecycle.PROSPECT.label


def test_list_and_page_agree(customer, sign_in, cast):
    CustomerFacts.objects.update_or_create(customer=customer, defaults={"last_order_on": clock.business_date()})
    page = sign_in(cast.wang)
    for address in (reverse("customer_list"), reverse("customer", args=[customer.pk])):
        text = page.get(address).content.decode().lower()
        assert "not rated yet" in text
        assert "no order within a year" not in text
