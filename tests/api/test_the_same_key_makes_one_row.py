"""D3: Idempotency-Key. Twenty equal requests at once make one row and get the same answer."""

import threading

import pytest
from django.db import connections

from core.models import IdempotencyKey
from customers.models import Customer
from feedback.models import Complaint

SENDERS = 20


@pytest.mark.django_db
def test_a_repeat_answers_with_the_same_row(api, cast):
    client, body = api(cast.wang), {"name": "新客户", "kind": "company"}
    first = client.post("customers/", body, Idempotency_Key="k1")
    second = client.post("customers/", body, Idempotency_Key="k1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert Customer.objects.count() == 1


@pytest.mark.django_db
def test_another_body_or_another_collection_is_refused(api, cast):
    client = api(cast.manager)
    client.post("customers/", {"name": "新客户"}, Idempotency_Key="k1")
    assert client.post("customers/", {"name": "别的"}, Idempotency_Key="k1").status_code == 422
    assert client.post("products/", {"name": "新客户"}, Idempotency_Key="k1").status_code == 422
    assert Customer.objects.count() == 1


@pytest.mark.django_db
def test_a_refused_request_does_not_use_the_key_up(api, cast):
    client = api(cast.wang)
    assert client.post("customers/", {"name": ""}, Idempotency_Key="k1").status_code == 400
    assert client.post("customers/", {"name": "新客户"}, Idempotency_Key="k1").status_code == 201


@pytest.mark.django_db
def test_a_key_is_ones_own(api, cast):
    answers = [api(who).post("customers/", {"name": "同名"}, Idempotency_Key="k1") for who in (cast.wang, cast.li)]
    assert len({answer.json()["id"] for answer in answers}) == 2


@pytest.mark.django_db
def test_a_repeat_works_where_a_second_row_could_not_exist(api, cast):
    client, body = api(cast.manager), {"sku": "P-1", "name": "轴承"}
    assert client.post("products/", body, Idempotency_Key="k1").status_code == 201
    assert client.post("products/", body, Idempotency_Key="k1").status_code == 201
    assert client.post("products/", body, Idempotency_Key="k2").status_code == 400


@pytest.mark.django_db
def test_what_was_deleted_since_is_not_made_anew(api, cast):
    client, body = api(cast.manager), {"user": cast.wang.pk, "month": "2026-11-01", "metric": "visits", "value": 9}
    made = client.post("targets/", body, Idempotency_Key="k1")
    client.delete(f"targets/{made.json()['id']}/", If_Match=made.headers["ETag"])
    again = client.post("targets/", body, Idempotency_Key="k1")
    assert (again.status_code, "deleted since" in again.json()["detail"]) == (409, True)
    assert client.post("targets/", body, Idempotency_Key="k2").status_code == 201


@pytest.mark.django_db
def test_a_key_that_is_too_long_is_named(api, cast):
    answer = api(cast.wang).post("customers/", {"name": "x"}, Idempotency_Key="k" * 81)
    assert (answer.status_code, "Idempotency-Key" in answer.json()["errors"]) == (400, True)


def _send_together(client, body, key):
    answers, start = [], threading.Barrier(SENDERS)

    def post() -> None:
        start.wait()
        try:
            answer = client.post("complaints/", body, **({"Idempotency_Key": key} if key else {}))
            answers.append((answer.status_code, answer.json().get("id")))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=post) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_make_one_row_and_get_equal_answers(api, cast, customer):
    body = {"customer": customer.pk, "text": "外壳裂了", "category": "product"}
    answers = _send_together(api(cast.wang), body, "k1")
    assert len(answers) == SENDERS
    assert set(answers) == {(201, Complaint.objects.get().pk)}
    assert IdempotencyKey.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_twin_without_a_key_makes_twenty(api, cast, customer):
    body = {"customer": customer.pk, "text": "外壳裂了", "category": "product"}
    _send_together(api(cast.wang), body, "")
    assert Complaint.objects.count() == SENDERS


@pytest.mark.django_db(transaction=True)
def test_a_crash_between_insert_and_answer_leaves_nothing_stuck(api, cast, customer, monkeypatch):
    """The transaction of key and row is one: a process that dies inside leaves neither."""
    body = {"customer": customer.pk, "text": "外壳裂了", "category": "product"}
    monkeypatch.setattr("feedback.services.facts_refresh", _die)
    client = api(cast.wang)
    with pytest.raises(KeyboardInterrupt):
        client.post("complaints/", body, Idempotency_Key="k1")
    assert (Complaint.objects.count(), IdempotencyKey.objects.count()) == (0, 0)
    monkeypatch.undo()
    assert client.post("complaints/", body, Idempotency_Key="k1").status_code == 201


def _die(customer_id: int) -> None:
    raise KeyboardInterrupt
