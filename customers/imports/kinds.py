"""What can be imported: each kind names its fields and its steps; apps register theirs when the project starts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from customers.imports.engine import Run


class ImportRefusedError(Exception):
    """The import can't begin or go on; the text says why, in the person's language."""


@dataclass(frozen=True)
class Column:
    """One thing a file may bring: its code, what people call it, and headers that mean it and nothing else.

    `also` are other codes for it, `near` headers that often mean it: a person is asked. `holds` says what its cells
    look like (guessing.FITS). A column that is `single` is asked for when several headers mean it; the cells of one
    may have `several_lines`.
    """

    name: str
    label: Promise | str
    aliases: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    holds: str = "text"
    single: bool = False
    also: tuple[str, ...] = ()
    several_lines: bool = False


@dataclass(frozen=True)
class Layout:
    """What another program exports: it is known by headers that all stand in the file and others that don't.

    `fields` names for each field the header that means it there, or several of which the first one counts.
    """

    name: str
    signature: tuple[str, ...]
    fields: Mapping[str, str | tuple[str, ...]]
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """A part of the work. `work(run)` yields after each committed batch and goes on from the job's cursor.

    `final` steps write to the real tables; the ones before only look, and a dry run ends behind them.
    """

    name: str
    work: Callable[[Run], Iterator[None]]
    final: bool = True


@dataclass(frozen=True)
class Kind:
    """One kind of file.

    `check(mapping)` says what is missing; `errors(job)` yields refused rows in the file's order; `intact(job)` says
    whether what the steps have put aside is still there; `clear(job)` drops it.
    """

    code: str
    label: Promise | str
    permission: str
    columns: tuple[Column, ...]
    steps: tuple[Step, ...]
    check: Callable[[Mapping[str, str]], str]
    errors: Callable[[Any], Iterator[tuple[int, str]]]
    intact: Callable[[Any], bool]
    clear: Callable[[Any], None]
    layouts: tuple[Layout, ...] = ()

    def names(self) -> list[str]:
        """Codes of the columns."""
        return [column.name for column in self.columns]


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind; registering it again replaces it."""
    _kinds[kind.code] = kind


def kind_of(code: str) -> Kind:
    """The kind, KeyError when no app has registered it."""
    return _kinds[code]


def all_kinds() -> list[Kind]:
    """Every kind, in the order of registration."""
    return list(_kinds.values())


def may_import(user: Any, kind: Kind) -> bool:
    """Whether this person may bring in this kind of file now."""
    return user.can("import.add") and user.can(kind.permission)


def checked_mapping(kind: Kind, mapping: Mapping[str, str]) -> dict[str, str]:
    """{field: column} without empty entries; ImportRefusedError names unknown and missing fields."""
    codes = {other: column.name for column in kind.columns for other in column.also}
    chosen = {codes.get(name, name): column for name, column in mapping.items() if column}
    unknown = sorted(set(chosen) - set(kind.names()))
    if unknown:
        raise ImportRefusedError(
            _("Unknown fields: %(unknown)s. Possible are: %(known)s.")
            % {"unknown": ", ".join(unknown), "known": ", ".join(kind.names())}
        )
    problem = kind.check(chosen)
    if problem:
        raise ImportRefusedError(problem)
    return chosen


def parsed_mapping(text: str) -> dict[str, str]:
    """{field: column} from `field=column,field=column`; a comma inside a column name is written twice."""
    pairs: dict[str, str] = {}
    for part in re.split(r"(?<!,),(?!,)", text or ""):
        field, sign, column = part.replace(",,", ",").partition("=")
        if part.strip() and (not sign or not column.strip()):
            raise ImportRefusedError(_("“%(part)s” in --map must look like field=column.") % {"part": part.strip()})
        if part.strip():
            pairs[field.strip()] = column.strip()
    return pairs


def spelled_mapping(mapping: Mapping[str, str]) -> str:
    """The same as one text, which `parsed_mapping` reads."""
    return ",".join(f"{field}={column.replace(',', ',,')}" for field, column in mapping.items())
