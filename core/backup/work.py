"""Making a backup, restoring it into an empty installation, and trying a restore without touching anything."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext_noop as _

from core import clock, company
from core.backup import archive, database, programs
from core.backup.archive import Archive
from core.backup.errors import BackupError
from core.models import Company
from core.version import VERSION

FORMAT = 1
# An installation is empty without any of these.
OF_A_COMPANY = ("accounts_user", "customers_customer", "sales_order", "intake_importjob")
OF_KEBEN = "core_company"


@dataclass(frozen=True)
class Made:
    """A backup that was written."""

    file: str
    bytes: int
    sha256: str
    version: str
    tables: int
    rows: int
    files: int
    seconds: float

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def make(path: Path) -> Made:
    """Write the backup to `path`, which mustn't be there yet; nothing stays when that fails. Raises BackupError."""
    begun = time.monotonic()
    if path.exists():
        raise BackupError(_("%(file)s is there already; a backup never replaces another one."), file=path)
    tools = programs.find(database.server_major())
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            writer = archive.Writer(file)
            with database.snapshot() as moment:
                manifest = _manifest(tools, moment)
                with database.dumping(tools, moment) as dump:
                    writer.add_dump(dump)
            manifest["files"] = writer.add_files(Path(settings.STORAGE_DIR))
            digest = writer.close(manifest)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)  # refused where somebody made one of this name meanwhile
    except FileExistsError as error:
        raise BackupError(_("%(file)s is there already; a backup never replaces another one."), file=path) from error
    except OSError as error:
        raise _of_disk(error, path) from error
    finally:
        draft.unlink(missing_ok=True)
    rows = manifest["rows"]
    return Made(
        file=str(path),
        bytes=path.stat().st_size,
        sha256=digest,
        version=VERSION,
        tables=len(rows),
        rows=sum(rows.values()),
        files=manifest["files"],
        seconds=round(time.monotonic() - begun, 1),
    )


def _of_disk(error: OSError, path: Path) -> BackupError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return BackupError(_("The disk of %(folder)s is full; no backup was made there."), folder=path.parent)
    return BackupError(
        _("%(file)s can't be written: %(why)s."), file=error.filename or path, why=error.strerror or error
    )


def _manifest(tools: programs.Programs, moment: database.Snapshot) -> dict[str, Any]:
    row = Company.objects.get()
    loader = MigrationLoader(connection)
    applied = sorted(one for one in loader.applied_migrations if one[0] in loader.migrated_apps)
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_at": clock.now().isoformat(timespec="seconds"),
        "company": row.name,
        "time_zone": row.time_zone,
        "currency": row.currency,
        "is_demo": row.is_demo,
        "postgres": database.server_version(),
        "pg_dump": tools.version,
        "migrations": [f"{app}.{name}" for app, name in applied],
        "rows": moment.rows,
    }


# --- reading
def open_backup(path: Path) -> Archive:
    """The backup, whole, and of a version that this code understands. Raises BackupError."""
    found = archive.read(path)
    loader = MigrationLoader(None)
    known = {f"{app}.{name}" for app, name in loader.disk_migrations}
    known |= {f"{app}.{name}" for one in loader.disk_migrations.values() for app, name in one.replaces}
    apps = {f"{app}" for app in loader.migrated_apps}
    newer = [one for one in found.manifest["migrations"] if one not in known and one.partition(".")[0] in apps]
    if found.manifest["format"] > FORMAT or newer:
        raise BackupError(
            _(
                "%(file)s was made by Keben %(theirs)s, which is newer than this one (%(ours)s). Restore it with that"
                " version or a later one."
            ),
            file=path,
            theirs=found.manifest["version"],
            ours=VERSION,
        )
    return found


def _tools_for(found: Archive) -> programs.Programs:
    """pg_restore reads what pg_dump of its own version and of older ones wrote."""
    return programs.find(int(found.manifest["pg_dump"].partition(".")[0]))


# --- restoring
def restore(path: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Bring the company back into this empty installation and up to this code; what came back. Raises BackupError."""
    begun = time.monotonic()
    found = open_backup(path)
    tools = _tools_for(found)
    _refuse_other_basics(found)
    _refuse_full()
    folder = Path(settings.STORAGE_DIR)
    with _all_or_nothing(folder):
        say(f"Files to {folder} ...")
        count = _unpack(found, folder)
        say(f"Database: {sum(found.manifest['rows'].values()):,} rows ...")
        database.fill(found, tools, replace=True)
    connection.close()
    company.forget()
    say("Bringing the tables up to this version ...")
    call_command("migrate", interactive=False, verbosity=0)
    call_command("ensure_company")
    if Path(settings.DATA_DIR).is_dir():
        kind = "demo" if found.manifest["is_demo"] else "empty"
        (Path(settings.DATA_DIR) / "kind").write_text(f"{kind}\n", encoding="utf-8")
    return {
        "company": found.manifest["company"],
        "made_at": found.manifest["made_at"],
        "version": found.manifest["version"],
        "tables": len(found.manifest["rows"]),
        "rows": sum(found.manifest["rows"].values()),
        "files": count,
        "sha256": found.sha256,
        "seconds": round(time.monotonic() - begun, 1),
    }


def _refuse_other_basics(found: Archive) -> None:
    for variable, wanted, stored in (
        ("TIME_ZONE", settings.COMPANY_TIME_ZONE, found.manifest["time_zone"]),
        ("CURRENCY", settings.COMPANY_CURRENCY, found.manifest["currency"]),
    ):
        if wanted and wanted != stored:
            raise BackupError(
                _(
                    "The variable %(variable)s says %(wanted)s, but the company of this backup has %(stored)s. Set"
                    " %(variable)s=%(stored)s or leave it unset."
                ),
                variable=variable,
                wanted=wanted,
                stored=stored,
            )


def _refuse_full() -> None:
    """A restore replaces all there is: never where there is a company, something else's tables, or files."""
    tables = set(database.tables_of(connection))
    with connection.cursor() as cursor:
        for table in sorted(tables.intersection(OF_A_COMPANY)):
            cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")  # noqa: S608 - our own names
            if cursor.fetchone()[0]:
                raise BackupError(
                    _(
                        "There is a company here already (accounts, customers, orders or imports). A backup is restored"
                        " into an empty installation only: name a new folder (bin/manage --data NEW restore FILE) or"
                        " an empty database."
                    )
                )
    if tables and OF_KEBEN not in tables:
        raise BackupError(_("This database holds tables of something else. Name an empty one in DATABASE_URL."))
    folder = Path(settings.STORAGE_DIR)
    if folder.is_dir() and any(path.is_file() for path in folder.rglob("*")):
        raise BackupError(_("The folder for files, %(folder)s, isn't empty."), folder=folder)
    if busy := database.others():
        raise BackupError(
            _("%(n)s other connections use this database. Stop web server, workers and beat first."), n=busy
        )


@contextlib.contextmanager
def _all_or_nothing(folder: Path) -> Iterator[None]:
    """The folder was empty before, and is again when something goes wrong."""
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _unpack(found: Archive, folder: Path) -> int:
    """Every file at its relative place; returns how many."""
    needed, free = found.files_bytes(), database.free_bytes(folder)
    if needed > free:
        raise BackupError(
            _("The files need %(needed)s MB, and %(folder)s has %(free)s MB free."),
            needed=needed // 10**6,
            free=free // 10**6,
            folder=folder,
        )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    base, count = folder.resolve(), 0
    for name, source in found.entries(archive.FILES):
        path = (base / name).resolve()
        if not path.is_relative_to(base):
            raise BackupError(archive.DAMAGED, file=found.path)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
                shutil.copyfileobj(source, target, archive.BLOCK)
        except OSError as error:
            raise _of_disk(error, path) from error
        count += 1
    return count


# --- trying
def drill(path: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Restore into a database of its own, look whether all is there and holds, and drop it. Raises BackupError."""
    begun = time.monotonic()
    found = open_backup(path)
    say(f"Checksum of all {path.stat().st_size:,} bytes: right.")
    tools = _tools_for(found)
    with database.scratch() as name:
        database.fill(found, tools, database=name)
        rows = found.manifest["rows"]
        say(f"Rows of all {len(rows)} tables, {sum(rows.values()):,} together: as they were.")
        with database.looking_into(name) as holder:
            held = database.constraints(holder)
            broken, missing = held.pop("broken"), _missing_files(holder, found)
    if broken:
        raise BackupError(_("The backup came back, but these rules don't hold: %(names)s"), names=", ".join(broken))
    say(f"{held['constraints']} constraints, {held['indexes']} indexes, {held['triggers']} triggers: all hold.")
    files = found.manifest["files"]
    say(
        f"{files:,} files: each as its checksum says."
        + (f" {missing} named by imports are not among them." * bool(missing))
    )
    return {
        "file": str(path), "company": found.manifest["company"], "made_at": found.manifest["made_at"],
        "version": found.manifest["version"], "tables": len(rows), "rows": sum(rows.values()), "files": files,
        "files_missing": missing, **held, "sha256": found.sha256, "seconds": round(time.monotonic() - begun, 1),
    }  # fmt: skip


def _missing_files(holder: Any, found: Archive) -> int:
    """How many uploads that the rows name weren't in the storage when the backup was made."""
    there = {part["name"].removeprefix(f"{archive.FILES}/") for part in found.manifest["parts"]}
    with holder.cursor() as cursor:
        cursor.execute("SELECT path FROM intake_importjob WHERE state IN ('uploaded', 'waiting', 'ready', 'running')")
        named = {path for (path,) in cursor.fetchall() if path and not path.startswith("/")}
    return len(named - there)
