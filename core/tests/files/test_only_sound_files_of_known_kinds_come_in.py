"""What a file is says its content; a name that says something else, and a file that is two things, are refused."""

import time
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from core.files import checks, store
from core.models import FileSpace, StoredFile
from core.tests.files import samples

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.STORAGE_DIR = str(tmp_path)


def keep(content: bytes, name: str, by: Any = None) -> StoredFile:
    return store.keep(chunks=samples.chunks(content), name=name, by=by)


def on_disk() -> list[Path]:
    return [path for path in store.folder().rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (samples.picture(), "车间.JPG", "jpeg"),
        (samples.picture("PNG"), "plan.png", "png"),
        (samples.picture("WEBP"), "plan.webp", "webp"),
        (samples.PDF, "合同.pdf", "pdf"),
        (samples.office("docx"), "Angebot.docx", "docx"),
        (samples.office("xlsx"), "报价单.xlsx", "xlsx"),
        (samples.office("pptx"), "deck.pptx", "pptx"),
        ("会议纪要\n下周发样品".encode(), "minutes.txt", "text"),
        ("型号,数量\nA-1,3\n".encode("gb18030"), "list.csv", "text"),
        (samples.MP3, "visit.mp3", "mp3"),
        (samples.M4A, "visit.m4a", "m4a"),
    ],
)
def test_what_people_bring_is_taken(content: bytes, name: str, kind: str) -> None:
    file = keep(content, name)
    assert (file.kind, file.name) == (kind, name)
    assert store.path_of(file).is_file()
    assert name not in str(store.path_of(file))
    assert FileSpace.objects.get().used == sum(path.stat().st_size for path in on_disk()) == file.size


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (b"", "photo.jpg", "empty"),
        (b"\0" * 500, "photo.jpg", "empty"),
        (samples.picture()[:900], "photo.jpg", "broken"),
        (samples.picture("PNG")[:400], "plan.png", "broken"),
        (samples.PDF[:40], "offer.pdf", "broken"),
        (samples.office()[:-30], "offer.docx", "broken"),
        (samples.picture(), "photo.png", "ending"),
        (samples.picture(), "photo.jpg.exe", "ending"),
        (samples.picture(), "photo", "ending"),
        (samples.office("docx"), "offer.xlsx", "ending"),
        (samples.PDF, "offer.pHaR", "ending"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "logo.svg", "kind"),
        (b"<svg onload='alert(1)'/>", "logo.txt", "kind"),
        (b"  <!DOCTYPE html><script>alert(1)</script>", "page.html", "kind"),
        (b"hello <script>alert(1)</script>", "note.txt", "kind"),
        (b"MZ\x90\x00\x03" + b"\x00" * 60, "setup.exe", "kind"),
        (b"\x7fELF\x02\x01\x01" + b"\x00" * 60, "photo.jpg", "kind"),
        (b"PK\x03\x04" + b"\x00" * 40, "offer.docx", "broken"),
        (checks.OLD_OFFICE + b"\x00" * 600, "offer.doc", "old"),
        (samples.office("docm"), "offer.docx", "macros"),
        (samples.office("docx", {"word/vbaProject.bin": b"x"}), "offer.docx", "macros"),
        (samples.PDF + samples.office(), "offer.pdf", "double"),
        (samples.PDF + samples.office(), "offer.docx", "double"),
        (samples.office() + b"<html>", "offer.docx", "double"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "IMG_1.heic", "heic"),
        (samples.bomb(), "sheet.xlsx", "bomb"),
    ],
)
def test_what_is_rotten_is_refused_by_name_and_nothing_stays(content: bytes, name: str, why: str) -> None:
    begun = time.monotonic()
    with pytest.raises(ValidationError) as refused:
        keep(content, name)
    assert refused.value.code == why
    assert name in refused.value.messages[0]
    assert time.monotonic() - begun < 2
    assert on_disk() == []
    assert not StoredFile.objects.exists()
    assert store.space().used == 0


@pytest.mark.parametrize(
    "name",
    [
        "invoice\u202efdp.exe.pdf",
        "a\nb.pdf",
        "a\0b.pdf",
        "../../etc/passwd.pdf",
        "..\\a.pdf",
        "…" * 151 + ".pdf",
        "..",
        "",
    ],
)
def test_names_that_hide_something_are_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        keep(samples.PDF, name)
    assert on_disk() == []


def test_a_picture_keeps_only_its_pixels() -> None:
    file = keep(samples.photo_with_place(), "photo.jpg")
    stored = store.path_of(file).read_bytes()
    assert b"CANARY" not in stored
    assert b"Exif" not in stored
    assert (file.width, file.height) == (480, 640)  # upright
    small = store.small_path_of(file).read_bytes()
    assert small[8:12] == b"WEBP"
    assert b"CANARY" not in small


def test_what_hangs_on_behind_a_picture_is_gone() -> None:
    file = keep(samples.picture() + samples.office() + b"<script>alert(1)</script>", "photo.jpg")
    stored = store.path_of(file).read_bytes()
    assert b"PK\x05\x06" not in stored
    assert b"<script>" not in stored


def test_a_picture_of_too_many_points_is_refused_before_it_is_read() -> None:
    flat = samples.picture("PNG", (9000, 9000))
    assert len(flat) < 1024 * 1024
    begun = time.monotonic()
    with pytest.raises(ValidationError, match="9000 × 9000"):
        keep(flat, "huge.png")
    assert time.monotonic() - begun < 2


def test_a_large_photo_becomes_one_that_can_be_read() -> None:
    file = keep(samples.picture("JPEG", (4500, 3000)), "photo.jpg")
    assert (file.width, file.height) == (3000, 2000)


def test_a_file_that_is_too_large_is_refused_as_it_comes() -> None:
    FileSpace.objects.update(largest_mb=1)
    read = []

    def endless() -> Any:
        while True:
            read.append(1)
            yield b"%PDF-1.7" + bytes(65536)

    with pytest.raises(ValidationError, match="larger than 1 MB"):
        store.keep(chunks=endless(), name="a.pdf", by=None)
    assert len(read) < 20
    assert on_disk() == []


def test_a_full_disk_is_said_as_such_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        keep(samples.PDF, "a.pdf")
    assert on_disk() == []


def test_a_name_that_promises_a_kind_we_take_is_not_told_which_kinds_we_take() -> None:
    with pytest.raises(ValidationError) as refused:
        keep(bytes(range(256)) * 40, "fake.docx")
    assert "by its name this is a Word document, but it holds something else" in refused.value.messages[0]
    assert "What is taken" not in refused.value.messages[0]
