"""Files are found by their place below STORAGE_DIR, so that an installation's folder can be moved or restored."""

import pytest

from intake import files
from intake.models import ImportJob

pytestmark = pytest.mark.django_db
ROWS = "number,name,reason\n,x,no number\n"


@pytest.fixture
def moved(settings, tmp_path, cast):
    """`moved(stored)` gives a finished import whose refused rows lay in a folder that is now somewhere else."""

    def move(stored: str) -> ImportJob:
        before, after = tmp_path / "before", tmp_path / "after"
        settings.STORAGE_DIR = str(before)
        files.folder()
        (before / "imports" / "errors-1-abc.csv").write_text(ROWS)
        job = ImportJob.objects.create(
            user=cast.manager,
            kind="customers",
            file_name="a.csv",
            path="imports/a",
            state="done",
            error_file=stored.format(before=before),
        )
        before.rename(after)
        settings.STORAGE_DIR = str(after)
        return job

    return move


@pytest.mark.parametrize("stored", ["imports/errors-1-abc.csv", "{before}/imports/errors-1-abc.csv"])
def test_refused_rows_are_found_after_a_move(moved, sign_in, cast, stored):
    job = moved(stored)
    answer = sign_in(cast.manager).get(f"/imports/{job.pk}/errors/")
    assert answer.status_code == 200
    assert "no number" in b"".join(answer).decode()
    files.remove_error_file(job)
    assert files.error_path(job) is None or not files.error_path(job).exists()


def test_a_new_one_is_stored_without_the_folder(cast, settings, tmp_path):
    settings.STORAGE_DIR = str(tmp_path)
    assert files.new_error_file(ImportJob(pk=7)).startswith("imports/errors-7-")
