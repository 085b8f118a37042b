"""POST of a customer who may be there already is asked first; of customers of others only whom to ask is told."""

import pytest

from core.numbers import number
from customers.models import Customer, Kind
from customers.services import tokens_refresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def there(cast):
    row = Customer.objects.create(
        number="K0000001", name="恒远机械", kind=Kind.COMPANY, phone="13800138001", email="a@hy.cn",
        owner=cast.wang, team=cast.wang.team,
    )  # fmt: skip
    tokens_refresh([row.pk])
    return row


CASES = [
    ({"name": "恒远机械", "kind": "company"}, "possible", ["same name"]),
    ({"name": "别家", "phone": "138 0013 8001"}, "possible", ["same phone number"]),
    ({"name": "恒远机械", "phone2": "+86 13800138001"}, "certain", ["same phone number", "same name"]),
    ({"name": "别家", "email": "A@hy.cn"}, "possible", ["same e-mail"]),
]


def test_who_may_be_there_is_named_and_made_only_on_purpose(api, cast, there):
    client = api(cast.wang)
    for body, strength, reasons in CASES:
        answer = client.post("customers/", body, Idempotency_Key=f"k-{body}"[:40])
        assert answer.status_code == 409, body
        [twin] = answer.json()["possible_duplicates"]
        assert (twin["id"], twin["number"], twin["strength"]) == (there.pk, there.number, strength), body
        assert twin["reasons"] == reasons, body
        assert "anyway" in answer.json()["detail"]
    assert Customer.objects.count() == 1
    made = client.post("customers/", CASES[1][0] | {"anyway": True}, Idempotency_Key="m")
    again = client.post("customers/", CASES[1][0] | {"anyway": True}, Idempotency_Key="m")
    assert (made.status_code, again.json()["id"]) == (201, made.json()["id"])
    assert "anyway" not in made.json()
    changed = client.patch(f"customers/{there.pk}/", {"region": "苏州", "anyway": True}, If_Match="*")
    assert changed.status_code == 200
    tag = client.get(f"customers/{there.pk}/")["ETag"]
    assert client.patch(f"customers/{there.pk}/", {"anyway": True}, If_Match=tag)["ETag"] == tag


def test_the_same_key_gets_what_it_made_and_no_question(api, cast):
    client, body = api(cast.wang), {"name": "新客户", "phone": "13800138009"}
    first, second = (client.post("customers/", body, Idempotency_Key="k") for _turn in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert client.post("customers/", body, Idempotency_Key="other").status_code == 409


def test_the_name_of_a_person_alone_is_no_question(api, cast, there):
    assert api(cast.wang).post("customers/", {"name": "张伟"}).status_code == 201
    assert api(cast.wang).post("customers/", {"name": "张伟"}).status_code == 201


def test_of_customers_of_others_only_the_owner_is_told_so_often_a_day(api, cast, there):
    Customer.objects.filter(pk=there.pk).update(owner=cast.outsider, team=cast.outsider.team)
    others = Customer.objects.bulk_create(
        Customer(number=f"S{n}", name=f"外{n}", phone=f"1370000{n:04d}", owner=cast.outsider)
        for n in range(number("hints_a_day"))
    )
    tokens_refresh([row.pk for row in others])
    client = api(cast.li)
    answer = client.post("customers/", {"name": "别家", "phone": "13800138001"})
    assert (answer.status_code, answer.json()["possible_duplicates"]) == (409, [])
    assert answer.json()["ask"] == [cast.outsider.name]
    assert not any(told in answer.content.decode() for told in (there.name, there.number))
    told = [
        client.post("customers/", {"name": f"别家{n}", "phone": row.phone}).status_code for n, row in enumerate(others)
    ]
    assert told == [409] * (number("hints_a_day") - 1) + [201], (
        "a refused request counts, and then nothing is told any more"
    )
