"""What an import has understood of a file: figures, and what a person should look at before it is written.

Kept with the job as plain data (`counts["understood"]`, `counts["questions"]`) and put into words for whoever reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from core import sql
from intake import values
from intake.kinds import Figure, kind_of
from intake.models import ImportJob
from intake.tabular import Table
from ui import formatting

SHOWN_ROWS, SHOWN_NAMES = 20, 8


@dataclass(frozen=True)
class Asked:
    """One thing to look at: the sentence, how serious, and the rows as a spreadsheet counts them."""

    text: str
    serious: bool
    rows: Sequence[int]
    more: int  # further rows
    option: str = ""  # by which a person decides otherwise
    by_row: bool = False  # whether also row by row


def asked_for(code: str, rows_sql: str, params: Any = None) -> list[dict[str, Any]]:
    """[what to look at] from a query of (place, name) of the rows concerned, [] when there are none; names that come
    often stand first."""
    shown = {"shown_rows": str(SHOWN_ROWS), "shown_names": str(SHOWN_NAMES + 1)}
    [(count, rows, names)] = sql.fetch("intake", "asked_for", params, rows=rows_sql, **shown)
    return [{"code": code, "count": count, "rows": rows, "names": names}] if count else []


def asked_by(job: ImportJob) -> list[Asked]:
    """What there is to look at, the serious things first."""
    found, questions = [], kind_of(job.kind).questions
    for row in job.counts.get("questions", []):
        question = questions.get(row["code"])
        if question is not None:
            text = question.text % {"count": row["count"], "names": _listed(row.get("names") or [])}
            rows = row.get("rows") or []
            more = max(row["count"] - len(rows), 0)
            found.append(Asked(text, question.serious, rows, more, question.option, question.by_row))
    return sorted(found, key=lambda one: not one.serious)


def _listed(names: Sequence[str]) -> str:
    shown = formatting.listed([f"“{name}”" for name in names[:SHOWN_NAMES]])
    return f"{shown} …" if len(names) > SHOWN_NAMES else shown


def figures_of(job: ImportJob) -> list[tuple[Any, str]]:
    """(label, figure) of what was understood, in the reader's language."""
    told, figures = job.counts.get("understood", {}), kind_of(job.kind).figures
    return [(one.label, one.says(told, name)) for name, one in figures.items() if told.get(name) not in (None, "", {})]


def reading(job: ImportJob, table: Table) -> dict[str, Any]:
    """How the file itself was read: its encoding, and the order of day and month that was chosen."""
    kind = "Excel" if table.kind == "xlsx" else str(table.encoding).removesuffix("-sig").upper()
    return {"encoding": kind, "dates": job.options.get("date_format", "")}


def say_order(told: Mapping[str, Any], name: str) -> str:
    """In which order day, month and year were read."""
    return str(values.ORDER_WORDS.get(told[name], told[name]))


# What `reading` tells, for the figures of a kind.
READING = {
    "dates": Figure(gettext_lazy("dates read as"), say_order),
    "encoding": Figure(gettext_lazy("encoding")),
}


def changes_anything(job: ImportJob) -> bool:
    """Whether writing would change a single row."""
    return any(job.counts.get(name) for name in kind_of(job.kind).changes)


@dataclass(frozen=True)
class Refusal:
    """One reason with the rows it is given for."""

    text: str
    rows: Sequence[int]
    count: int

    @property
    def more(self) -> int:
        """Rows that aren't named."""
        return self.count - len(self.rows)


def refusals_of(job: ImportJob) -> list[Refusal]:
    """Why rows are refused, each reason once; the commonest stand first."""
    return [Refusal(text, rows, count) for text, count, rows in job.counts.get("reasons", [])]
