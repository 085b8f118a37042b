"""The file alone, without a database: what was put in comes out, and what was broken on the way is said."""

import io
import stat
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from core.backup import archive, programs
from core.backup.errors import BackupError

MANIFEST: dict[str, Any] = {"format": 1, "version": "0.1.0", "rows": {"core_company": 1}, "files": 2}


@pytest.fixture
def storage(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    (folder / "imports").mkdir(parents=True)
    (folder / "imports" / "客户.csv").write_text("沈强\n", encoding="utf-8")
    (folder / "big").write_bytes(b"x" * 3_000_000)
    (folder / "outside").symlink_to("/etc/hostname")
    return folder


@pytest.fixture
def backup(tmp_path: Path, storage: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(archive, "PIECE", 1000)
    path = tmp_path / "b.tar"
    with path.open("wb") as file:
        writer = archive.Writer(file)
        writer.add_dump(io.BytesIO(b"d" * 2500))
        assert writer.add_files(storage) == 2  # nothing from outside
        writer.close(MANIFEST)
    return path


def test_what_went_in_comes_out(backup: Path) -> None:
    found = archive.read(backup)
    assert found.manifest["rows"] == MANIFEST["rows"]
    dump = io.BytesIO()
    found.copy_dump(dump.write)
    assert dump.getvalue() == b"d" * 2500
    files = {name: source.read() for name, source in found.entries(archive.FILES)}
    assert files["imports/客户.csv"].decode() == "沈强\n"
    assert len(files["big"]) == 3_000_000
    assert found.files_bytes() == 3_000_000 + len("沈强\n".encode())


@pytest.mark.parametrize("place", [600, 2_000, 1_000_000])
def test_one_changed_byte_is_found(backup: Path, place: int) -> None:
    text = bytearray(backup.read_bytes())
    text[place] ^= 1
    backup.write_bytes(text)
    with pytest.raises(BackupError, match="is damaged: its checksum differs"):
        archive.read(backup)


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99])
def test_a_copy_that_broke_off_is_found(backup: Path, kept: float) -> None:
    whole = backup.read_bytes()
    backup.write_bytes(whole[: int(len(whole.rstrip(b"\0")) * kept)])
    with pytest.raises(BackupError, match="its end is missing"):
        archive.read(backup)


@pytest.mark.parametrize("text", [b"", b"hello", b"PK\3\4" * 4000])
def test_something_else_is_no_backup(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "x.tar"
    path.write_bytes(text)
    with pytest.raises(BackupError, match="is no backup of Keben"):
        archive.read(path)


def test_a_name_that_would_be_sql_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "b.tar"
    with path.open("wb") as file:
        writer = archive.Writer(file)
        writer.add_dump(io.BytesIO(b"d"))
        writer.close({**MANIFEST, "rows": {"x'; DROP TABLE people; --": 1}})
    with pytest.raises(BackupError, match="damaged"):
        archive.read(path)


def test_a_file_that_is_cut_meanwhile_breaks_nothing(tmp_path: Path) -> None:
    reading = archive._Reading(io.BytesIO(b"abc"), 5)
    assert reading.read(100) == b"abc\0\0"
    assert reading.read(100) == b""


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="can't be read: No such file or directory"):
        archive.read(tmp_path / "none.tar")


def _programs(folder: Path, version: str) -> Path:
    folder.mkdir()
    for name in programs.NEEDED:
        program = folder / name
        program.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}'\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return folder


def test_the_oldest_programs_that_fit_the_server_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = [_programs(tmp_path / version, version) for version in ("18.1", "15.9", "16.2")]
    monkeypatch.setattr(programs, "_folders", lambda: iter(folders))
    assert [programs.find(major).version for major in (15, 16, 17)] == ["15.9", "16.2", "18.1"]
    with translation.override("en"), pytest.raises(BackupError) as told:
        programs.find(19)
    assert "apt-get install postgresql-client-19" in str(told.value)


def test_a_reason_is_kept_for_a_reader_of_another_language() -> None:
    error = BackupError(archive.NO_BACKUP, file=Path("a.tar"))
    with translation.override("zh-hans"):
        assert str(BackupError.from_json(error.as_json())) == "a.tar 不是客本的备份。"
