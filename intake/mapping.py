"""Which column of a file goes into which field, as a person has chosen it or written it behind --map."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from intake.kinds import ImportRefusedError, Kind


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
