"""A tier that is called otherwise shows its new name everywhere, and keeps its code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import AuditEntry
from conftest import Cast
from core.versions import StaleVersionError
from customers.models import Customer, CustomerFacts
from segmentation import services
from segmentation.catalogue import catalogue
from segmentation.models import Tier
from ui import cells

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


def tier(code: str = "A", scheme: str = "b2c") -> Tier:
    return Tier.objects.get(scheme=scheme, code=code)


def test_the_new_name_stands_on_pages_at_once(
    cast: Cast, customer: Customer, sign_in: SignIn, django_capture_on_commit_callbacks: Any
) -> None:
    scheme = "b2b" if customer.kind == "company" else "b2c"
    CustomerFacts.objects.filter(customer=customer).update(tier="A", tier_rank=2)
    client, row = sign_in(cast.manager), tier("A", scheme)
    client.cookies["django_language"] = "en"
    pages = [reverse("customer_list"), reverse("tier_rules")]
    assert all(row.name_en in client.get(page).content.decode() for page in pages)
    with django_capture_on_commit_callbacks(execute=True):
        sent = {"name_en": "Crown jewels", "name_zh": "镇店之宝", "letter": "金", "slot": "3", "version": "0"}
        assert client.post(reverse("tier_names", args=[row.pk]), sent).status_code == 302
    for page in pages:
        assert "Crown jewels" in client.get(page).content.decode(), page
    now = catalogue()[scheme, "A"]
    assert (now.name_zh, now.letter, now.slot, now.high_value) == ("镇店之宝", "金", 3, False)
    assert AuditEntry.objects.get(act="tier.rename").details["changed"]["name_zh"][1] == "镇店之宝"


def test_a_cell_is_drawn_by_the_name_and_not_remembered_by_the_row() -> None:
    with translation.override("en"):
        row = tier()
        assert row.name_en in cells.tier(row)
        row.name_en = "Crown jewels"
        assert "Crown jewels" in cells.tier(row)
        assert "Crown jewels" in cells.tier_cell(row).content


def test_two_tiers_of_the_same_customers_arent_called_alike(cast: Cast, sign_in: SignIn) -> None:
    other = tier("B")
    with pytest.raises(ValidationError) as refused:
        services.tier_change(row=tier(), changes={"name_en": f" {other.name_en} ", "name_zh": " "}, by=cast.manager)
    assert set(refused.value.message_dict) == {"name_en", "name_zh"}
    sent = {"name_en": other.name_en, "name_zh": "甲", "letter": "A", "slot": "2", "version": "0"}
    assert sign_in(cast.manager).post(reverse("tier_names", args=[tier().pk]), sent).status_code == 422
    services.tier_change(row=tier("A", "b2b"), changes={"name_en": tier().name_en}, by=cast.manager)


def test_a_name_that_somebody_else_gave_meanwhile_isnt_overwritten(cast: Cast) -> None:
    read = tier()
    services.tier_change(row=tier(), changes={"name_en": "First"}, by=cast.admin)
    with pytest.raises(StaleVersionError):
        services.tier_change(row=read, changes={"name_en": "Second"}, by=cast.manager)
    assert tier().name_en == "First"


def test_a_rep_renames_nothing(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.wang)
    assert client.get(reverse("tier_names", args=[tier().pk])).status_code == 403
    assert reverse("tier_names", args=[tier().pk]) not in client.get(reverse("tier_rules")).content.decode()
