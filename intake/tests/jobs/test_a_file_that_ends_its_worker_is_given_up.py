"""A file that kills its process again and again is failed with a sentence instead of being tried for ever."""

from pathlib import Path
from typing import Any

import pytest

from crm.tasks import tick_jobs
from customers.models import Customer
from intake import engine, files, services
from intake.kinds import kind_of
from intake.models import ImportJob

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """Like kill -9: no handler of the engine sees it."""


@pytest.fixture
def job(cast: Any, table: Any) -> ImportJob:
    path = table("number,name", *(f"C-{n},公司{n}" for n in range(30)), name="customers.csv")
    from django.core.files.uploadedfile import SimpleUploadedFile

    upload = SimpleUploadedFile("customers.csv", Path(path).read_bytes())
    made = services.import_create(by=cast.admin, kinds=[kind_of("customers")], upload=upload)
    services.import_check(job=made, mapping={"number": "number", "name": "name"}, options={"owner": ""}, by=cast.admin)
    return made


def _killed(*_: Any, **__: Any) -> None:
    raise Killed


def test_after_three_ends_it_is_failed_and_the_next_file_is_read(
    job: ImportJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(files, "open_job_table", _killed)
        for _ in range(engine.MOST_ATTEMPTS):
            with pytest.raises(Killed):
                tick_jobs()
        job.refresh_from_db()
        assert job.state == "running"
        tick_jobs()
    job.refresh_from_db()
    assert job.state == "failed"
    assert "3 times" in job.message
    assert not Customer.objects.exists()


def test_batches_done_between_two_ends_start_the_count_anew(job: ImportJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_tick", _killed)  # after each batch
    for _ in range(engine.MOST_ATTEMPTS + 2):
        ImportJob.objects.filter(pk=job.pk).update(phase="", next_row=0, cursor=0)
        with pytest.raises(Killed):
            engine.run(ImportJob.objects.get(pk=job.pk))
    monkeypatch.undo()
    tick_jobs()
    job.refresh_from_db()
    assert job.state == "ready"
