"""So many customers of the pool a day and so many in all, as the rules of the pool say; also for several at once."""

import pytest
from django.urls import reverse

from accounts.limits import LimitReachedError
from accounts.models import AuditEntry
from customers import services
from customers.models import Customer, PoolRules
from customers.services import LOOKS, QuotaReachedError
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def pooled(cast):
    return [services.customer_create(by=cast.admin, owner=None, name=f"公海{n}") for n in range(6)]


def rules(**wanted):
    PoolRules.objects.update_or_create(pk=1, defaults=wanted)


def page(customer):
    return reverse("customer", args=[customer.pk])


# --- looking ---------------------------------------------------------------------------------------------------------
def test_one_customer_counts_once_a_day(pooled, cast, sign_in):
    rules(looks_a_day=2)
    client = sign_in(cast.wang)
    answers = [client.get(page(customer)).status_code for customer in (pooled[0], pooled[0], pooled[1], pooled[0])]
    assert answers == [200, 200, 200, 200]
    assert AuditEntry.objects.filter(act=LOOKS.audit_act, by=cast.wang).count() == 2
    refused = client.get(page(pooled[2]))
    assert refused.status_code == 429
    assert "公海2" not in refused.content.decode()


def test_the_api_counts_with_the_page(pooled, cast, sign_in):
    rules(looks_a_day=1)
    client = sign_in(cast.wang)
    assert client.get(reverse("api:customer-detail", args=[pooled[0].pk])).status_code == 200
    assert client.get(page(pooled[1])).status_code == 429
    assert client.get(reverse("api:customer-detail", args=[pooled[1].pk])).status_code == 429


def test_who_may_assign_looks_without_limit(pooled, cast, sign_in):
    rules(looks_a_day=1)
    client = sign_in(cast.lead)
    assert [client.get(page(customer)).status_code for customer in pooled[:3]] == [200] * 3
    assert not AuditEntry.objects.filter(act=LOOKS.audit_act).exists()


def test_customers_with_an_owner_are_opened_without_limit(customer, cast, sign_in):
    rules(looks_a_day=1)
    client = sign_in(cast.wang)
    assert [client.get(page(customer)).status_code for _turn in range(3)] == [200] * 3


# --- claiming --------------------------------------------------------------------------------------------------------
def test_claims_of_a_day_are_as_many_as_the_rules_say(pooled, cast):
    rules(claims_a_day=1)
    services.customer_claim(customer=pooled[0], by=cast.wang)
    with pytest.raises(LimitReachedError):
        services.customer_claim(customer=pooled[1], by=cast.wang)
    services.customer_claim(customer=pooled[1], by=cast.li)


def test_who_has_enough_claims_no_more(pooled, cast, sign_in):
    rules(quota=1)
    client = sign_in(cast.wang)
    client.post(reverse("customer_claim", args=[pooled[0].pk]))
    refused = client.post(reverse("customer_claim", args=[pooled[1].pk]), follow=True)
    assert "the most with which one may claim" in refused.content.decode()
    answer = client.post(reverse("api:customer-claim", args=[pooled[1].pk]))
    assert answer.status_code == 409
    assert "the most with which one may claim" in answer.json()["detail"]
    assert Customer.objects.filter(owner=cast.wang).count() == 1
    assert AuditEntry.objects.filter(act="customer.claim").count() == 1, "what was refused isn't counted"


def test_the_quota_holds_nobody_who_may_assign(pooled, cast):
    rules(quota=1)
    for customer in pooled[:2]:
        services.customer_claim(customer=customer, by=cast.lead)
    assert Customer.objects.filter(owner=cast.lead).count() == 2


@pytest.mark.django_db(transaction=True)
def test_several_claims_at_once_stay_within_the_quota(pooled, cast):
    rules(quota=2)

    def claim(turn: int) -> bool:
        try:
            services.customer_claim(customer=pooled[turn], by=cast.wang)
        except QuotaReachedError:
            return False
        return True

    assert sum(at_once(claim, 6)) == 2
    assert Customer.objects.filter(owner=cast.wang).count() == 2
