"""SQL that isn't written by the ORM: statements in `.sql` files, COPY, and numbers drawn from sequences.

A statement that doesn't fit one line of Python stands in `<app>/sql/<name>.sql`, where an editor colours it and a
diff shows it. Values are parameters (`%(today)s`), also the words of choices (`choices` names them, so that a word
that is renamed is renamed everywhere). What can't be a parameter, names of tables and lists of columns, stands in
braces: `{lines}` is filled as it is, `{columns}` joins the names of a list, `{n.columns}` puts the alias before each.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from functools import cache
from importlib.resources import files
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Field, Model, TextChoices
from django.utils import timezone

FLUSH_ROWS = 20_000
Params = Mapping[str, Any] | Sequence[Any] | None


# --- statements ------------------------------------------------------------------------------------------------------
@cache
def _file(app: str, name: str) -> str:
    return files(app).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


def text(app: str, name: str, **lists: str | Sequence[str]) -> str:
    """The SQL of `name` with its braces filled in. Never fill in what a person has typed: nothing is quoted."""

    def filled(found: re.Match[str]) -> str:
        alias, wanted = found[1], lists.get(found[2])
        if wanted is None:  # a brace that isn't ours, such as one in a regular expression
            return found[0]
        if isinstance(wanted, str):
            return wanted
        return ", ".join(f"{alias}.{name}" if alias else name for name in wanted)

    return re.sub(r"\{(?:(\w+)\.)?(\w+)\}", filled, _file(app, name))


def run(
    cursor: CursorWrapper, app: str, name: str, params: Params = None, **lists: str | Sequence[str]
) -> CursorWrapper:
    """Execute one file; returns the cursor, for its rows or the row count of its last statement."""
    cursor.execute(text(app, name, **lists), params)
    return cursor


def change(app: str, name: str, params: Params = None, **lists: str | Sequence[str]) -> int:
    """Execute one file by itself; returns how many rows its last statement touched."""
    with connection.cursor() as cursor:
        return run(cursor, app, name, params, **lists).rowcount


def fetch(app: str, name: str, params: Params = None, **lists: str | Sequence[str]) -> list[tuple[Any, ...]]:
    """Execute one file by itself; returns its rows."""
    with connection.cursor() as cursor:
        return run(cursor, app, name, params, **lists).fetchall()


def choices(**kinds: type[TextChoices]) -> dict[str, str]:
    """The words of choices as parameters: `choices(stage=Stage)` gives `stage_paused` and the others."""
    return {f"{kind}_{word.name.lower()}": word.value for kind, words in kinds.items() for word in words}


# --- numbers ---------------------------------------------------------------------------------------------------------
def next_numbers(sequence: str, count: int) -> list[int]:
    """The next `count` numbers; nobody else gets them, and those that aren't used leave gaps."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [sequence, count])
        return [number for (number,) in cursor.fetchall()]


def next_number(sequence: str) -> int:
    """The next number of a sequence."""
    return next_numbers(sequence, 1)[0]


def next_id(model: type[Model]) -> int:
    """The id of a row that isn't written yet, for what names it in its own columns."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
        return cursor.fetchone()[0]


def take_ids(table: str, count: int) -> int:
    """Reserve `count` ids of `table` that follow each other and return the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        sequence = cursor.fetchone()[0]
        # Between these two statements nobody else may draw from the sequence.
        cursor.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
        cursor.execute("SELECT nextval(%s)", [sequence])
        first = cursor.fetchone()[0]
        cursor.execute("SELECT setval(%s, %s)", [sequence, first + count - 1])
    return first


# --- many rows at once -----------------------------------------------------------------------------------------------
def copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, empty_is_null: bool = False) -> int:
    """COPY rows into `table` in the present transaction; returns how many. None becomes NULL, lists arrays.

    With `empty_is_null` empty texts become NULL too, as the cells of a file do.
    """
    null = "" if empty_is_null else "\\N"
    names = ", ".join(f'"{column}"' for column in columns)
    into = f"COPY {table} ({names}) FROM STDIN WITH (FORMAT csv, NULL '{null}')"
    copied, buffer = 0, io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")

    def flush() -> None:
        buffer.seek(0)
        with connection.cursor() as cursor:
            cursor.cursor.copy_expert(into, buffer)
        buffer.seek(0)
        buffer.truncate()

    for row in rows:
        # Most cells are texts; asking for that first spares a call for each.
        writer.writerow([value if type(value) is str else _cell(value, null) for value in row])
        copied += 1
        if copied % FLUSH_ROWS == 0:
            flush()
    flush()
    return copied


def _cell(value: Any, null: str) -> Any:
    if value is None:
        return null
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, list | tuple):
        quoted = (str(item).replace("\\", "\\\\").replace('"', '\\"') for item in value)
        return "{" + ",".join(f'"{item}"' for item in quoted) + "}"
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return value


def copy_models(model: type[Model], rows: Iterable[dict[str, Any]]) -> int:
    """COPY dictionaries of column values into a model's table; what a row leaves out gets the field's default."""
    fields = model._meta.concrete_fields
    defaults = {field.column: _default(field) for field in fields}
    names = [field.column for field in fields]
    return copy(model._meta.db_table, names, ([{**defaults, **row}[name] for name in names] for row in rows))


def _default(field: "Field[Any, Any]") -> Any:
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return timezone.now()
    return field.get_default()
