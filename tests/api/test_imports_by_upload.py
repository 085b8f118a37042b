"""A file is uploaded once, its columns are checked without writing, and only its owner follows it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from customers.models import Customer
from intake import engine
from intake.models import ImportJob

pytestmark = pytest.mark.django_db
CSV = "客户编号,名称,电话\nC-1,恒远,13812345678\nC-2,德润,13812345679\n".encode()
MAPPING = {"customer_no": "客户编号", "customer_name": "名称", "phone": "电话"}


@pytest.fixture(autouse=True)
def _storage(settings, tmp_path):
    settings.STORAGE_DIR = str(tmp_path)


def upload(client, content=CSV, **headers):
    body = {"kind": "customers", "file": SimpleUploadedFile("客户.csv", content)}
    return client.client.post("/api/v1/imports/", body, headers={**client.headers, **headers})


def test_upload_check_start(api, cast):
    client = api(cast.wang)
    made = upload(client)
    assert made.status_code == 201, made.content
    path = f"imports/{made.json()['id']}/"
    names = set(made.json()["mapping"])
    assert names, "columns are guessed"
    checked = client.post(f"{path}check/", {"mapping": made.json()["mapping"]})
    assert checked.status_code == 200, checked.content
    job = ImportJob.objects.get()
    engine.run(job)
    assert client.get(path).json()["state"] == "ready"
    assert Customer.objects.count() == 0
    assert client.post(f"{path}start/").status_code == 200
    job.refresh_from_db()
    engine.run(job)
    assert client.get(path).json()["state"] == "done"
    assert Customer.objects.count() == 2


def test_the_same_key_and_file_is_one_import_another_file_is_refused(api, cast):
    client, key = api(cast.wang), {"Idempotency-Key": "k1"}
    first, second = upload(client, **key), upload(client, **key)
    assert first.json()["id"] == second.json()["id"]
    assert upload(client, CSV + b"C-3,x,\n", **key).status_code == 422
    assert ImportJob.objects.count() == 1


def test_what_is_no_table_is_named(api, cast):
    answer = upload(api(cast.wang), b"\x00\x01\x02")
    assert answer.status_code == 400
    assert "file" in answer.json()["errors"]


def test_a_wrong_mapping_or_owner_is_named(api, cast):
    client = api(cast.wang)
    path = f"imports/{upload(client).json()['id']}/check/"
    assert client.post(path, {"mapping": {"nonsense": "名称"}}).status_code == 400
    assert client.post(path, {"mapping": MAPPING, "owner": f"user:{cast.outsider.pk}"}).status_code == 400


def test_others_do_not_know_of_it_and_a_step_out_of_turn_is_a_conflict(api, cast):
    client = api(cast.wang)
    path = f"imports/{upload(client).json()['id']}/"
    assert client.post(f"{path}start/").status_code == 409
    for who in (cast.li, cast.lead, cast.outsider):
        assert api(who).get(path).status_code == 404
        assert api(who).post(f"{path}cancel/").status_code == 404
    assert upload(api(cast.agent)).status_code == 403


def test_an_encoding_that_is_not_certain_is_named_and_chosen(api, cast):
    client = api(cast.wang)
    made = upload(client, "customer_no,name\nM1,Müller GmbH\n".encode("cp1252")).json()
    assert made["encodings"][0] == "windows-1252"
    path, body = f"imports/{made['id']}/check/", {"mapping": {"number": "customer_no", "name": "name"}}
    refused = client.post(path, body)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["encoding"])
    assert client.post(path, body | {"encoding": "windows-1252"}).status_code == 200
    engine.run(ImportJob.objects.get())
    assert client.get(f"imports/{made['id']}/").json()["counts"]["customers_created"] == 1


def test_how_duplicates_are_settled_is_said_in_words(api, cast):
    client = api(cast.wang)
    made = upload(client).json()
    path, mapping = f"imports/{made['id']}/check/", made["mapping"]
    for wrong in ({"match_by": "phone,fax"}, {"possible": "perhaps"}):
        refused = client.post(path, {"mapping": mapping, **wrong})
        assert (refused.status_code, list(refused.json()["errors"])) == (400, list(wrong))
    assert client.post(path, {"mapping": mapping, "match_by": "phone, email", "possible": "skip"}).status_code == 200
    options = ImportJob.objects.get().options
    assert (options["match_by"], options["possible"]) == (["phone", "email"], "skip")
