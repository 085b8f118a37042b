"""Who takes customers out of the pool reads them from then on: so many a day, by whatever door."""

import pytest
from django.urls import reverse

from accounts.limits import LimitReachedError
from accounts.models import AuditEntry
from customers import services
from customers.models import Customer
from customers.services.owners import CLAIMS
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def pooled(cast):
    return [services.customer_create(by=cast.admin, owner=None, name=f"公海{n}") for n in range(3)]


def took(user, times):
    AuditEntry.objects.bulk_create(AuditEntry(act=CLAIMS.audit_act, by=user) for _ in range(times))


@pytest.mark.parametrize("who", ["wang", "agent"])
def test_the_page_and_the_api_refuse_the_next_one_and_say_when(who, pooled, cast, sign_in):
    user = getattr(cast, who)
    client = sign_in(user)
    took(user, CLAIMS.most - 1)
    client.post(reverse("customer_claim", args=[pooled[0].pk]))
    assert Customer.objects.get(pk=pooled[0].pk).owner == user
    page = client.post(reverse("customer_claim", args=[pooled[1].pk]), follow=True)
    assert "within a day" in page.content.decode()
    answer = client.post(reverse("api:customer-claim", args=[pooled[1].pk]))
    assert answer.status_code == 429
    assert "within a day" in answer.json()["detail"]
    assert Customer.objects.get(pk=pooled[1].pk).owner is None


def test_who_may_assign_is_not_limited(pooled, cast):
    took(cast.lead, CLAIMS.most)
    services.customer_claim(customer=pooled[0], by=cast.lead)
    assert pooled[0].owner == cast.lead


@pytest.mark.django_db(transaction=True)
def test_several_at_once_take_no_more(pooled, cast):
    took(cast.wang, CLAIMS.most - 1)

    def claim(turn: int) -> bool:
        try:
            services.customer_claim(customer=pooled[turn], by=cast.wang)
        except LimitReachedError:
            return False
        return True

    assert sum(at_once(claim, 3)) == 1
