"""Why a file, or one row of it, can't be read: a code and figures; the sentence is made where the person is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class FileProblem(Exception):
    """The file as a whole can't be read."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(frozen=True)
class Damage:
    """One row can't be trusted: why, with a figure (a line of the file, a limit) or a column's place."""

    code: str
    figure: int = 0
