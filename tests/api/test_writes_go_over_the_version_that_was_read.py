"""D1: ETag and If-Match. Fifty people change one customer at once: one wins, the others are told."""

import threading

import pytest
from django.db import connection, connections

from customers.models import Customer

PATCHERS = 50


@pytest.mark.django_db
def test_without_if_match_428_with_an_old_one_412(api, cast, customer):
    client, path = api(cast.wang), f"customers/{customer.pk}/"
    etag = client.get(path).headers["ETag"]
    assert client.patch(path, {"region": "苏州"}).status_code == 428
    assert client.delete(path).status_code == 428
    changed = client.patch(path, {"region": "苏州"}, If_Match=etag)
    assert changed.status_code == 200
    assert changed.headers["ETag"] != etag
    for method in ("patch", "put", "delete"):
        assert getattr(client, method)(path, {"name": "旧的", "region": "旧的"}, If_Match=etag).status_code == 412
    customer.refresh_from_db()
    assert (customer.region, customer.name, customer.deleted_at) == ("苏州", "恒远机械", None)


@pytest.mark.django_db
def test_a_star_or_a_list_with_the_present_version_matches(api, cast, customer):
    client, path = api(cast.wang), f"customers/{customer.pk}/"
    assert client.patch(path, {"region": "苏州"}, If_Match="*").status_code == 200
    assert client.patch(path, {"region": "常州"}, If_Match='"1", "2"').status_code == 200


@pytest.mark.django_db
def test_a_tag_that_came_with_a_compressed_answer_matches_as_well(api, cast, customer):
    client, path = api(cast.wang), f"customers/{customer.pk}/"
    answer = client.get(path, Accept_Encoding="gzip")
    etag = answer.headers["ETag"]
    assert answer.headers["Content-Encoding"] == "gzip"
    assert etag.startswith("W/")
    assert client.patch(path, {"region": "苏州"}, If_Match=etag).status_code == 200
    assert client.patch(path, {"region": "常州"}, If_Match=etag).status_code == 412


@pytest.mark.django_db
def test_rows_without_a_version_have_an_etag_too(api, cast):
    client = api(cast.manager)
    made = client.post("products/", {"sku": "P-1", "name": "轴承"})
    path, etag = f"products/{made.json()['id']}/", made.headers["ETag"]
    assert client.patch(path, {"name": "轴承 6204"}, If_Match=etag).status_code == 200
    assert client.patch(path, {"name": "别的"}, If_Match=etag).status_code == 412


def _race(api, cast, customer, sent):
    """All threads send the same change over the version they read; returns the statuses."""
    client = api(cast.wang)
    path = f"customers/{customer.pk}/"
    etag = client.get(path).headers["ETag"]
    statuses, start = [], threading.Barrier(sent)

    def patch(number: int) -> None:
        start.wait()
        try:
            statuses.append(client.patch(path, {"region": f"区域{number}"}, If_Match=etag).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=patch, args=[number]) for number in range(sent)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


@pytest.fixture
def few_connections():
    """Room for the threads' connections: each request thread opens one."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW max_connections")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_one_wins_and_history_has_one_entry(api, cast, customer, few_connections):
    sent = min(PATCHERS, few_connections // 3)
    statuses = _race(api, cast, customer, sent)
    assert (statuses.count(200), statuses.count(412)) == (1, sent - 1)
    customer.refresh_from_db()
    assert customer.version == 2
    assert customer.events.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_twin_without_the_guard_loses_changes(api, cast, customer, monkeypatch):
    """The guard switched off: several say 200 and all but one of their changes are gone."""

    def write_over(instance, changes, *, version, by):
        Customer.objects.filter(pk=instance.pk).update(**changes)

    monkeypatch.setattr("customers.services.files.save_version", write_over)
    monkeypatch.setattr("accounts.rest.viewsets.hold", lambda row: None)
    monkeypatch.setattr("accounts.rest.viewsets.check_match", lambda request, row: None)
    statuses = _race(api, cast, customer, 8)
    assert statuses.count(200) > 1
