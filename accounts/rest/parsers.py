"""JSON as PostgreSQL and people can hold it: no more levels than a body has use for, no halves of characters."""

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from core.texts import has_half_character

DEEPEST = 20


class StrictJSONParser(JSONParser):
    """Refuses with 400 what would only fail later: deep nesting, lone surrogates, numbers beyond any column."""

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        """The body; ParseError for one that nothing can be done with."""
        try:
            data = super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError(_too_deep()) from error
        if not isinstance(data, dict):
            raise ParseError(_("Send one JSON object."))
        for value in _all(data):
            if isinstance(value, str) and has_half_character(value):
                raise ParseError(_("The text contains half a character (a lone surrogate)."))
            if isinstance(value, float) and not isfinite(value):
                raise ParseError(_("A number is outside of what can be stored."))
        return data


def _all(data: Any) -> Iterator[Any]:
    """Every name and value, level by level."""
    level = [data]
    for _depth in range(DEEPEST):
        yield from level
        level = [inner for value in level for inner in _inside(value)]
        if not level:
            return
    raise ParseError(_too_deep())


def _inside(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else []


def _too_deep() -> str:
    return _("The body is nested more than %(most)s levels deep.") % {"most": DEEPEST}
