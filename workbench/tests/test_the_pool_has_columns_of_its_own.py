"""The unassigned pool as a list: who reads no more than the pool shows has no empty columns; who sees everything is
told who had the customer last."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from customers import services

pytestmark = pytest.mark.django_db


def test_each_reader_has_columns_that_say_something(cast: Any, sign_in: Any) -> None:
    gone = services.customer_create(by=cast.admin, owner=cast.outsider, name="甲公司", kind="company", region="苏州")
    services.customer_transfer(customer=gone, to=None, by=cast.admin)
    services.customer_create(by=cast.admin, owner=None, name="乙公司", kind="company", region="徐州", stage="needs")

    def shown(person: Any) -> tuple[list[str], str]:
        page = sign_in(person).get(reverse("customer_list"), {"view": "pool"})
        return [str(head.label) for head in page.context["list"].heads], page.content.decode()

    heads, page = shown(cast.wang)
    assert heads == ["Customer", "Tier", "Region", "Stage", "In the pool since", "Claim"]
    assert page.count("苏州") == 1
    assert "Need confirmation" in page
    assert page.count("just now") == 2
    assert page.count(f'formaction="{reverse("customer_claim", args=[gone.pk])}"') == 1
    assert "外组" not in page

    heads, page = shown(cast.admin)
    assert {"In the pool since", "Last owner", "Last activity", "12 months"} <= set(heads)
    assert not {"Owner", "Next follow-up", "Claim"} & set(heads)
    assert "外组" in page
