"""Where imported files lie: uploads and error files under STORAGE_DIR/imports with random names."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from core.tabular import COMMAND_LIMITS, UPLOAD_LIMITS, Table, TabularError, open_table
from customers.models import ImportJob

FOLDER = "imports"


def folder() -> Path:
    """The folder, made when it is missing; only this user may read it."""
    path = Path(settings.STORAGE_DIR) / FOLDER
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def keep_upload(chunks: Iterable[bytes], name: str) -> tuple[str, Table]:
    """Store an upload and look at it: (path relative to STORAGE_DIR, table). Nothing stays when it is no table."""
    path = folder() / f"{secrets.token_hex(16)}.upload"
    with path.open("wb") as target:
        for chunk in chunks:
            target.write(chunk)
    try:
        return f"{FOLDER}/{path.name}", open_table(path, limits=UPLOAD_LIMITS, name=name)
    except TabularError:
        path.unlink()
        raise


def job_path(job: ImportJob) -> Path:
    """The file of the job."""
    return Path(settings.STORAGE_DIR) / job.path  # an absolute path (a command's own file) stays as it is


def open_job_table(job: ImportJob) -> Table:
    """The job's file, opened as a table."""
    limits = COMMAND_LIMITS if job.options.get("command") else UPLOAD_LIMITS
    return open_table(job_path(job), limits=limits, name=job.file_name)


def new_error_file(job: ImportJob) -> str:
    """A new place for the job's refused rows, relative to STORAGE_DIR; the name can't be guessed."""
    return f"{folder().name}/errors-{job.pk}-{secrets.token_hex(8)}.csv"


def error_path(job: ImportJob) -> Path | None:
    """Where the job's refused rows lie; None without any. Older rows hold the whole path of a folder that may have
    moved since."""
    if not job.error_file:
        return None
    path = Path(settings.STORAGE_DIR).resolve() / job.error_file
    return path if path.is_file() else folder().resolve() / path.name


def remove_upload(job: ImportJob) -> None:
    """Delete the uploaded copy; a command's own file is never touched."""
    if job.path and not Path(job.path).is_absolute():
        job_path(job).unlink(missing_ok=True)


def remove_error_file(job: ImportJob) -> None:
    """Delete the refused rows."""
    if path := error_path(job):
        path.unlink(missing_ok=True)
