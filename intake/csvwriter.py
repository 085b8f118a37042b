"""CSV files for people: UTF-8, one header line, and no cell that a spreadsheet would take for a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Self

from django.utils.translation import gettext_lazy

from intake.tables.cells import neutralise


class CsvWriter:
    """Rows for people as CSV: UTF-8, one header line, formulas neutralised."""

    def __init__(self, target: IO[str], header: Sequence[object]) -> None:
        self._writer = csv.writer(target, lineterminator="\n")
        self.count = 0
        self._writer.writerow([neutralise(cell) for cell in header])

    def row(self, cells: Iterable[object]) -> None:
        """Write one row."""
        self._writer.writerow([neutralise(cell) for cell in cells])
        self.count += 1


REASON = gettext_lazy("reason")


class ErrorFile:
    """Rows that were refused: the original columns and the reason, to be corrected and imported again."""

    def __init__(self, path: str | Path, columns: Sequence[str]) -> None:
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._width = len(columns)
        self._target = self.path.open("w", encoding="utf-8", newline="")
        self._writer = CsvWriter(self._target, [*columns, _reason_name(columns)])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._target.close()

    @property
    def count(self) -> int:
        """How many rows stand in the file."""
        return self._writer.count

    def row(self, cells: Sequence[str], reason: str) -> None:
        """Write one refused row; cells beyond the header are joined to the last column."""
        kept = list(cells[: self._width])
        if len(cells) > self._width > 0:
            kept[-1] = " ".join(cells[self._width - 1 :])
        self._writer.row([*kept, *[""] * (self._width - len(kept)), reason])


def _reason_name(columns: Sequence[str]) -> str:
    name = str(REASON)
    while name in columns:
        name += "_"
    return name
