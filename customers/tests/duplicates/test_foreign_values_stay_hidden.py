"""Of a customer out of reach nobody learns more by the check for duplicates than that it exists and whom to ask."""

import pytest
from django.urls import reverse

from customers import services
from customers.duplicates import sweep
from customers.models import CustomerMerge, DuplicatePair

pytestmark = pytest.mark.django_db
CANARIES = {
    "name": "CANARY 恒远机械",
    "phone": "13812345678",
    "email": "canary@hengyuan.example.com",
    "credit_code": "91310000775785552L",
    "region": "CANARY 上海",
    "address": "CANARY 路 1 号",
    "notes": "CANARY note",
}


@pytest.fixture
def foreign(cast):
    return services.customer_create(by=cast.wang, owner=cast.wang, kind="company", **CANARIES)


def hidden(text, foreign, typed):
    """None of the values of the foreign customer but what was typed stands there, nor its number or page."""
    values = {value for name, value in CANARIES.items() if value not in typed.values()}
    return [value for value in (*values, foreign.number, f"/customers/{foreign.pk}/") if value in text]


@pytest.mark.parametrize(
    "typed",
    [
        *({name: CANARIES[name]} for name in ("name", "phone", "email", "credit_code")),
        {"name": "canary 恒远机械有限公司"},
        {"phone": "138 1234 5678", "name": "别家"},
    ],
    ids=lambda typed: " and ".join(typed),
)
def test_the_form_says_the_owner_alone(typed, cast, foreign, sign_in):
    text = sign_in(cast.outsider).post(reverse("customer_known"), typed).content.decode()
    assert hidden(text, foreign, typed) == []
    [*sweep.sweep(None)]  # also when the night has made its keys
    text = sign_in(cast.outsider).post(reverse("customer_known"), typed).content.decode()
    assert "小王" in text
    assert hidden(text, foreign, typed) == []


def test_pairs_merges_and_old_links_say_nothing(cast, foreign, sign_in):
    own = services.customer_create(by=cast.outsider, owner=cast.outsider, name="恒远", phone=CANARIES["phone"])
    [*sweep.sweep(None)]
    pair = DuplicatePair.objects.get()
    client = sign_in(cast.outsider)
    assert hidden(client.get(reverse("duplicate_list")).content.decode(), foreign, {}) == []
    CustomerMerge.objects.create(survivor=foreign, gone_id=own.pk + 1000, gone_number="K9", at=pair.found_at)
    assert client.get(reverse("customer", args=[own.pk + 1000])).status_code == 404
    answer = client.get(reverse("api:customer-detail", args=[own.pk + 1000]))
    assert answer.status_code in (401, 404)
    assert hidden(client.get(reverse("customer_list"), {"q": "K9"}).content.decode(), foreign, {}) == []
