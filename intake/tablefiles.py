"""Tables of a dashboard as a file: what the page shows, as CSV or as a workbook with a sheet for each table.

They hold sums, no rows of customers, so the right to see the page is enough and no reason is asked for; each file is a
line of the audit log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from accounts import audit
from accounts.http import Request
from intake.export import CSV, XLSX, XLSX_TYPE
from intake.exportfiles import BookWriter, Row, csv_lines

LONGEST_ASKED = 300  # characters of an address in the audit log


@dataclass(frozen=True)
class FigureTable:
    """One table; `code` names it in the address. Shares are in percent, amounts in the currency itself."""

    code: str
    title: str
    head: Row
    rows: Sequence[Row]


def in_percent(share: float) -> Decimal:
    """A share of 1 as a file writes it: 46.2 for 46.2 %."""
    return Decimal(f"{share * 100:.1f}")


def tables_file(request: Request, name: str, tables: Sequence[FigureTable]) -> HttpResponseBase | None:
    """The file that `?file=xlsx` or `?file=csv&table=` asks for; None where the address asks for the page."""
    kind = request.GET.get("file", "")
    if kind == XLSX:
        taken = f"{name}.xlsx"
        _record(request, taken, tables)
        book = BookWriter([(f"{n} {table.title}", table.head) for n, table in enumerate(tables, 1)])
        for n, table in enumerate(tables):
            book.rows(n, table.rows)
        return FileResponse(book.finish(), as_attachment=True, filename=taken, content_type=XLSX_TYPE)
    wanted = next((table for table in tables if table.code == request.GET.get("table")), None)
    if kind != CSV or wanted is None:
        return None
    taken = f"{name}-{wanted.code}.csv"
    _record(request, taken, [wanted])
    response = StreamingHttpResponse(csv_lines(wanted.head, [wanted.rows]), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(True, taken) or ""
    return response


def _record(request: Request, taken: str, tables: Sequence[FigureTable]) -> None:
    """Which file went out, of how many lines, and what the address narrowed the page by."""
    if request.method != "GET":
        return  # the head of a file, without the file
    asked = request.GET.copy()
    for name in ("file", "table"):
        asked.pop(name, None)
    more: dict[str, Any] = {"asked": asked.urlencode()[:LONGEST_ASKED]} if asked else {}
    rows = sum(len(table.rows) for table in tables)
    audit.record("figures.export", by=request.user, file=taken, rows=rows, **more)


def file_links(request: Request, tables: Sequence[FigureTable]) -> list[tuple[str, str]]:
    """(words, address) of each file, under the filters of the page."""
    asked = request.GET.copy()
    found = []
    for words, kind, code in (("XLSX", XLSX, ""), *((f"CSV: {table.title}", CSV, table.code) for table in tables)):
        asked["file"] = kind
        asked.pop("table", None)
        if code:
            asked["table"] = code
        found.append((words, f"?{asked.urlencode()}"))
    return found
