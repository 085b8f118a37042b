"""What can be imported: each kind names its fields and its steps; apps register theirs when the project starts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import override

if TYPE_CHECKING:
    from customers.imports.engine import Run


class ImportRefusedError(Exception):
    """The import can't begin or go on; the text says why, in the person's language."""


@dataclass(frozen=True)
class Column:
    """One thing a file may bring: its code, what people call it, and headers by which it is recognised."""

    name: str
    label: Promise | str
    aliases: tuple[str, ...] = ()


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
    chosen = {name: column for name, column in mapping.items() if column}
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


def guessed_mapping(kind: Kind, columns: Sequence[str]) -> dict[str, str]:
    """{field: column} as far as the headers say it, in either language; each column is used once."""
    free = {_bare(column): column for column in reversed(columns)}
    guess: dict[str, str] = {}
    for exact in (True, False):
        for column in kind.columns:
            found = None if column.name in guess else _found(_words(column), free, exact=exact)
            if found:
                guess[column.name] = free.pop(found)
    return guess


def best_kind(kinds: Sequence[Kind], columns: Sequence[str]) -> Kind:
    """The kind that most of the headers speak of, first among those with all that they need."""
    guesses = [(guessed_mapping(kind, columns), kind) for kind in kinds]
    return max(guesses, key=lambda guess: (not guess[1].check(guess[0]), len(guess[0])))[1]


def _words(column: Column) -> list[str]:
    labels = []
    for language in ("en", "zh-hans"):
        with override(language):
            labels.append(str(column.label))
    return list(dict.fromkeys(_bare(word) for word in (column.name, *column.aliases, *labels)))


def _found(words: Sequence[str], free: Mapping[str, str], *, exact: bool) -> str | None:
    """The header that is one of the words, or (not exact) begins or ends with one of some length."""
    for word in words:
        if word in free:
            return word
        if not exact and len(word) >= (2 if not word.isascii() else 5):
            near = next((bare for bare in free if bare.startswith(word) or bare.endswith(word)), None)
            if near:
                return near
    return None


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower())
