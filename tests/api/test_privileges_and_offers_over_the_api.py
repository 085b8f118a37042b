"""Privileges and offers over the API: read by who reads the rules of tiers, written by who changes them."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import Cast

pytestmark = pytest.mark.django_db


def test_the_api_adds_changes_and_takes_away(cast: Cast, api: Any) -> None:
    client = api(cast.manager)
    body = {"scheme": "b2b", "kind": "offer", "tier": "A", "name_en": "Spring", "name_zh": "春季", "limit": 8}
    made = client.post("tier-policies/", body)
    assert made.status_code == 201, made.json()
    address = f"tier-policies/{made.json()['id']}/"
    tag = client.get(address).headers["ETag"]
    assert client.patch(address, {"limit": 10}, If_Match=tag).json()["limit"] == 10
    assert client.patch(address, {"limit": 11}, If_Match=tag).status_code == 412
    tag = client.get(address).headers["ETag"]
    refused = client.patch(address, {"kind": "privilege"}, If_Match=tag)
    assert (refused.status_code, "kind" in str(refused.json())) == (400, True)
    refused = client.post("tier-policies/", body | {"tier": "X"})
    assert (refused.status_code, "tier" in str(refused.json())) == (400, True)
    assert [row["id"] for row in api(cast.wang).get("tier-policies/?scheme=b2b&tier=A").json()["results"]] == [
        made.json()["id"]
    ]
    assert api(cast.wang).post("tier-policies/", body).status_code == 403
    assert client.delete(address, If_Match=tag).status_code == 204
    assert client.get(address).status_code == 404
