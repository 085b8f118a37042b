"""Every field of the forms of a customer and a contact stands on the customer's page, masked where it must be."""

import pytest
from django.urls import reverse

from customers.models import Contact, Customer

pytestmark = pytest.mark.django_db


def test_a_contact_is_read_in_full(customer, cast, sign_in):
    boss = Contact.objects.create(customer=customer, name="老板")
    Contact.objects.create(
        customer=customer,
        name="王敏",
        rank="总监",
        reports_to=boss,
        wechat="wangmin_wx",
        email="wm@example.com",
        notes="只在上午接电话",
    )
    page = reverse("customer", args=[customer.pk])
    text = sign_in(cast.wang).get(page).content.decode()
    for typed in ("总监", "Reports to", "老板", "wangmin_wx", "wm@example.com", "只在上午接电话"):
        assert typed in text
    masked = sign_in(cast.admin).get(page).content.decode()
    assert "wangmin_wx" not in masked
    assert "wm@example.com" not in masked
    assert "总监" in masked


def test_sex_and_credit_code_are_read(customer, cast, sign_in):
    Customer.objects.filter(pk=customer.pk).update(gender="f", credit_code="91320594MA1X")
    text = sign_in(cast.wang).get(reverse("customer", args=[customer.pk])).content.decode()
    assert "91320594MA1X" in text
    assert "Female" in text
    Customer.objects.filter(pk=customer.pk).update(owner=None, service_owner=None)  # in the pool nothing of it is seen
    text = sign_in(cast.wang).get(reverse("customer", args=[customer.pk])).content.decode()
    assert "91320594MA1X" not in text
    assert "Female" not in text
