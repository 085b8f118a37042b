"""Many rows at once: PostgreSQL COPY through the Django connection."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from django.db import connection
from django.db.models import Field, Model
from django.utils import timezone

FLUSH_ROWS = 20_000


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """COPY `rows` into `table` in the present transaction; returns how many. None becomes NULL, lists arrays."""
    copied, buffer = 0, io.StringIO()
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
        copied += 1
        if copied % FLUSH_ROWS == 0:
            buffer = _flush(table, columns, buffer)
            writer = csv.writer(buffer)
    _flush(table, columns, buffer)
    return copied


def _flush(table: str, columns: Sequence[str], buffer: io.StringIO) -> io.StringIO:
    buffer.seek(0)
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN WITH (FORMAT csv, NULL '\\N')", buffer)
    return io.StringIO()


def _cell(value: Any) -> Any:
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, list | tuple):
        return _array(value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return value


def _array(values: Sequence[Any]) -> str:
    quoted = (str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"


def take_ids(table: str, count: int) -> int:
    """Reserve `count` ids of `table` and return the first; nobody else gets them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        sequence = cursor.fetchone()[0]
        cursor.execute("LOCK TABLE " + table + " IN EXCLUSIVE MODE")
        cursor.execute("SELECT nextval(%s)", [sequence])
        first = cursor.fetchone()[0]
        cursor.execute("SELECT setval(%s, %s)", [sequence, first + count - 1])
    return first


def copy_models(model: type[Model], rows: Iterable[dict[str, Any]]) -> int:
    """COPY dictionaries of column values into a model's table; what a row leaves out gets the field's default."""
    fields = model._meta.concrete_fields
    defaults = {field.column: _default(field) for field in fields}
    names = [field.column for field in fields]
    return copy_rows(model._meta.db_table, names, ([{**defaults, **row}[name] for name in names] for row in rows))


def _default(field: Field) -> Any:
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return timezone.now()
    return field.get_default()
