"""The file itself: a workbook to read and JSON for programs, in one archive."""

from __future__ import annotations

import json
import re
import tempfile
import zipfile
from collections.abc import Sequence
from typing import IO

from core import clock
from customers.disclosure.reading import Sheet
from customers.models import Contact, Customer
from intake.exportfiles import BookWriter

LONGEST_TITLE = 31  # of a sheet


def archive(subject: Customer | Contact, sheets: Sequence[Sheet]) -> IO[bytes]:
    """From its beginning; the answer that sends it closes it."""
    target: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as found:
        found.writestr("data.json", _as_json(subject, sheets))
        with _as_book(sheets) as book:
            found.writestr("data.xlsx", book.read())
    target.seek(0)
    return target


def _as_json(subject: Customer | Contact, sheets: Sequence[Sheet]) -> str:
    tables = {
        sheet.label: [dict(zip(sheet.names, stored, strict=True)) for stored, _words in sheet.rows] for sheet in sheets
    }
    about = {"of": subject._meta.label, "id": subject.pk, "made_at": clock.now().isoformat(), "tables": tables}
    return json.dumps(about, ensure_ascii=False, indent=1)


def _as_book(sheets: Sequence[Sheet]) -> IO[bytes]:
    book = BookWriter([(title, sheet.labels) for title, sheet in zip(_titles(sheets), sheets, strict=True)])
    for place, sheet in enumerate(sheets):
        book.rows(place, [words for _stored, words in sheet.rows])
    return book.finish()


def _titles(sheets: Sequence[Sheet]) -> list[str]:
    """What a spreadsheet takes as names of sheets, none twice."""
    found: list[str] = []
    for sheet in sheets:
        plain = re.sub(r"[\[\]:*?/\\']", " ", sheet.title).strip() or sheet.label.split(".")[-1]
        title, n = plain[:LONGEST_TITLE], 2
        while title.lower() in {one.lower() for one in found}:
            title, n = f"{plain[: LONGEST_TITLE - 4]} {n}", n + 1
        found.append(title)
    return found
