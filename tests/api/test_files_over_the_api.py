"""Attachments over the API: one by one, once per key, and never more than the pages allow."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.models import StoredFile
from core.tests.files import samples
from customers.models import Attachment
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.STORAGE_DIR = str(tmp_path)


def send(client, customer, key="", content=samples.PDF, name="offer.pdf", **said):
    body = {"on": "customer", "on_id": customer.pk, "file": SimpleUploadedFile(name, content), **said}
    headers = client.headers | ({"Idempotency-Key": key} if key else {})
    return client.client.post("/api/v1/attachments/", body, headers=headers)


def test_a_file_comes_in_is_read_changed_and_deleted(api, cast, customer):
    client = api(cast.wang)
    made = send(client, customer, what="quote")
    assert made.status_code == 201, made.content
    row = made.json()
    assert (row["name"], row["media_type"], row["what"], row["seen"]) == (
        "offer.pdf",
        "application/pdf",
        "quote",
        "all",
    )
    path = f"attachments/{row['id']}/"
    got = client.get(f"{path}download/")
    assert b"".join(got.streaming_content) == samples.PDF
    assert got["Content-Disposition"].startswith("attachment")
    changed = client.patch(path, {"seen": "leads"}, If_Match=made.headers["ETag"])
    assert (changed.status_code, changed.json()["seen"]) == (200, "leads")
    assert client.patch(path, {"seen": "all"}, If_Match=made.headers["ETag"]).status_code == 412
    assert client.delete(path, If_Match=changed.headers["ETag"]).status_code == 204
    assert client.get(path).status_code == 404


def test_what_is_refused_says_why(api, cast, customer):
    answer = send(api(cast.wang), customer, content=b"<svg onload=alert(1)>", name="a.svg")
    assert answer.status_code == 400
    assert "a.svg" in answer.json()["detail"]
    assert not StoredFile.objects.exists()


def test_rows_of_others_dont_exist(api, cast, customer):
    assert send(api(cast.outsider), customer).status_code == 400
    assert send(api(cast.auditor), customer).status_code == 403
    made = send(api(cast.wang), customer).json()
    path = f"attachments/{made['id']}/"
    assert api(cast.outsider).get(path).status_code == 404
    assert api(cast.outsider).get(f"{path}download/").status_code == 404
    assert api(cast.auditor).get(path).status_code == 200
    assert api(cast.auditor).get(f"{path}download/").status_code == 403


def test_the_same_key_and_file_is_one_attachment(api, cast, customer):
    client = api(cast.wang)
    first, second = send(client, customer, "k1"), send(client, customer, "k1")
    assert first.json()["id"] == second.json()["id"]
    assert send(client, customer, "k1", samples.PDF + b"\n%%EOF").status_code == 422
    assert (Attachment.objects.count(), StoredFile.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_sent_eight_times_at_once_with_one_key_it_is_one(api, cast, customer):
    clients = [api(cast.wang) for _turn in range(8)]
    answers = at_once(lambda turn: send(clients[turn], customer, "k1").json()["id"], 8)
    assert len(set(answers)) == 1
    assert (Attachment.objects.count(), StoredFile.objects.count()) == (1, 1)
