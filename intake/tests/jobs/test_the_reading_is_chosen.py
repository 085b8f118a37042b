"""Where a file doesn't say how it is to be read, a person chooses: the encoding, and the row of the header."""

import datetime as dt
import os
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError
from django.urls import reverse

from crm.tasks import tick_jobs
from customers.models import Customer
from intake import files, services
from intake.models import ImportJob

pytestmark = pytest.mark.django_db
WESTERN = "number,name,city\nM1,Müller GmbH,Köln\nM2,Jörg Weiß,Düsseldorf\n".encode("cp1252")
MAP = {"number": "number", "name": "name"}


@pytest.fixture
def rep(sign_in, cast):
    client = sign_in(cast.wang)
    client.cookies["django_language"] = "en"
    return client


def upload(client, content: bytes, name: str = "file.csv"):
    data = {"kind": "customers", "file": SimpleUploadedFile(name, content), "idempotency_key": str(uuid.uuid4())}
    return client.post(reverse("import_new"), data)


def at(name: str, job: ImportJob) -> str:
    return reverse(name, args=[job.pk])


def checked(client, job: ImportJob):
    columns = job.look["columns"]
    chosen = {f"col{columns.index(column)}": name for name, column in MAP.items()}
    return client.post(at("import_columns", job), {"owner": f"user:{job.user_id}", **chosen})


def test_three_readings_are_shown_and_nothing_goes_on_without_a_choice(rep):
    upload(rep, WESTERN)
    job = ImportJob.objects.get()
    page = rep.get(at("import_job", job)).content.decode()
    assert page.count('<input type="hidden" name="encoding"') == 3
    assert "Müller GmbH" in page
    assert checked(rep, job).status_code == 422
    job.refresh_from_db()
    assert job.state == "uploaded"


def test_the_chosen_reading_is_imported(rep):
    upload(rep, WESTERN)
    job = ImportJob.objects.get()
    assert rep.post(at("import_reading", job), {"encoding": "windows-1252"}).status_code == 302
    job.refresh_from_db()
    assert (job.look["encoding"], job.look["sure"]) == ("windows-1252", True)
    assert checked(rep, job).status_code == 302
    tick_jobs()
    rep.post(at("import_start", job))
    tick_jobs()
    assert set(Customer.objects.values_list("name", flat=True)) == {"Müller GmbH", "Jörg Weiß"}
    job.refresh_from_db()
    assert job.look == {}, "rows of the file don't stay with a finished import"


def test_an_encoding_that_does_not_fit_changes_nothing(rep):
    upload(rep, WESTERN)
    job = ImportJob.objects.get()
    for wrong in ("utf-8", "rot13", ""):
        rep.post(at("import_reading", job), {"encoding": wrong, "header_row": "77"})
    assert ImportJob.objects.get().look == job.look


def test_the_header_row_is_chosen(rep):
    upload(rep, "a,b,c\n编号,名称,电话\nC1,恒远,13812345678\n".encode())
    job = ImportJob.objects.get()
    rep.post(at("import_reading", job), {"header_row": "2"})
    job.refresh_from_db()
    assert job.look["columns"] == ["编号", "名称", "电话"]
    assert set(job.mapping) == {"number", "name", "phone"}


def test_somebody_elses_file_is_not_read(rep, sign_in, cast):
    upload(rep, WESTERN)
    assert sign_in(cast.li).post(at("import_reading", ImportJob.objects.get())).status_code == 404


def test_the_command_refuses_with_candidates_and_takes_the_name(run_import, tmp_path):
    path = tmp_path / "western.csv"
    path.write_bytes(WESTERN)
    with pytest.raises(CommandError, match="windows-1252"):
        run_import(path, "number=number,name=name", command="import_customers")
    with pytest.raises(CommandError, match="rot13"):
        run_import(path, "number=number,name=name", command="import_customers", encoding="rot13")
    run_import(path, "number=number,name=name", command="import_customers", encoding="latin-1")
    assert Customer.objects.get(number="M1").name == "Müller GmbH"


# --- what is stored --------------------------------------------------------------------------------------------------
def test_a_person_has_only_so_many_unfinished_uploads(rep, monkeypatch):
    monkeypatch.setattr(services, "MOST_UPLOADS", 2)
    for _time in range(2):
        assert upload(rep, b"name,phone\nA,13812345678\n").status_code == 302
    refused = upload(rep, b"name,phone\nA,13812345678\n")
    assert refused.status_code == 422
    assert "Finish or discard some" in refused.content.decode()
    rep.post(at("import_cancel", ImportJob.objects.first()))
    assert upload(rep, b"name,phone\nA,13812345678\n").status_code == 302


def test_unfinished_uploads_are_weighed_too(rep, monkeypatch):
    monkeypatch.setattr(services, "MOST_STORED", 40)
    assert upload(rep, b"name,phone\nA,13812345678\n").status_code == 302
    assert upload(rep, b"name,phone\nA,13812345678\n").status_code == 422
    assert len(list(files.folder().iterdir())) == 1


def test_an_upload_that_can_not_be_stored_or_read_leaves_nothing(rep, monkeypatch):
    def full(*_args, **_more):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(files, "open_table", full)
        answer = upload(rep, b"name,phone\nA,13812345678\n")
    assert answer.status_code == 422
    assert "disk is full" in answer.content.decode()
    assert upload(rep, b"%PDF-1.7\n...").status_code == 422
    assert list(files.folder().iterdir()) == []


def test_uploads_without_a_job_go_after_some_hours(rep):
    upload(rep, b"name,phone\nA,13812345678\n")
    orphan = files.folder() / "aborted.upload"
    orphan.write_bytes(b"half")
    services.clean_up()
    assert orphan.exists(), "the twin: its request may still be under way"

    hours_ago = dt.datetime.now(dt.UTC).timestamp() - 7 * 3600
    for path in files.folder().iterdir():
        os.utime(path, (hours_ago, hours_ago))
    services.clean_up()
    assert not orphan.exists()
    assert files.job_path(ImportJob.objects.get()).exists()
