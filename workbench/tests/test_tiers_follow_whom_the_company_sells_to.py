"""A firm that sells to persons only meets no tier of companies, as long as it has no company for a customer."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core import clock, company
from core.models import Company
from customers.models import Customer
from segmentation import catalogue
from segmentation.models import ScoreRun

pytestmark = pytest.mark.django_db


def sells_to(whom: str) -> None:
    Company.objects.filter(pk=1).update(sells_to=whom)
    company.forget()
    catalogue.rated_schemes.forget()


def codes_of(client) -> dict[str, set[str]]:
    """The tiers that each page speaks of."""
    ScoreRun.objects.get_or_create(
        as_of=clock.business_date(), defaults={"started_at": clock.now(), "published_at": clock.now()}
    )
    dashboard = client.get(reverse("segmentation")).context["page"]
    offered = dict(client.get(reverse("customer_filters")).context["form"].fields["tier"].choices)
    plans = client.get(reverse("plan_settings")).context["form"].parts
    return {
        "dashboard": set(dashboard.codes),
        "filters": set(offered) - {"unrated"},
        "plans": {part.rule.tier for part in plans if part.rule.tier},
    }


@pytest.mark.parametrize(
    ("whom", "tiers"), [("persons", {"A", "B", "C", "D"}), ("companies", {"S", "A", "B", "C"}), ("both", set("SABCD"))]
)
def test_every_page_follows_the_company(cast, sign_in, whom, tiers):
    sells_to(whom)
    found = codes_of(sign_in(cast.admin))
    assert {page: codes - {"unrated"} for page, codes in found.items()} == dict.fromkeys(found, tiers)


def test_a_customer_of_the_other_kind_brings_its_tiers_back(cast, sign_in, customer):
    sells_to("persons")
    assert customer.kind == "company"
    assert "S" in codes_of(sign_in(cast.admin))["dashboard"]


def test_the_choice_of_schemes_stands_there_only_where_there_is_one(cast, sign_in):
    client = sign_in(cast.admin)
    sells_to("persons")
    codes_of(client)
    assert 'name="scheme"' not in client.get(reverse("segmentation")).content.decode()
    sells_to("both")
    assert 'name="scheme"' in client.get(reverse("segmentation")).content.decode()


def test_an_address_that_names_a_tier_no_page_offers_is_still_obeyed(cast, sign_in):
    """A saved view of the best tier must not become all customers."""
    sells_to("persons")
    Customer.objects.create(number="P", name="甲", kind="person", owner=cast.wang, team=cast.shanghai)
    client = sign_in(cast.admin)
    assert int(client.get(f"{reverse('customer_list')}?view=all&tier=S").context["list"].total) == 0
