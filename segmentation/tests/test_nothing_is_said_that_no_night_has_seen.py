"""Between an order and the next night no page calls its customer a prospect, or says that nothing was bought."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from core import clock
from customers.models import CustomerFacts, Lifecycle
from sales.services.facts import order_facts_refresh
from segmentation import night
from segmentation.models import ChurnCase, ChurnReason
from segmentation.points import points_of
from segmentation.tests import worlds
from segmentation.wording import reason_texts

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
    assert texts(row)[1:] == [("F", "no order in 365 days"), ("M", "no purchase in 365 days")]
    assert row.lifecycle_word == "lost customer"


def test_scores_of_a_night_are_shown_as_they_are():
    row = CustomerFacts(last_order_on=TODAY, frequency=3, monetary=120_000, r=5, f=3, m=2, lifecycle=Lifecycle.REPEAT)
    assert [letter for letter, _text in texts(row)] == ["R", "F", "M"]
    assert row.lifecycle_word == Lifecycle.REPEAT.label


def test_a_prospect_is_called_one():
    assert texts(CustomerFacts(lifecycle=Lifecycle.PROSPECT)) == []
    assert CustomerFacts(lifecycle=Lifecycle.PROSPECT).lifecycle_word == Lifecycle.PROSPECT.label


REASONS = [
    ("SILENT_VS_CYCLE", {"median": 20, "silent": 90, "ratio": 4.5}),
    ("DROP", {"horizon": 90, "p_last": 0.8, "p_now": 0.2}),
    ("LONG_SILENT", {"silent": 90}),
    ("FREQ_DOWN", {"now": 1, "before": 5}),
    ("AMOUNT_DOWN", {"now": 100, "before": 90_000}),
    ("NO_CONTACT", {"silent": 90, "planned": 30}),
    ("COMPLAINT", {"open": 1, "recent": 1}),
    ("LOW_SCORE", {"csat": 1}),
]


def bought_since(**more):
    """Scores of a night that knew a purchase of last year only; one of yesterday came since, entered late or not."""
    yesterday = clock.business_date() - timedelta(days=1)
    values = {"tier": "D", "lifecycle": "lost", "r": 1, "f": 1, "m": 1, "frequency": 0, "monetary": 0}
    known = {"last_order_on": yesterday, "rated_order_on": yesterday - timedelta(days=370)}
    return CustomerFacts(**values | known | more)


@pytest.mark.parametrize("lifecycle", ["lost", "dormant"])
def test_whoever_has_bought_since_is_neither_lost_nor_asleep(lifecycle):
    assert bought_since(lifecycle=lifecycle).lifecycle_word == "rated tonight"


def test_old_points_of_whoever_has_bought_since_are_left_open():
    said = [(point.letter, point.points) for point in points_of(bought_since(frequency=2), clock.business_date())]
    assert said == [("R", None), ("F M", None)]


def test_a_purchase_takes_the_place_of_all_that_a_warning_says_of_purchases():
    said = reason_texts(REASONS, bought_since(), shown=8)
    assert said[0] == "Bought yesterday, after the night that warned; rated tonight"
    assert len(said) == 4  # and what has nothing to do with purchases
    assert not any(word in " ".join(said) for word in ("silent", "Chance", "No purchase", "half year,"))


def test_twin_of_a_score_that_knows_the_last_purchase_all_is_said():
    day = clock.business_date() - timedelta(days=90)
    row = bought_since(last_order_on=day, rated_order_on=day)
    assert not row.rated_tonight
    assert "No purchase for 90 days" in reason_texts([("LONG_SILENT", {"silent": 90})], row)


def test_an_order_of_last_week_that_was_entered_today_counts_as_new():
    day = clock.business_date() - timedelta(days=7)
    assert bought_since(last_order_on=day, rated_order_on=day - timedelta(days=1)).rated_tonight


def test_a_night_knows_the_purchase_then(customer):
    worlds.store_deal(worlds.Deal(customer.number, clock.last_ended_day(), 500_000))
    order_facts_refresh([customer.pk])
    row = CustomerFacts.objects.get(customer=customer)
    assert row.rated_order_on is None
    night.rescore()
    row.refresh_from_db()
    assert row.rated_order_on == row.last_order_on == clock.last_ended_day()
    worlds.store_deal(worlds.Deal(customer.number, clock.business_date(), 500_000))
    order_facts_refresh([customer.pk])
    row.refresh_from_db()
    assert row.rated_tonight


def test_page_lists_and_api_say_rated_tonight(customer, sign_in, cast):
    row = bought_since()
    values = {field.attname: getattr(row, field.attname) for field in CustomerFacts._meta.concrete_fields}
    del values["customer_id"]
    CustomerFacts.objects.update_or_create(customer=customer, defaults=values | {"warning": "red"})
    case = ChurnCase.objects.create(customer=customer, level="red", opened_on=TODAY, level_since=TODAY, p_now=0.1)
    for place, (code, numbers) in enumerate(REASONS[:5]):
        ChurnReason.objects.create(case=case, code=code, position=place, numbers=numbers)
    page = sign_in(cast.wang)
    for address in (
        reverse("customer", args=[customer.pk]),
        f"{reverse('warning_list')}?sort=chance",
        reverse("customer_list"),
        reverse("today"),
    ):
        text = page.get(address).content.decode()
        assert "rated tonight" in text, address
        assert not any(word in text for word in ("No purchase for 90", "Chance of buying in 90", "half year,")), address
    facts = page.get(f"/api/v1/customers/{customer.pk}/").json()["facts"]
    assert facts["rated_tonight"] is True


def test_list_and_page_agree(customer, sign_in, cast):
    CustomerFacts.objects.update_or_create(customer=customer, defaults={"last_order_on": clock.business_date()})
    page = sign_in(cast.wang)
    for address in (reverse("customer_list"), reverse("customer", args=[customer.pk])):
        text = page.get(address).content.decode().lower()
        assert "not rated yet" in text
        assert "no order in 365 days" not in text
