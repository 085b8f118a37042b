"""The person of an import reads its figures, or why it failed; nobody else does. Owners read what it gave them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from crm.tasks import tick_jobs
from customers.models import Customer
from followups import selectors
from followups.models import Notice
from followups.selectors import NoticeRow
from intake import files, services
from intake.kinds import kind_of
from intake.models import ImportJob
from intake.tabular import TabularError

pytestmark = pytest.mark.django_db
FILE = "number,name,owner\nC-1,甲,wang@example.com\nC-2,乙,wang@example.com\nC-3,丙,li@example.com\nC-4,丁,x@x.com\n"


def told(user: User) -> list[NoticeRow]:
    user = User.objects.get(pk=user.pk)
    return [selectors.notice_row(notice) for notice in selectors.notices_with_names(user).order_by("pk")]


def brought(by: User) -> ImportJob:
    upload = SimpleUploadedFile("customers.csv", FILE.encode())
    job = services.import_create(by=by, kinds=[kind_of("customers")], upload=upload)
    mapping = {"number": "number", "name": "name", "owner_email": "owner"}
    services.import_check(job=job, mapping=mapping, options={"owner": ""}, by=by)
    tick_jobs()
    job.refresh_from_db()
    return job


def test_done_is_told_with_its_figures_to_who_started_it(cast: Any, client: Any) -> None:
    job = brought(cast.admin)
    assert told(cast.admin) == []  # nothing is written yet
    services.import_start(job=job, by=cast.admin)
    tick_jobs()
    (row,) = told(cast.admin)
    assert row.title == "Import of customers.csv finished: 3 new, 0 updated, 1 rows refused"
    assert row.url == f"/imports/{job.pk}/"
    client.force_login(cast.admin)
    assert client.get(row.url).status_code == 200
    assert not Notice.objects.filter(kind="import").exclude(user=cast.admin).exists()


def test_whom_it_gave_to_each_owner_is_one_notice_with_just_these(cast: Any, client: Any) -> None:
    job = brought(cast.admin)
    services.import_start(job=job, by=cast.admin)
    tick_jobs()
    (row,) = told(cast.wang)
    assert row.title == "管理员 handed 2 customers over to you"
    client.force_login(cast.wang)
    page = client.get(row.url).content.decode()
    assert "甲" in page
    assert "乙" in page
    (single,) = told(cast.li)
    assert single.customer == Customer.objects.get(number="C-3")


def test_a_failure_is_told_with_its_reason(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    job = brought(cast.admin)
    services.import_start(job=job, by=cast.admin)

    def broken(*_: Any) -> None:
        raise TabularError("这张表坏了")

    monkeypatch.setattr(files, "open_job_table", broken)
    tick_jobs()
    (row,) = told(cast.admin)
    assert (row.title, row.typed) == ("Import of customers.csv failed", "这张表坏了")


def test_who_stopped_it_themselves_is_told_nothing_who_was_stopped_is(cast: Any) -> None:
    services.import_cancel(job=brought(cast.admin), by=cast.admin)
    assert told(cast.admin) == []
    services.import_cancel(job=brought(cast.wang), by=cast.admin)
    assert [row.title for row in told(cast.wang)] == ["管理员 stopped the import of customers.csv"]
