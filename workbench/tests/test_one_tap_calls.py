"""From Today and from the head of a customer one tap calls, for who reads the number; numbers stand in groups."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import MaskRule
from core import clock
from core.phones import spaced
from customers.models import Contact, Customer
from feedback.services import complaint_create
from followups.services import follow_up_create

pytestmark = pytest.mark.django_db


@pytest.fixture
def called(cast, customer):
    Customer.objects.filter(pk=customer.pk).update(phone="13800138015")
    follow_up_create(customer=customer, assignee=cast.wang, due_on=clock.business_date(), by=cast.wang)
    return customer


def pages(client, customer) -> list[str]:
    addresses = ("/", reverse("customer", args=[customer.pk]))
    return [client.get(address).content.decode() for address in addresses]


def test_a_tap_calls_from_the_row_and_from_the_head(called, cast, sign_in):
    for page in pages(sign_in(cast.wang), called):
        assert 'class="button' in page.split('href="tel:+86-138-0013-8015"')[0].rsplit("<a", 1)[1]
        assert f'aria-label="Call {called.name}"' in page
    assert "138 0013 8015" in pages(sign_in(cast.wang), called)[1]


def test_who_reads_it_masked_calls_nobody(called, cast, sign_in):
    MaskRule.objects.filter(role=cast.wang.role, field_class="phone").update(mode="mask")
    for page in pages(sign_in(cast.wang), called):
        assert "tel:" not in page
        assert "8015" not in page.replace("****8015", "")


def test_a_company_without_a_main_line_is_called_at_its_first_contact(called, cast, sign_in):
    Customer.objects.filter(pk=called.pk).update(phone="")
    Contact.objects.create(customer=called, name="周采购", phone="13900139000", is_primary=True)
    page = pages(sign_in(cast.wang), called)[1]
    assert 'aria-label="Call 周采购"' in page.split('id="timeline"')[0]


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("13800138015", "138 0013 8015"),
        ("+8610011512901", "100 1151 2901"),
        ("+44 20 7946 0958", "+44 20 7946 0958"),
        ("010 6578 1234 ext. 801", "010 6578 1234 ext. 801"),
        ("138****8015", "138****8015"),
        ("nonsense", "nonsense"),
    ],
)
def test_numbers_stand_in_groups(stored, shown):
    assert spaced(stored) == shown


@pytest.mark.parametrize(
    ("region", "address", "leads_to"),
    [
        ("江苏", "常州市北江路 488 号", "uri.amap.com/search?keyword=%E6%B1%9F%E8%8B%8F+%E5%B8%B8"),
        ("", "12 Ridge Road", "www.openstreetmap.org/search?query=12+Ridge+Road"),
    ],
)
def test_the_address_stands_on_a_map_and_the_wechat_id_is_copied(called, cast, sign_in, region, address, leads_to):
    Customer.objects.filter(pk=called.pk).update(region=region, address=address, wechat="wx_keben")
    page = pages(sign_in(cast.wang), called)[1]
    assert page.count(leads_to) == 2  # in the head and beside the address
    assert 'data-copy="wx_keben"' in page


def test_neither_is_offered_to_who_reads_them_masked(called, cast, sign_in):
    Customer.objects.filter(pk=called.pk).update(address="12 Ridge Road", wechat="wx_keben")
    MaskRule.objects.filter(role=cast.wang.role, field_class__in=["phone", "address"]).update(mode="mask")
    page = pages(sign_in(cast.wang), called)[1]
    assert "Ridge Road" not in page
    assert "openstreetmap" not in page
    assert "data-copy" not in page


def test_neither_is_offered_where_nothing_is_known(called, cast, sign_in):
    page = pages(sign_in(cast.wang), called)[1]
    assert "openstreetmap" not in page
    assert "data-copy" not in page


def test_the_page_of_a_complaint_calls_by_the_same_rules(called, cast, sign_in):
    case = complaint_create(customer=called, by=cast.wang, text="外壳裂了", category="product")
    address = reverse("complaint", args=[case.pk])
    page = sign_in(cast.wang).get(address).content.decode()
    assert 'href="tel:+86-138-0013-8015"' in page
    assert "138 0013 8015" in page
    MaskRule.objects.filter(role=cast.wang.role, field_class="phone").update(mode="mask")
    page = sign_in(cast.wang).get(address).content.decode()
    assert "138****8015" in page
    assert "tel:" not in page
