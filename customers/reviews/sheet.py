"""What stands in a sheet: the team's figures, those of each of its people, and those of the month before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from customers import required
from customers.models import ReviewSheet
from customers.quality.figures import COUNTED, Files

WHOLE, BEFORE, PEOPLE = "whole", "before", "people"


def kept(files: Files) -> dict[str, Any]:
    """As JSON keeps it."""
    return {name: getattr(files, name) for name in COUNTED} | {"lacks": files.lacks}


def read(held: Mapping[str, Any] | None) -> Files | None:
    """The figures again; None where nothing was kept."""
    return Files(**held) if held else None


@dataclass(frozen=True)
class Sheet:
    """A sheet as its page shows it."""

    whole: Files
    before: Files | None
    people: list[tuple[str, Files]]

    @property
    def then(self) -> dict[str, Any]:
        """The figures of a month before; nothing where none were kept."""
        names = ("completeness", "stale", "phones", "mails", "late", "files")
        return {name: getattr(self.before, name) if self.before else None for name in names}

    @property
    def missing(self) -> list[tuple[Any, int, int | None]]:
        """(field, how many lack it, how many did a month before), what is missing most first."""
        before = self.before.lacks if self.before else None
        found = [(name, n, before.get(name, 0) if before is not None else None) for name, n in self.whole.lacks.items()]
        known = {required.NAME, *required.all_fields()}
        rows = [(_label(name), n, then) for name, n, then in found if name in known and n]
        return sorted(rows, key=lambda row: -row[1])


def _label(name: str) -> Any:
    return _("name") if name == required.NAME else required.label_of(name)


def sheet_of(row: ReviewSheet) -> Sheet:
    """Its figures."""
    held = row.figures
    people = [(one["name"], Files(**one["files"])) for one in held[PEOPLE]]
    return Sheet(Files(**held[WHOLE]), read(held.get(BEFORE)), people)
