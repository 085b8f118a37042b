"""Segments over the API: listed, made, changed and retired, and their customers by `customers/?segment=`."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import Cast
from customers.models import Customer
from segmentation.tests.segments_made import COMPANIES, HEALTHY, all_of, without

pytestmark = pytest.mark.django_db


def test_one_is_made_read_changed_and_retired(cast: Cast, customer: Customer, api: Any) -> None:
    client = api(cast.wang)
    body = {"name": "Companies", "tree": all_of(COMPANIES)}
    made = client.post("segments/", body, Idempotency_Key="a")
    assert made.status_code == 201, made.json()
    assert client.post("segments/", body, Idempotency_Key="a").json()["id"] == made.json()["id"]
    row = made.json()
    assert (row["customers"], row["problem"], row["shared"], row["owner"]) == (1, "", False, cast.wang.pk)
    address = f"segments/{row['id']}/"
    tag = client.get(address).headers["ETag"]
    assert client.patch(address, {"shared": True}, If_Match=tag).json()["version"] == 2
    assert client.patch(address, {"name": "Z"}, If_Match=tag).status_code == 412
    assert [one["id"] for one in api(cast.outsider).get("segments/?shared=true").json()["results"]] == [row["id"]]
    assert api(cast.outsider).get(address).json()["customers"] == 0
    tag = client.get(address).headers["ETag"]
    assert client.delete(address, If_Match=tag).status_code == 204
    assert client.get(address).json()["retired_at"]
    assert client.get("segments/?retired=false").json()["results"] == []


def test_what_cannot_be_is_refused_at_its_field(cast: Cast, api: Any) -> None:
    client = api(cast.wang)
    for wrong in ({}, [], all_of(), all_of({"field": "phone", "how": "in", "text": "1"}), all_of(COMPANIES) | {"x": 1}):
        answer = client.post("segments/", {"name": "A", "tree": wrong})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["tree"])
    assert list(client.post("segments/", {"name": " ", "tree": all_of(COMPANIES)}).json()["errors"]) == ["name"]


def test_its_customers_are_those_of_the_readers_reach(cast: Cast, customer: Customer, api: Any) -> None:
    Customer.objects.create(number="P", name="P", kind="person", owner=cast.wang, team=cast.shanghai)
    made = api(cast.wang).post("segments/", {"name": "A", "shared": True, "tree": all_of(COMPANIES)}).json()
    found = api(cast.wang).get(f"customers/?segment={made['id']}").json()["results"]
    assert [row["id"] for row in found] == [customer.pk]
    assert api(cast.outsider).get(f"customers/?segment={made['id']}").json()["results"] == []
    for wrong in ("0", "x", "99999"):
        answer = api(cast.wang).get(f"customers/?segment={wrong}")
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["segment"])


def test_conditions_that_one_may_not_see_are_not_told(cast: Cast, customer: Customer, api: Any) -> None:
    made = api(cast.lead).post("segments/", {"name": "A", "shared": True, "tree": all_of(HEALTHY)}).json()
    blind = api(without(cast.wang, "score.view"))
    row = blind.get(f"segments/{made['id']}/").json()
    assert (row["tree"], row["customers"]) == (None, None)
    assert "may not see" in row["problem"]
    refused = blind.get(f"customers/?segment={made['id']}")
    assert (refused.status_code, "may not see" in str(refused.json())) == (400, True)
