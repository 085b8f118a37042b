"""What a file is, by its content: its name only has to agree. Nothing is unpacked and no program of the file is run.

A file that is two things at once (a picture with an archive behind it, a PDF that begins as a page) is refused, and so
is what a browser would run: SVG, HTML, documents with macros.
"""

from __future__ import annotations

import codecs
import struct
import zipfile
import zlib
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.files.kinds import KINDS, FileKind
from core.files.names import ending_of

HEAD, TAIL = 4096, 66_000  # the end of an archive lies at most 65,557 bytes before the end of the file
PIECE = 1 << 16
MOST_PARTS = 5_000
MOST_UNPACKED = 300 * 1024 * 1024
UNPACKED_TIMES = 120  # text in a workbook comes to a fiftieth; a bomb to less than a thousandth
FREE_UNPACKED = 20 * 1024 * 1024  # below that the ratio doesn't matter
LONGEST_TYPES = 2 * 1024 * 1024  # [Content_Types].xml
MAIN_PARTS = {
    b"wordprocessingml.document.main+xml": "docx",
    b"spreadsheetml.sheet.main+xml": "xlsx",
    b"presentationml.presentation.main+xml": "pptx",
}
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # doc, xls, ppt, and every Office file with a password
ARCHIVE, ARCHIVE_END = b"PK\x03\x04", b"PK\x05\x06"
HEIC = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")
RECORDING = (b"M4A ", b"M4B ", b"mp41", b"mp42", b"isom", b"iso2", b"3gp4", b"3gp5")
MARKUP = (b"<!doctype", b"<html", b"<svg", b"<?xml", b"<script", b"<head", b"<body", b"<!--", b"<iframe", b"<?php")
CONTROLS = frozenset(range(32)) - {9, 10, 12, 13, 27}  # no text has them
PLAIN = ("utf-8", "gb18030")  # of texts and CSV files from Chinese Windows

# Whatever a broken archive makes of its reader.
BROKEN_ARCHIVE = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, EOFError),
    *(ValueError, LookupError, RuntimeError, OverflowError),
)

REFUSED = {
    "empty": lambda: _("%(name)s is empty. Perhaps it wasn't copied completely: choose it again."),
    "kind": lambda: _(
        "%(name)s: files of this kind aren't taken. What is taken: pictures (JPEG, PNG, WebP), PDF, Word, Excel and "
        "PowerPoint (docx, xlsx, pptx), text and CSV, recordings (MP3, M4A)."
    ),
    "heic": lambda: _(
        "%(name)s: pictures in HEIC or AVIF aren't taken. Save it as JPEG; on an iPhone: Settings, Camera, Formats, "
        "Most Compatible."
    ),
    "old": lambda: _(
        "%(name)s: this is an old Office format, or it has a password. Save it without one as docx, xlsx, pptx or PDF."
    ),
    "macros": lambda: _("%(name)s: documents with macros aren't taken. Save it without them, as docx, xlsx or pptx."),
    "broken": lambda: _("%(name)s: this file is damaged or incomplete. Open it, save it anew and choose that one."),
    "double": lambda: _(
        "%(name)s: a second file hides in this one. Open it in the program that made it, save it anew and choose that."
    ),
    "bomb": lambda: _("%(name)s: unpacked, this file is far larger than it should be. Save it anew, or as PDF."),
}


class FileRefusedError(ValidationError):
    """A file that isn't taken; the sentence names it and says what to do."""

    def __init__(self, why: str, name: str) -> None:
        super().__init__(REFUSED[why]() % {"name": name}, code=why)


def kind_found(path: Path, name: str) -> FileKind:
    """The kind of the file, which its content says and its name agrees with; FileRefusedError for all others."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        size = file.seek(0, 2)
        file.seek(max(size - TAIL, 0))
        tail = file.read()
    if not head.strip(b"\0 \r\n\t"):
        raise FileRefusedError("empty", name)
    ending = ending_of(name)
    try:
        kind = KINDS[_code(path, head, tail, name)]
    except FileRefusedError as error:
        meant = next((kind for kind in KINDS.values() if ending in kind.endings), None)
        if error.code != "kind" or meant is None:
            raise
        text = _(
            "%(name)s: by its name this is %(kind)s, but it holds something else. Open it in the program that made it, "
            "save it anew and choose that one."
        )
        raise ValidationError(text % {"name": name, "kind": meant.word}, code="kind") from error
    if ending not in kind.endings:
        text = _(
            "%(name)s: by its content this is %(kind)s, but its name doesn't end with .%(ending)s. Give it that ending "
            "and choose it again."
        )
        raise ValidationError(text % {"name": name, "kind": kind.word, "ending": kind.endings[0]}, code="ending")
    return kind


def _code(path: Path, head: bytes, tail: bytes, name: str) -> str:
    """The code of what it is; its name isn't asked."""
    if head.startswith(ARCHIVE):
        return _office(path, tail, name)
    if head.startswith(OLD_OFFICE):
        raise FileRefusedError("old", name)
    code = _by_signature(head, name)
    if code in ("jpeg", "png", "webp"):  # only their pixels are kept: whatever hangs on behind is gone
        return code
    if code and ARCHIVE_END in tail:
        raise FileRefusedError("double", name)
    if code == "pdf":
        if b"%%EOF" not in tail:
            raise FileRefusedError("broken", name)
        return code
    if code:
        return code
    _read_as_text(path, head, name)
    return "text"


def _by_signature(head: bytes, name: str) -> str:
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head.startswith((b"%PDF-1.", b"%PDF-2.")):
        return "pdf"
    if head.startswith(b"ID3") or (head[0] == 0xFF and head[1:2] in (b"\xfb", b"\xf3", b"\xf2")):
        return "mp3"
    if head[4:8] == b"ftyp":
        if head[8:12] in HEIC:
            raise FileRefusedError("heic", name)
        if head[8:12] in RECORDING:
            return "m4a"
    return ""


def _office(path: Path, tail: bytes, name: str) -> str:
    """What kind of Office document the archive is; by its table of contents, none of its parts but one is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            packed, unpacked = sum(part.compress_size for part in parts), sum(part.file_size for part in parts)
            size = path.stat().st_size
            if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or packed > size:
                raise FileRefusedError("bomb", name)
            if unpacked > FREE_UNPACKED and unpacked > UNPACKED_TIMES * size:
                raise FileRefusedError("bomb", name)
            if any(part.flag_bits & 0x1 for part in parts):
                raise FileRefusedError("old", name)
            names = {part.filename for part in parts}
            if len(names) != len(parts) or any(one.startswith("/") or ".." in one.split("/") for one in names):
                raise FileRefusedError("broken", name)
            # Nothing may lie before the first part or behind the end: there is where another file hides.
            if min((part.header_offset for part in parts), default=1) != 0 or tail[-22:-18] != ARCHIVE_END:
                raise FileRefusedError("double", name)
            if "[Content_Types].xml" not in names:
                raise FileRefusedError("kind", name)
            if any(one.lower().endswith("vbaproject.bin") for one in names):
                raise FileRefusedError("macros", name)
            with archive.open("[Content_Types].xml") as file:
                types = file.read(LONGEST_TYPES)
    except BROKEN_ARCHIVE as error:
        raise FileRefusedError("broken", name) from error
    if b"macroEnabled" in types:
        raise FileRefusedError("macros", name)
    found = [code for part, code in MAIN_PARTS.items() if part in types]
    if len(found) != 1:
        raise FileRefusedError("kind", name)
    return found[0]


def _read_as_text(path: Path, head: bytes, name: str) -> None:
    """Refuse what is no text in one of PLAIN from the first byte to the last, or what a browser takes for a page."""
    begin = head.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if begin.startswith(MARKUP) or b"<script" in head.lower() or b"<svg" in head.lower():
        raise FileRefusedError("kind", name)
    for charset in PLAIN:
        decoder = codecs.getincrementaldecoder(charset)()
        try:
            with path.open("rb") as file:
                while piece := file.read(PIECE):
                    if not CONTROLS.isdisjoint(piece):
                        raise FileRefusedError("kind", name)
                    decoder.decode(piece)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return
    raise FileRefusedError("kind", name)
