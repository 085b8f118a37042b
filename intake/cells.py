"""Cells of files whose rows stand each for itself: each refusal names its column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from core.refusals import BadCellError
from intake import values
from intake.kinds import Column
from ui.formatting import labelled


class Cells:
    """The cells of one row by field; `cell(name, how)` reads one, "" where it says nothing."""

    def __init__(self, columns: Sequence[Column], cells: Mapping[str, str]) -> None:
        self.labels = {column.name: column.label for column in columns}
        self.cells = cells

    def __call__(self, name: str, how: Callable[[str], Any], *, wanted: bool = False) -> Any:
        text = self.cells.get(name, "").strip()
        text = "" if text in values.FILLERS else text
        if not text and not wanted:
            return ""
        try:
            if not text:
                raise BadCellError(_("the cell is empty. Fill it in, or leave the row out."))
            return how(text)
        except BadCellError as error:
            raise BadCellError(labelled(self.labels[name], error)) from error
