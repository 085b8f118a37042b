"""The details of an audit line in words: each name of the code has a word, each code, id and day is readable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import AuditEntry
from accounts.row_names import Link, Names
from core.contributions import AuditLine, Detail, registry
from ui import formatting

MOST_NAMES = 5
Change = tuple[str, str, str]
Note = tuple[str, str | SafeString]


class Details:
    """Reads the details of the lines of one page."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.codes: dict[Detail, Mapping[Any, Any]] = {}  # looked up once a page

    def of(self, entry: AuditEntry) -> tuple[list[Change], list[Note]]:
        """([name, before, after]), ([name, value]) of an act's details."""
        changes: list[Change] = []
        notes: list[Note] = []
        for name, value in entry.details.items():
            detail = registry().detail(name, entry.act) or Detail(name)
            if detail.internal:
                continue
            if isinstance(value, dict) and value and all(_is_pair(inner) for inner in value.values()):
                changes += [self._change(entry, detail, key, inner) for key, inner in value.items()]
            elif _is_pair(value) and detail.before_after:
                changes.append((_word(detail), *(str(self._value(entry, detail, part)) for part in value)))
            elif value not in (None, "", [], {}, False):
                notes.append((_word(detail), self._value(entry, detail, value)))
        return changes, notes

    def _change(self, entry: AuditEntry, detail: Detail, key: str, pair: list[Any]) -> Change:
        if detail.pairs is not None:
            return detail.pairs(key, *pair)
        inner = registry().detail(key, entry.act) or Detail(key)
        return field_word(entry, key), *(str(self._value(entry, inner, part)) for part in pair)

    def _value(self, entry: AuditEntry, detail: Detail, value: Any) -> str | SafeString:
        if value is None:
            return formatting.DASH
        if value is True or value is False:
            return _("yes") if value else _("no")
        if detail.row:
            return self._rows(detail.row, value if isinstance(value, list) else [value])
        if detail.read is not None:
            return detail.read(entry, value)
        if detail.codes is not None:
            if detail not in self.codes:
                self.codes[detail] = detail.codes()
            return str(self.codes[detail].get(value, value))
        return formatting.number(value) if isinstance(value, int | float) else _typed(value)

    def _rows(self, label: str, ids: list[Any]) -> SafeString:
        shown = [_linked(self.names.of(label, pk), pk) for pk in ids[:MOST_NAMES]]
        comma = pgettext("between list items", ", ")
        rest = len(ids) - len(shown)
        more = format_html("{}{}", comma, _("%(n)s more") % {"n": f"{rest:,}"}) if rest > 0 else ""
        return format_html("{}{}", format_html_join(comma, "{}", ((one,) for one in shown)), more)


def _linked(link: Link | None, pk: Any) -> SafeString:
    if link is None:
        return format_html('<span class="digits">#{}</span>', pk)
    if not link.url:
        return _typed(link.name)
    return format_html('<a class="linked" href="{}" data-user>{}</a>', link.url, link.name)


def _typed(value: Any) -> SafeString:
    return format_html("<span data-user>{}</span>", value)


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and not any(isinstance(part, list | dict) for part in value)


# --- words -----------------------------------------------------------------------------------------------------------
def _word(detail: Detail) -> str:
    """What a detail is called; a name without a word stays as it is, a test finds it."""
    return str(detail.word or detail.name)


def field_word(line: AuditLine, name: str) -> str:
    """A field as its form calls it, else as the detail of this name is called."""
    try:
        # Rows of another table, such as the lines of an order, have no name of their own here.
        word = getattr(apps.get_model(line.object_type)._meta.get_field(name), "verbose_name", "")
    except (LookupError, ValueError, FieldDoesNotExist):
        word = ""
    return str(word) if isinstance(word, Promise) else _word(registry().detail(name, line.act) or Detail(name))


def fields_in_words(line: AuditLine, value: list[str]) -> str:
    """The fields that were changed."""
    return formatting.listed([field_word(line, name) for name in value])


def filters_in_words(line: AuditLine, value: dict[str, str]) -> str:
    """What was asked for when the audit log was exported."""
    acts = registry().acts
    asked = [
        (_word(registry().detail(name, line.act) or Detail(name)), acts[wanted].word if wanted in acts else wanted)
        for name, wanted in value.items()
    ]
    return formatting.listed([f"{word} {wanted}" for word, wanted in asked])
