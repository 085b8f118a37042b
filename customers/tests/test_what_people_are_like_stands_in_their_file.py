"""What people are like and how they buy: filled by the form, read on the page, found by lists, hidden in the pool."""

from __future__ import annotations

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from customers import required, services
from customers.models import Customer, DecisionStyle, IncomeBand, Kind, Level, RequiredFields
from customers.tests.test_two_people_edit_one_file import opened

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("defaults")]
SAID = {
    "spending_habits": "月底集中采购",
    "personality": "沉稳",
    "communication_style": "先给结论",
    "price_sensitivity": "high",
    "reasons": ["price", "trust"],
}


@pytest.fixture
def api(cast):
    client = APIClient()
    client.force_authenticate(cast.wang)
    return client


def chosen() -> dict[str, int]:
    return {
        "income_band": IncomeBand.objects.get(code="100k-200k").pk,
        "decision_style": DecisionStyle.objects.get(code="rational").pk,
    }


@pytest.fixture
def known(customer):
    """The customer with a whole profile."""
    rows = {f"{name}_id": pk for name, pk in chosen().items()}
    Customer.objects.filter(pk=customer.pk).update(kind="person", **SAID, **rows)
    customer.refresh_from_db()
    return customer


def test_what_the_form_fills_is_read_on_the_page(cast, customer, sign_in):
    client, edit = sign_in(cast.wang), reverse("customer_edit", args=[customer.pk])
    page = client.post(edit, opened(cast.wang, customer) | SAID | chosen(), follow=True).content.decode()
    for words in ("月底集中采购", "沉稳", "先给结论", "High", "Price, trust", "Rational", "100,000 to 200,000"):
        assert words in page, words
    customer.refresh_from_db()
    assert (customer.reasons, customer.version) == (["price", "trust"], 2)
    client.post(edit, opened(cast.wang, customer))
    customer.refresh_from_db()
    assert (customer.reasons, customer.version) == (["price", "trust"], 2)  # sent back untouched nothing changes


def test_its_parts_are_folded_while_they_are_empty(cast, known, sign_in):
    client, edit = sign_in(cast.wang), reverse("customer_edit", args=[known.pk])
    assert client.get(edit).content.decode().count(" data-filled open>") == 2
    Customer.objects.filter(pk=known.pk).update(reasons=[], decision_style=None, income_band=None)
    Customer.objects.filter(pk=known.pk).update(**{name: "" for name in SAID if name != "reasons"})
    assert " data-filled open>" not in client.get(edit).content.decode()


def test_of_two_people_who_say_other_reasons_one_is_asked(cast, known, sign_in):
    client, edit = sign_in(cast.wang), reverse("customer_edit", args=[known.pk])
    mine = opened(cast.wang, known) | {"reasons": ["feeling"]}
    services.customer_update(customer=known, changes={"reasons": ["performance", "trust"]}, version=1, by=cast.lead)
    asked = client.post(edit, mine)
    assert asked.status_code == 409
    text = asked.content.decode()
    assert "performance, trust" in text
    kept = dict(asked.context["kept"])
    answer = client.post(edit, kept | {"reasons": "performance,trust"})
    known.refresh_from_db()
    assert (answer.status_code, known.reasons) == (302, ["performance", "trust"])


def test_reasons_of_somebody_else_travel_along(cast, known, sign_in):
    client, edit = sign_in(cast.wang), reverse("customer_edit", args=[known.pk])
    mine = opened(cast.wang, known) | {"region": "苏州"}
    changes = {"reasons": ["performance", "trust"], "region": "杭州"}
    services.customer_update(customer=known, changes=changes, version=1, by=cast.lead)
    asked = client.post(edit, mine)
    assert client.post(edit, dict(asked.context["kept"]) | {"region": "苏州"}).status_code == 302
    known.refresh_from_db()
    assert (known.region, known.reasons) == ("苏州", ["performance", "trust"])


def test_the_api_reads_and_writes_them(known, api):
    url = f"/api/v1/customers/{known.pk}/"
    row = api.get(url)
    assert (row.data["decision_style"], row.data["reasons"]) == ("rational", ["price", "trust"])
    sent = {"reasons": ["trust", "feeling", "trust"], "decision_style": "价格型：看价格", "price_sensitivity": ""}
    answer = api.patch(url, sent, format="json", HTTP_IF_MATCH=row["ETag"])
    assert (answer.status_code, answer.data["reasons"]) == (200, ["trust", "feeling"])
    assert (answer.data["decision_style"], answer.data["price_sensitivity"]) == ("price", "")
    for wrong in ({"reasons": ["colour"]}, {"price_sensitivity": "huge"}, {"decision_style": "nope"}):
        refused = api.patch(url, wrong, format="json", HTTP_IF_MATCH=answer["ETag"])
        assert (refused.status_code, set(refused.json()["errors"])) == (400, set(wrong))


@pytest.mark.parametrize(
    ("asked", "met"),
    [
        ({"price_sensitivity": "high"}, True),
        ({"price_sensitivity": "low"}, False),
        ({"reason": "trust"}, True),
        ({"reason": "feeling"}, False),
    ],
)
def test_the_list_and_the_api_are_narrowed_by_them(cast, known, sign_in, api, asked, met):
    listed = sign_in(cast.wang).get(reverse("customer_list"), {"view": "all", **asked})
    assert [row.pk for row in listed.context["page"].rows] == [known.pk] * met
    assert [row["id"] for row in api.get("/api/v1/customers/", asked).data["results"]] == [known.pk] * met


def test_the_api_is_narrowed_by_the_code_of_a_decision_style(known, api):
    for code, met in (("rational", 1), ("price", 0)):
        assert len(api.get("/api/v1/customers/", {"decision_style": code}).data["results"]) == met


def test_of_a_customer_in_the_pool_nothing_of_it_is_told(cast, known, sign_in, api):
    Customer.objects.filter(pk=known.pk).update(owner=None, service_owner=None)
    text = sign_in(cast.wang).get(reverse("customer", args=[known.pk])).content.decode()
    assert not any(words in text for words in ("月底集中采购", "沉稳", "Rational", "100,000"))
    row = api.get(f"/api/v1/customers/{known.pk}/").data
    assert (row["reasons"], row["decision_style"], row["income_band"], row["price_sensitivity"]) == ([], None, None, "")
    for asked in ({"reason": "trust"}, {"price_sensitivity": "high"}, {"decision_style": "rational"}):
        assert api.get("/api/v1/customers/", asked).data["results"] == []


def test_what_decides_a_purchase_may_be_required(cast, known, sign_in):
    asked = dict.fromkeys(required.FIELDS[Kind.PERSON], Level.NO) | {"reasons": Level.ALWAYS}
    RequiredFields.objects.update_or_create(kind=Kind.PERSON, defaults=asked)
    required.forget()
    assert not Customer.objects.filter(required.incomplete(cast.wang)).exists()
    refused = sign_in(cast.wang).post(
        reverse("customer_edit", args=[known.pk]), opened(cast.wang, known) | {"reasons": []}
    )
    assert (refused.status_code, set(refused.context["form"].errors)) == (422, {"reasons"})
    Customer.objects.filter(pk=known.pk).update(reasons=[])
    assert Customer.objects.filter(required.incomplete(cast.wang)).get() == known
    required.forget()
