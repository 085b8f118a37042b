"""Every collection, in every order, one row a page: the same rows as on one page, to the end and back."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import resolve, reverse

from tests.access.conftest import clients, world  # noqa: F401 (fixtures)
from tests.access.matrix import all_routes

pytestmark = pytest.mark.django_db
MOST = 6


def collections() -> list[tuple[str, list[str]]]:
    """(address, orders) of each list of the API."""
    lists = [reverse(name) for name in sorted(all_routes()) if name.startswith("api:") and name.endswith("-list")]
    return [(address, [sign + name for name in _orders(address) for sign in ("", "-")]) for address in lists]


def _orders(address: str) -> tuple[str, ...]:
    return resolve(address).func.cls.ordering


def key(row: dict[str, Any]) -> int:
    """What names a row: its id, or the customer of whom it tells."""
    return row["id"] if "id" in row else row["customer"]


def pages(client: Client, address: str) -> list[int]:
    ids: list[int] = []
    while address and len(ids) < MOST:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.content[:300])
        body = answer.json()
        ids += [key(row) for row in body["results"]]
        address = body["next"]
    return ids


@pytest.mark.parametrize("role", ["administrator", "rep"])
def test_one_row_a_page_gives_the_rows_of_one_page(role: str, world: Any, clients: dict) -> None:  # noqa: F811
    seen = 0
    for address, orders in collections():
        cache.clear()  # how many requests one may send in a minute isn't asked here
        for order in ["", *(f"&ordering={order}" for order in orders)]:
            whole = clients[role].get(f"{address}?page_size=200{order}")
            if whole.status_code == 403:
                continue
            right = [key(row) for row in whole.json()["results"]][:MOST]
            assert pages(clients[role], f"{address}?page_size=1{order}") == right, (address, order)
            seen += len(right) > 1
    assert seen > 10
