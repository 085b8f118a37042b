"""Of a customer in the pool nothing tells what else is in the file: not search, not empty fields, not its versions."""

import pytest
from django.urls import reverse

from customers import services
from customers.models import Customer
from customers.search import search_filter

pytestmark = pytest.mark.django_db
CODE = "91310000MA1K35XX0Y"
FILLED = {
    "phone": "13812345678",
    "email": "a@b.example",
    "address": "苏州",
    "notes": "x",
    "credit_code": CODE,
    "hobbies": "golf",
    "birthday": "1980-01-01",
    "birthday_is_lunar": True,
    "do_not_contact": True,
    "gender": "f",
}


@pytest.fixture
def pooled(cast):
    """One file with everything, changed often, and one with a name only."""
    full = services.customer_create(by=cast.admin, owner=None, name="甲", **FILLED)
    Customer.objects.filter(pk=full.pk).update(version=7)
    return Customer.objects.get(pk=full.pk), services.customer_create(by=cast.admin, owner=None, name="乙")


def found(user, text):
    return list(Customer.objects.for_user(user).filter(search_filter(user, text)).values_list("name", flat=True))


@pytest.mark.parametrize("spelling", [CODE, CODE.lower(), "９１310000MA1K35XX0Y", f"{CODE}.", f"({CODE})"])
def test_a_credit_code_finds_only_who_shows_it(spelling, pooled, cast):
    assert found(cast.outsider, spelling) == found(cast.lead, spelling) == []
    assert found(cast.auditor, spelling) == ["甲"]
    services.customer_transfer(customer=pooled[0], to=cast.wang, by=cast.admin)
    assert found(cast.wang, spelling) == ["甲"]
    Customer.objects.filter(pk=pooled[1].pk).update(credit_code=CODE)
    services.tokens_refresh([pooled[1].pk])
    assert found(cast.wang, spelling) == ["甲"], "the twin in the pool stays unknown"


def test_no_search_tells_which_of_the_pool_are_warned_of(pooled, cast, sign_in):
    facts = pooled[0].facts
    type(facts).objects.filter(pk=facts.pk).update(warning="red")
    client, link = sign_in(cast.lead), reverse("customer", args=[pooled[0].pk])
    for view, shown in (("all", True), ("warned", False)):
        page = client.get(reverse("customer_list"), {"q": "甲", "view": view}).content.decode()
        assert (link in page) is shown, view


@pytest.mark.parametrize("who", ["outsider", "lead"])
def test_a_full_file_looks_like_an_empty_one(who, pooled, cast, sign_in):
    client = sign_in(getattr(cast, who))
    full, empty = (client.get(reverse("api:customer-detail", args=[row.pk])) for row in pooled)
    same = set(full.json()) - {"id", "number", "name"}
    assert {name: full.json()[name] for name in same} == {name: empty.json()[name] for name in same}
    assert "7" not in (full.headers["ETag"], full.headers["ETag"].strip('"'))


def test_a_lead_assigns_by_the_tag_that_was_read(pooled, cast, sign_in):
    client, row = sign_in(cast.lead), pooled[0]
    tag = client.get(reverse("api:customer-detail", args=[row.pk])).headers["ETag"]
    sent = {"data": {"owner": cast.wang.pk}, "content_type": "application/json"}
    assign = reverse("api:customer-assign", args=[row.pk])
    assert client.post(assign, **sent, headers={"If-Match": '"99"'}).status_code == 412
    assert client.post(assign, **sent, headers={"If-Match": tag}).status_code == 200
