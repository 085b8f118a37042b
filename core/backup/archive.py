"""The file of a backup: a plain tar that is written and read as a stream, closed by the checksum of all before it.

    database.dump/00000 ...   pg_dump's custom format in pieces of PIECE bytes (`cat database.dump/* | pg_restore`)
    files/...                 STORAGE_DIR by relative paths
    manifest.json             version, company, rows of each table, sha256 of each part
    sha256                    of every byte before this entry

The dump comes first: what is uploaded while a backup is made is then at worst a file without a row.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import tarfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext_noop as _

from core.backup.errors import BackupError

DUMP, FILES, MANIFEST, CHECKSUM = "database.dump", "files", "manifest.json", "sha256"
PIECE = 8 * 1024 * 1024
BLOCK = 1024 * 1024
NO_BACKUP = _("%(file)s is no backup of Keben.")
BROKEN_OFF = _("%(file)s isn't whole: its end is missing. Take another backup, or copy the file again.")
DAMAGED = _("%(file)s is damaged: its checksum differs. Take another backup, or copy the file again.")


class _Hashing:
    """A file that is only written to, and the sha256 of what went in."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._sum, self._size = file, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        self._sum.update(data)
        self._size += len(data)
        return self._file.write(data)

    def tell(self) -> int:
        return self._size

    def hexdigest(self) -> str:
        return self._sum.hexdigest()


class Writer:
    """What is added goes straight to the disk; memory stays at one piece."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = _Hashing(file)
        self._tar = tarfile.TarFile(fileobj=self._file, mode="w", format=tarfile.GNU_FORMAT)  # type: ignore[arg-type]
        self.parts: list[dict[str, Any]] = []

    def add_dump(self, stream: IO[bytes]) -> None:
        """All that the stream gives."""
        for number, piece in enumerate(iter(lambda: stream.read(PIECE), b"")):
            self._add(f"{DUMP}/{number:05}", len(piece), io.BytesIO(piece))

    def add_files(self, folder: Path) -> int:
        """Every regular file below the folder; returns how many. One that vanishes meanwhile has no row any more."""
        count = 0
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()):
            with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                self._add(f"{FILES}/{path.relative_to(folder).as_posix()}", size, file)
                count += 1
        return count

    def _add(self, name: str, size: int, source: IO[bytes]) -> None:
        self._tar.addfile(_entry(name, size), reading := _Reading(source, size))  # type: ignore[arg-type]
        self.parts.append({"name": name, "bytes": size, "sha256": reading.hexdigest()})

    def close(self, manifest: dict[str, Any]) -> str:
        """Add the manifest and the checksum, which is returned."""
        text = json.dumps({**manifest, "parts": self.parts}, ensure_ascii=False, indent=1).encode()
        self._tar.addfile(_entry(MANIFEST, len(text)), io.BytesIO(text))
        digest = self._file.hexdigest()
        self._tar.addfile(_entry(CHECKSUM, len(digest)), io.BytesIO(digest.encode()))
        self._tar.close()
        return digest


class _Reading:
    """The next `size` bytes of a file and their sha256; zeros for what a file that shrinks meanwhile doesn't have."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file, self._left, self._sum = file, size, hashlib.sha256()

    def read(self, size: int) -> bytes:
        wanted = min(size, self._left)
        data = self._file.read(wanted).ljust(wanted, b"\0")
        self._left -= wanted
        self._sum.update(data)
        return data

    def hexdigest(self) -> str:
        return self._sum.hexdigest()


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(time.time())
    return entry


@dataclass(frozen=True)
class Archive:
    """A backup that was found to be whole."""

    path: Path
    manifest: dict[str, Any]
    sha256: str

    def entries(self, folder: str) -> Iterator[tuple[str, IO[bytes]]]:
        """Names below `folder` and what lies there, in the order in which they were written."""
        with tarfile.open(self.path, "r:") as tar:
            for entry in tar:
                if entry.isreg() and entry.name.startswith(f"{folder}/") and (source := tar.extractfile(entry)):
                    yield entry.name[len(folder) + 1 :], source

    def copy_dump(self, write: Callable[[bytes], object]) -> None:
        """Give the dump to `write`, piece by piece."""
        for _name, source in self.entries(DUMP):
            while block := source.read(BLOCK):
                write(block)

    def files_bytes(self) -> int:
        """What the files take when they are unpacked."""
        return sum(part["bytes"] for part in self.manifest["parts"] if part["name"].startswith(f"{FILES}/"))


def read(path: Path) -> Archive:
    """Look through the whole file; BackupError when it is no backup, broken off or damaged."""
    try:
        manifest, before, expected = _find_end(path)
    except OSError as error:
        raise BackupError(_("%(file)s can't be read: %(why)s."), file=path, why=error.strerror or error) from error
    except (tarfile.TarError, ValueError, KeyError, EOFError) as error:
        raise BackupError(NO_BACKUP if path.stat().st_size < tarfile.BLOCKSIZE else DAMAGED, file=path) from error
    if not all(name.isidentifier() for name in manifest["rows"]):  # they are written into SQL
        raise BackupError(DAMAGED, file=path)
    digest = hashlib.sha256()
    with path.open("rb") as file:
        left = before
        while left and (block := file.read(min(BLOCK, left))):
            digest.update(block)
            left -= len(block)
    if digest.hexdigest() != expected:
        raise BackupError(DAMAGED, file=path)
    return Archive(path, manifest, expected)


def _find_end(path: Path) -> tuple[dict[str, Any], int, str]:
    """(manifest, bytes before the checksum, checksum) without reading what lies between."""
    manifest: dict[str, Any] | None = None
    seen = False
    try:
        tar = tarfile.TarFile(path)
    except tarfile.ReadError as error:
        raise BackupError(NO_BACKUP, file=path) from error
    with tar:
        try:
            for entry in tar:
                seen = seen or entry.name.startswith(f"{DUMP}/")
                if entry.name == MANIFEST:
                    manifest = json.loads(tar.extractfile(entry).read())  # type: ignore[union-attr]
                elif entry.name == CHECKSUM and manifest:
                    return manifest, entry.offset, tar.extractfile(entry).read().decode("ascii")  # type: ignore[union-attr]
        except tarfile.ReadError as error:
            raise BackupError(BROKEN_OFF if seen else NO_BACKUP, file=path) from error
        # A whole block that is no entry, in the middle of the file, has been changed; else the rest was never copied.
        changed = tar.offset + tarfile.BLOCKSIZE <= path.stat().st_size
    raise BackupError((DAMAGED if changed else BROKEN_OFF) if seen else NO_BACKUP, file=path)
