"""Small files of every kind, sound and rotten."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from PIL import Image

TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
    "docm": "application/vnd.ms-word.document.macroEnabled.main+xml",
}
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" * 50
M4A = b"\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00" + b"\x00" * 64


def picture(form: str = "JPEG", size: tuple[int, int] = (640, 480), **options: Any) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, (180, 40, 40)).save(made, form, **options)
    return made.getvalue()


def photo_with_place() -> bytes:
    """As a phone takes it: turned, with the place, the device and a comment."""
    notes = Image.Exif()
    notes[0x0112] = 6  # turned by 90 degrees
    notes[0x010F] = "CANARY-PHONE"
    notes.get_ifd(0x8825).update({1: "N", 2: (31.0, 14.0, 2.0), 3: "E", 4: (121.0, 28.0, 9.0)})
    return picture("JPEG", (640, 480), exif=notes, comment=b"CANARY-COMMENT")


def office(kind: str = "docx", parts: Mapping[str, bytes] | None = None) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        types = f'<Types><Override PartName="/main.xml" ContentType="{TYPES[kind]}"/></Types>'
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("main.xml", "<main/>")
        for name, content in (parts or {}).items():
            archive.writestr(name, content)
    return made.getvalue()


def bomb() -> bytes:
    """A workbook of 200 MB in some 200 KB."""
    return office("xlsx", {f"sheet{n}.xml": bytes(20 * 1024 * 1024) for n in range(10)})


def chunks(content: bytes) -> list[bytes]:
    return [content[at : at + 65536] for at in range(0, len(content), 65536)]
