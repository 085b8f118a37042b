"""Exports: rows as a CSV file whose columns the apps contribute."""

import io
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from accounts.masking import masked_copy
from core import clock
from core.contributions import registry
from intake.csvwriter import CsvWriter

MOST_ROWS = 100_000
CHUNK = 2000


def csv_file(export: str, rows: QuerySet, user: Any) -> StreamingHttpResponse:
    """The rows, masked for this person, as a file to keep; at most 100,000.

    `rows` are in reach of the person already. The caller asks for the permission and writes the act down: an export is
    an act like any other.
    """
    name = f"{export}-{clock.business_date().isoformat()}.csv"
    lines = _lines(export, rows[:MOST_ROWS], user)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _lines(export: str, rows: QuerySet, user: Any) -> Iterator[str]:
    columns = registry().columns_of(export)
    buffer = io.StringIO()
    writer = CsvWriter(buffer, [column.head for column in columns])
    for row in rows.iterator(chunk_size=CHUNK):
        shown = masked_copy(user, row)
        writer.row([column.value(shown) for column in columns])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()
