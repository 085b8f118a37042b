"""Bad cells are corrected where they are shown, and these rows are brought once more; reasons are put together."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from customers.models import Customer
from intake import engine, refused, services
from intake.kinds import kind_of
from intake.models import ImportJob

pytestmark = pytest.mark.django_db
ROWS = ("好,13800138001,a@b.cn", "坏一,12x,b@b.cn", "坏二,34x,c@b.cn", "=坏三,13800138004,nobody", "坏四,56x,")
TEXT = "\n".join(("name,phone,email", *ROWS, ""))


@pytest.fixture
def job(cast: Any) -> ImportJob:
    """A dry run with four refused rows."""
    upload = SimpleUploadedFile("c.csv", TEXT.encode())
    made = services.import_create(by=cast.wang, kinds=[kind_of("customers")], upload=upload)
    mapping = {name: name for name in ("name", "phone", "email")}
    services.import_check(job=made, mapping=mapping, options={}, by=cast.wang)
    return run(made)


def run(job: ImportJob) -> ImportJob:
    engine.run(job)
    job.refresh_from_db()
    return job


def counted(job: ImportJob) -> tuple[int, int]:
    return job.counts["customers_created"], job.counts["errors"]


def test_cells_are_corrected_before_the_file_is_written(job, cast, sign_in):
    client, page = sign_in(cast.wang), reverse("import_refused", args=[job.pk])
    assert counted(job) == (1, 4)
    texts = {text: number for text, number, _rows in job.counts["reasons"]}
    assert sorted(texts.values()) == [1, 3], "whatever the numbers were"
    assert any("“…”" in text for text in texts)
    shown = client.get(page).content.decode()
    assert shown.count('class="row error"') == 4
    assert 'name="cell-4-0"' in shown
    assert 'value="=坏三"' in shown, "as it stood in the file"
    assert client.get(f"{page}?why=1").content.decode().count('class="row error"') == 3
    sent = {"cell-2-1": "13800138002", "cell-2-0": "改一", "cell-3-1": "34x", "cell-1-0": "好的行"}
    assert client.post(page, sent).status_code == 302
    job.refresh_from_db()
    assert dict(job.edits.values_list("row_no", "cells")) == {2: {"phone": "13800138002", "name": "改一"}}
    assert counted(run(job)) == (2, 3)
    client.post(reverse("import_start", args=[job.pk]))
    assert counted(run(job)) == (2, 3)
    assert set(Customer.objects.values_list("name", "phone")) == {("好", "13800138001"), ("改一", "13800138002")}


def test_rows_of_a_written_import_are_brought_again_alone(job, cast, sign_in):
    client, page = sign_in(cast.wang), reverse("import_refused", args=[job.pk])
    client.post(reverse("import_start", args=[job.pk]))
    assert counted(run(job)) == (1, 4)
    answer = client.post(page, {"cell-1-1": "13800138002", "cell-3-2": "d@b.cn"})
    again = ImportJob.objects.latest("pk")
    assert answer["Location"] == reverse("import_job", args=[again.pk])
    assert (again.pk != job.pk, again.mapping, again.total_rows) == (True, job.mapping, 4)
    assert counted(run(again)) == (2, 2)
    client.post(reverse("import_start", args=[again.pk]))
    assert counted(run(again)) == (2, 2)
    assert set(Customer.objects.values_list("name", flat=True)) == {"好", "坏一", "=坏三"}
    assert not job.edits.exists()


def test_who_may_not_import_such_a_file_corrects_nothing_and_not_too_many_rows_are_kept(
    job, cast, sign_in, monkeypatch
):
    page = reverse("import_refused", args=[job.pk])
    assert sign_in(cast.li).post(page, {"cell-2-1": "13800138002"}).status_code == 404
    monkeypatch.setattr(refused, "MOST_ROWS", 1)
    sign_in(cast.wang).post(page, {"cell-2-1": "13800138002", "cell-3-1": "13800138003"})
    assert not job.edits.exists()
