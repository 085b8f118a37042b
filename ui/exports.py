"""What a list gives away as a file, said once as data beside its page: `Listing(export=Export(...))`.

The file holds the rows of the list under the same address, as far as the person may export them, in the list's order.
intake/export.py selects, masks and writes them; docs/pages.md shows how to say an export.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Model, QuerySet
from django.utils.functional import Promise

from core.contributions import ExportColumn

if TYPE_CHECKING:
    from ui.listing import Asked

Words = str | Promise


@dataclass(frozen=True)
class Sheet:
    """A table of the file. A workbook has all of them, a CSV file the first.

    `draw` turns up to 1,000 masked rows of the list into what the columns read, in as many queries however many rows
    there are; without it the columns read the rows themselves. `model`: whose masked fields the columns name.
    """

    title: Words
    model: type[Model]
    columns: tuple[ExportColumn, ...]
    draw: Callable[[Asked, Sequence[Any]], Iterable[Any]] | None = None


@dataclass(frozen=True)
class Export:
    """A list as a file.

    `permission` says whose rows go out: those of the list on which the person holds it; `audit_act` is what the audit
    log calls it. `home` and `page` are the url
    names of the list and of the page that asks for reason and format. `load` adds what the sheets need to the rows that
    the person may export; they are masked, and so is the customer that a row belongs to. `counted` says how many.
    `parts`: under which name apps add columns to the first sheet (core.contributions.ExportPart). `also` tells what
    narrows the list besides its tab, search and filters. `args`: of the addresses of `home` and `page`. `ticked`: rows
    may be ticked and go out alone.
    """

    permission: str
    audit_act: str
    home: str
    page: str
    title: Words
    counted: Callable[[int], str]
    load: Callable[[QuerySet[Any]], QuerySet[Any]]
    sheets: tuple[Sheet, ...]
    parts: str = ""
    also: Callable[[Asked], Sequence[tuple[Words, Words]]] | None = None
    args: tuple[Any, ...] = ()
    ticked: bool = False
