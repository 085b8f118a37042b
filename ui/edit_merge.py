"""Three-way merge of a form with a row that somebody else saved in between. Pure: dictionaries in and out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Merge:
    """mine = what to write; theirs = fields the others changed and I didn't; conflicts = (original, mine, theirs)."""

    mine: dict[str, Any] = field(default_factory=dict)
    theirs: dict[str, Any] = field(default_factory=dict)
    conflicts: dict[str, tuple[Any, Any, Any]] = field(default_factory=dict)


def merge(original: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merge:
    """Compare the form as it was opened, as it came back, and the row as it is now; keys of `mine` only."""
    result = Merge()
    for name, value in mine.items():
        changed, moved = value != original.get(name), theirs.get(name) != original.get(name)
        if changed and moved and value != theirs.get(name):
            result.conflicts[name] = (original.get(name), value, theirs.get(name))
        elif changed and value != theirs.get(name):
            result.mine[name] = value
        elif moved and not changed:
            result.theirs[name] = theirs.get(name)
    return result
