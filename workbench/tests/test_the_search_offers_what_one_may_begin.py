"""Acts in the search: with the first customer that was found, what this person may begin there."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from conftest import Cast
from customers import services

pytestmark = pytest.mark.django_db


def hits(client: Any, text: str) -> str:
    return client.get(reverse("search"), {"q": text}, headers={"HX-Request": "true"}).content.decode()


def test_the_first_customer_brings_its_acts(sign_in: Any, cast: Cast) -> None:
    first = services.customer_create(by=cast.wang, owner=cast.wang, name="禾达一厂")
    second = services.customer_create(by=cast.wang, owner=cast.wang, name="禾达二厂")
    found = hits(sign_in(cast.wang), "禾达")
    begun = [row for row in (first, second) if f"/interactions/new/?customer={row.pk}" in found]
    assert len(begun) == 1
    assert f"/follow-ups/new/?customer={begun[0].pk}" in found


def test_who_may_not_begin_anything_is_offered_nothing(sign_in: Any, cast: Cast) -> None:
    services.customer_create(by=cast.wang, owner=cast.wang, name="禾达一厂")
    found = hits(sign_in(cast.auditor), "禾达")
    assert "禾达一厂" in found
    assert "?customer=" not in found


def test_in_the_pool_nothing_is_begun(sign_in: Any, cast: Cast) -> None:
    services.customer_create(by=cast.admin, owner=None, name="公海一厂")
    found = hits(sign_in(cast.wang), "公海一厂")
    assert "?customer=" not in found


@pytest.mark.parametrize("typed", ["cafe", "CAFÉ", "kyiv", "Київ", "ελλ", "muller"])
def test_accents_fold_and_every_script_is_found(sign_in: Any, cast: Cast, typed: str) -> None:
    names = {"cafe": "Café Lumière", "kyiv": "Kyiv Büro", "київ": "Завод Київ", "ελλ": "Ελλάδα", "muller": "Müller"}
    name = names.get(typed.lower().replace("é", "e"), "")
    services.customer_create(by=cast.wang, owner=cast.wang, name=name)
    assert "/customers/" in hits(sign_in(cast.wang), typed)
