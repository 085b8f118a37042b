"""The search finds customers by the texts of own fields, for whom the field is readable, and by nothing hidden."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import MaskRule
from customers import services
from customers.models import Customer
from customers.search import search_filter
from customers.tests.own_fields.made import forget, own, put

pytestmark = pytest.mark.django_db


def found(user, text: str) -> bool:
    return Customer.objects.for_user(user).filter(search_filter(user, text)).exists()


@pytest.mark.parametrize("text", ["HT-2026-017", "ht 2026", "无锡", "wuxi", "wx"])
def test_a_text_is_found_as_a_name_is(cast, customer, text):
    own(cast.admin, name="Contract")
    put(customer, cast.wang, contract="HT-2026-017 无锡")
    assert found(cast.wang, text)
    assert not found(cast.wang, f"{text} elsewhere")


def test_page_list_and_api_go_by_it(cast, customer, sign_in):
    own(cast.admin, name="Contract")
    put(customer, cast.wang, contract="quicksilver")
    client = sign_in(cast.wang)
    assert customer.name in client.get(reverse("customer_list"), {"q": "quicksilver"}).content.decode()


def test_a_changed_text_is_found_and_the_old_one_no_more(cast, customer):
    own(cast.admin, name="Contract")
    put(customer, cast.wang, contract="quicksilver")
    put(customer, cast.wang, contract="tungsten")
    assert found(cast.wang, "tungsten")
    assert not found(cast.wang, "quicksilver")
    made = services.customer_create(by=cast.wang, name="新客", owner=cast.wang, own={"contract": "cobalt"})
    assert found(cast.wang, "cobalt")
    services.contact_add(customer=made, by=cast.wang, name="王敏")  # tokens are made anew
    assert found(cast.wang, "cobalt")


def test_who_may_not_read_a_field_does_not_learn_it_by_searching(cast, customer):
    field = own(cast.admin, name="Margin note")
    put(customer, cast.admin, margin_note="quicksilver")
    assert found(cast.wang, "quicksilver")
    services.own_field_change(row=field, changes={"readers": "confidential"}, version=1, by=cast.admin)
    forget()
    rules = MaskRule.objects.filter(role=cast.wang.role, field_class="confidential")
    for mode, reads in (("hidden", False), ("mask", False), ("full", True)):
        rules.update(mode=mode)
        wang = type(cast.wang).objects.get(pk=cast.wang.pk)
        assert found(wang, "quicksilver") is reads


def test_the_pool_is_not_found_by_them(cast, customer):
    own(cast.admin, name="Contract")
    put(customer, cast.wang, contract="quicksilver")
    Customer.objects.filter(pk=customer.pk).update(owner=None, team=None)
    assert not found(cast.wang, "quicksilver")


def test_a_retired_field_finds_nobody_until_it_is_used_again(cast, customer):
    field = own(cast.admin, name="Contract")
    put(customer, cast.wang, contract="quicksilver")
    services.own_field_retire(row=field, by=cast.admin)
    forget()
    assert not found(cast.wang, "quicksilver")
    services.contact_add(customer=Customer.objects.get(pk=customer.pk), by=cast.wang, name="王敏")
    services.own_field_restore(row=field, by=cast.admin)
    forget()
    assert found(cast.wang, "quicksilver")
