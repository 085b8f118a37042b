"""Where imported files lie: uploads and error files under STORAGE_DIR/imports with random names."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from intake.models import ImportJob
from intake.tabular import COMMAND_LIMITS, UPLOAD_LIMITS, Table, TabularError, open_table

FOLDER, UPLOAD = "imports", ".upload"


def folder() -> Path:
    """The folder, made when it is missing; only this user may read it."""
    path = Path(settings.STORAGE_DIR) / FOLDER
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def keep_upload(chunks: Iterable[bytes], name: str) -> tuple[str, Table]:
    """Store an upload and look at it: (path relative to STORAGE_DIR, table). Nothing stays when that fails."""
    path = folder() / f"{secrets.token_hex(16)}{UPLOAD}"
    try:
        with path.open("wb") as target:
            for chunk in chunks:
                target.write(chunk)
        return f"{FOLDER}/{path.name}", open_table(path, limits=UPLOAD_LIMITS, name=name)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise TabularError(_("The file can't be stored: the server's disk is full or damaged.")) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def drop_upload(path: str) -> None:
    """Delete an upload that was only to be read, by the path that `keep_upload` gave."""
    (Path(settings.STORAGE_DIR) / path).unlink(missing_ok=True)


def stored_size(jobs: Iterable[ImportJob]) -> int:
    """Bytes of the uploaded copies."""
    paths = [job_path(job) for job in jobs]
    return sum(path.stat().st_size for path in paths if path.is_file())


def remove_orphans(before: datetime) -> None:
    """Delete uploads without a job, which an aborted request or a crash has left; younger ones may get theirs yet."""
    old = [path for path in folder().glob(f"*{UPLOAD}") if path.stat().st_mtime < before.timestamp()]
    names = {f"{FOLDER}/{path.name}": path for path in old}
    kept = set(ImportJob.objects.filter(path__in=names).values_list("path", flat=True))
    for name, path in names.items():
        if name not in kept:
            path.unlink(missing_ok=True)


def job_path(job: ImportJob) -> Path:
    """The file of the job."""
    return Path(settings.STORAGE_DIR) / job.path  # an absolute path (a command's own file) stays as it is


def open_job_table(job: ImportJob) -> Table:
    """The job's file as a table, by the look that was taken of it; jobs from before looks were kept take one now."""
    path, limits = job_path(job), COMMAND_LIMITS if job.options.get("command") else UPLOAD_LIMITS
    if not job.look:
        return open_table(path, limits=limits, name=job.file_name)
    if not path.is_file():
        raise TabularError(_("%(file)s: there is no such file.") % {"file": job.file_name})
    return Table(path, job.file_name, job.look, limits)


def look_again(job: ImportJob, *, encoding: str, header_row: int) -> Table:
    """The upload, read as a person has chosen."""
    return open_table(job_path(job), limits=UPLOAD_LIMITS, name=job.file_name, encoding=encoding, header_row=header_row)


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
