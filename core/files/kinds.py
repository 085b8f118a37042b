"""The kinds of files that are taken. Everything else is refused, whatever it calls itself."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class FileKind:
    """A kind of file: the endings of its names, the first one the usual, and what it is called."""

    code: str
    word: str | Promise
    media_type: str
    endings: tuple[str, ...]
    icon: str = "file-text"
    picture: bool = False


KINDS = {
    kind.code: kind
    for kind in (
        FileKind("jpeg", _("a picture (JPEG)"), "image/jpeg", ("jpg", "jpeg"), "image", picture=True),
        FileKind("png", _("a picture (PNG)"), "image/png", ("png",), "image", picture=True),
        FileKind("webp", _("a picture (WebP)"), "image/webp", ("webp",), "image", picture=True),
        FileKind("pdf", _("a PDF"), "application/pdf", ("pdf",)),
        FileKind(
            "docx",
            _("a Word document"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ("docx",),
        ),
        FileKind(
            "xlsx",
            _("an Excel workbook"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ("xlsx",),
            "file-spreadsheet",
        ),
        FileKind(
            "pptx",
            _("a PowerPoint presentation"),
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            ("pptx",),
            "presentation",
        ),
        FileKind("text", _("plain text"), "text/plain; charset=utf-8", ("txt", "csv")),
        FileKind("mp3", _("a recording (MP3)"), "audio/mpeg", ("mp3",), "mic"),
        FileKind("m4a", _("a recording (M4A)"), "audio/mp4", ("m4a",), "mic"),
    )
}
ENDINGS = tuple(ending for kind in KINDS.values() for ending in kind.endings)
# What a chooser of the browser offers. A phone turns its own photos into JPEG where that is what is asked for.
ACCEPT = ",".join([kind.media_type for kind in KINDS.values() if kind.picture] + [f".{ending}" for ending in ENDINGS])
