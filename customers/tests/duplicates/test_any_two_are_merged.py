"""Any two customers of one type become one from a customer's page or the list, by who may merge both."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from customers import services
from customers.duplicates import merge
from customers.models import Customer, CustomerMerge

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(cast):
    """Two files that no night would find alike, of two people of a team."""
    first = services.customer_create(
        by=cast.wang, owner=cast.wang, name="恒远机械", kind="company", phone="13812345678"
    )
    return first, services.customer_create(by=cast.li, owner=cast.li, name="HY Machinery", kind="company")


def page(one, other):
    return f"{reverse('customer_merge', args=[one.pk])}?customer={other.pk}"


def test_from_a_page_one_searches_chooses_and_merges_and_takes_it_back(cast, two, sign_in):
    client, (first, second) = sign_in(cast.lead), two
    way = f"{reverse('customers_merge')}?customer={first.pk}"
    assert way in client.get(reverse("customer", args=[first.pk])).content.decode().replace("&amp;", "&")
    chooser = client.get(way, follow=True).content.decode()
    assert f"customer={second.pk}" in chooser
    assert f"customer={first.pk}" not in chooser.split("<main")[1]
    form = client.get(page(first, second)).context["form"]
    sent = {"keep": form.kept, "versions": form.compared, **{one.name: side for one, side in form.picks}}
    answer = client.post(page(first, second), sent)
    assert answer.headers["Location"] == reverse("customer", args=[first.pk])
    assert AuditEntry.objects.get(act="customer.merge").details["merged"] == second.pk
    merge.customers_part(merge=CustomerMerge.objects.get(), by=cast.lead)
    assert Customer.objects.filter(pk__in=[first.pk, second.pk]).count() == 2


def test_two_of_the_list_lead_to_the_same_page_and_no_other_number_does(cast, two, sign_in):
    client, (first, second) = sign_in(cast.lead), two
    assert reverse("customers_merge") in client.get(reverse("customer_list"), {"view": "all"}).content.decode()
    url = reverse("customers_merge")
    assert client.post(url, {"ids": [first.pk, second.pk]}).headers["Location"] == page(first, second)
    for wrong in ({}, {"ids": [first.pk]}, {"ids": [first.pk, first.pk]}, {"ids": [first.pk, second.pk], "all": "1"}):
        answer = client.post(url, wrong, follow=True)
        assert "Choose exactly two customers to merge." in answer.content.decode()


def test_the_same_one_and_another_type_get_a_sentence(cast, two, sign_in):
    client, (first, second) = sign_in(cast.lead), two
    assert "This is the same customer." in client.get(page(first, first), follow=True).content.decode()
    Customer.objects.filter(pk=second.pk).update(kind="person")
    for ask in (client.get, client.post):
        told = ask(page(first, second), follow=True).content.decode()
        assert "A company and a person can&#x27;t be merged" in told
    assert f"customer={second.pk}" not in client.get(reverse("customer_merge", args=[first.pk])).content.decode()
    Customer.objects.filter(pk=second.pk).update(kind="unknown")
    assert client.get(page(first, second)).status_code == 200
    assert not CustomerMerge.objects.exists()


def test_who_may_not_merge_both_learns_nothing(cast, two, sign_in):
    first, second = two
    for reader in (cast.wang, cast.agent, cast.auditor):
        assert sign_in(reader).get(page(first, second)).status_code == 403
    assert reverse("customers_merge") not in sign_in(cast.wang).get(reverse("customer_list")).content.decode()
    client = sign_in(cast.lead)
    Customer.objects.filter(pk=second.pk).update(owner=cast.outsider, team=cast.north)
    for way in (page(first, second), page(second, first)):
        for ask in (client.get, client.post):
            answer = ask(way)
            assert answer.status_code == 404
            assert "HY Machinery" not in answer.content.decode()
    chooser = client.get(reverse("customer_merge", args=[first.pk]), {"q": "HY"}).content.decode()
    assert "HY Machinery" not in chooser
    Customer.objects.filter(pk=second.pk).update(owner=None, team=None)
    assert client.get(page(first, second)).status_code in (403, 404), "the pool shows too little to compare"
    assert not CustomerMerge.objects.exists()
