"""Cost entries are noted once per key and removed over the API; what customers brought and cost is only read."""

import pytest

from customers.models import Channel
from segmentation.costs.models import CostEntry, Economics

pytestmark = pytest.mark.django_db


def test_a_cost_is_noted_once_and_removed(api, cast, customer):
    client = api(cast.wang)
    body = {"customer": customer.pk, "kind": "gift", "amount": 8_800, "spent_on": "2026-10-01", "note": "茶"}
    made = [client.post("cost-entries/", body, Idempotency_Key="c1") for _turn in range(2)]
    assert [answer.status_code for answer in made] == [201, 201]
    assert CostEntry.objects.count() == 1
    assert client.get("cost-entries/", {"kind": "travel"}).json()["results"] == []
    path = f"cost-entries/{made[0].json()['id']}/"
    assert client.delete(path, If_Match=made[0].headers["ETag"]).status_code == 204
    assert client.get(path).status_code == 404


def test_of_a_customer_or_of_a_channel_and_within_reach(api, cast, customer):
    both = {"customer": customer.pk, "channel": Channel.objects.first().pk}
    body = {"kind": "gift", "amount": 100, "spent_on": "2026-10-01"}
    for wrong in (
        both,
        {},
        {"customer": customer.pk, "amount": 0},
        {"customer": customer.pk, "spent_on": "2046-01-01"},
    ):
        assert api(cast.wang).post("cost-entries/", body | wrong).status_code == 400
    assert api(cast.outsider).post("cost-entries/", body | {"customer": customer.pk}).status_code == 400
    assert api(cast.agent).get("cost-entries/").status_code == 403


def test_what_customers_brought_and_cost_is_read_within_reach(api, cast, customer):
    counted = dict.fromkeys(("revenue", "costed", "margin", "discount", "sold", "discounted", "minutes", "entered"), 0)
    Economics.objects.create(customer=customer, on="2026-10-01", products=0, **counted)
    row = api(cast.wang).get(f"economics/{customer.pk}/").json()
    assert (row["customer"], row["upkeep"], row["acquisition"]) == (customer.pk, None, None)  # nobody entered anything
    assert api(cast.outsider).get("economics/").json()["results"] == []
    assert api(cast.wang).post("economics/", {}).status_code == 405


def test_a_number_is_used_once(api, cast, customer):
    body = {"customer": customer.pk, "kind": "gift", "amount": 100, "spent_on": "2026-10-01", "reference": "V1"}
    assert api(cast.wang).post("cost-entries/", body).json()["reference"] == "V1"
    refused = api(cast.wang).post("cost-entries/", body | {"amount": 200})
    assert (refused.status_code, "reference" in str(refused.json())) == (400, True)


def test_what_time_costs_is_read_and_changed_over_its_version(api, cast):
    client = api(cast.manager)
    seen = client.get("cost-settings/1/")
    assert (seen.json()["hourly_cost"], seen.json()["minutes_call"]) == (None, 10)
    tag = seen.headers["ETag"]
    assert client.patch("cost-settings/1/", {"minutes_call": 9_999}, If_Match=tag).status_code == 400
    changed = client.patch("cost-settings/1/", {"hourly_cost": "120.50", "minutes_call": 8}, If_Match=tag)
    assert (changed.status_code, changed.json()["hourly_cost"], changed.json()["minutes_call"]) == (200, "120.50", 8)
    assert client.patch("cost-settings/1/", {"hourly_cost": "1"}, If_Match=tag).status_code == 412
    assert client.patch("cost-settings/1/", {"hourly_cost": "-1"}, If_Match='"2"').status_code == 400
    assert api(cast.wang).patch("cost-settings/1/", {"hourly_cost": "1"}, If_Match='"2"').status_code == 403
