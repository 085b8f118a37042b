"""The details of an audit line in words: each name of the code has a word, each code, id and day is readable."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.urls import NoReverseMatch, reverse
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import AuditEntry
from accounts.pages import wording
from core import company, jobs
from core.contributions import registry
from customers.imports.selectors import COUNTS
from customers.models import ImportJob, InteractionKind
from followups.models import FollowUp, PlanCategory
from sales.models import Order, Target
from segmentation.models import ChurnCase, Tier
from ui import formatting
from workbench.audit import words
from workbench.audit.names import ROWS_IN_DETAILS, Named, Names, role_names

MOST_NAMES = 5
# Marks of the machine's own progress, and what another word of the line says already.
INTERNAL = frozenset({"last", "looked_up_to", "planned", "of"})
DAYS = ("due_on", "until", "business_date")
CHOICES: Mapping[str, Any] = {
    "source": FollowUp.Source,
    "state": ChurnCase.State,
    "metric": Target.Metric,
    "scheme": Tier.Scheme,
    "category": PlanCategory,
}
Change = tuple[str, str, str]
Note = tuple[str, str | SafeString]


def word_of(name: str) -> str:
    """What a detail is called; a name without a word stays as it is, a test finds it."""
    return str(words.DETAILS.get(name) or COUNTS.get(name) or name)


class Details:
    """Reads the details of the lines of one page."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.roles = role_names()
        self.tiers = {tier.code: tier.name for tier in Tier.objects.all()}

    def of(self, entry: AuditEntry) -> tuple[list[Change], list[Note]]:
        """([name, before, after]), ([name, value]) of an act's details."""
        changes: list[Change] = []
        notes: list[Note] = []
        for name, value in entry.details.items():
            if name in INTERNAL:
                continue
            if isinstance(value, dict) and value and all(_is_pair(inner) for inner in value.values()):
                changes += [self._change(entry, name, key, inner) for key, inner in value.items()]
            elif _is_pair(value) and name in ("role", "team"):
                changes.append((word_of(name), *(str(self._value(entry, name, part)) for part in value)))
            elif value not in (None, "", [], {}, False):
                notes.append((word_of(name), self._value(entry, name, value)))
        return changes, notes

    def _change(self, entry: AuditEntry, name: str, key: str, pair: list[Any]) -> Change:
        if name in ("grants", "modes"):
            return _grant_word(key), _scope_word(pair[0]), _scope_word(pair[1])
        return field_word(entry.object_type, key), *(str(self._value(entry, key, part)) for part in pair)

    def _value(self, entry: AuditEntry, name: str, value: Any) -> str | SafeString:
        if value is None:
            return formatting.DASH
        if value is True or value is False:
            return _("yes") if value else _("no")
        if name in ROWS_IN_DETAILS:
            return self._rows(ROWS_IN_DETAILS[name], value if isinstance(value, list) else [value])
        if name in READERS:
            return READERS[name](entry, value)
        if name in ("role", "tier"):
            return (self.roles if name == "role" else self.tiers).get(value, value)
        if name in CHOICES:
            return str(dict(CHOICES[name].choices).get(value, value))
        if name in DAYS:
            found = parse_date(str(value))
            return formatting.day(found) if found else str(value)
        return formatting.number(value) if isinstance(value, int | float) else _typed(value)

    def _rows(self, label: str, ids: list[Any]) -> SafeString:
        shown = [_linked(self.names.of(label, pk), pk) for pk in ids[:MOST_NAMES]]
        comma = pgettext("between list items", ", ")
        rest = len(ids) - len(shown)
        more = format_html("{}{}", comma, _("%(n)s more") % {"n": f"{rest:,}"}) if rest > 0 else ""
        return format_html("{}{}", format_html_join(comma, "{}", ((one,) for one in shown)), more)


def _linked(named: Named | None, pk: Any) -> SafeString:
    if named is None:
        return format_html('<span class="num">#{}</span>', pk)
    if not named.url:
        return _typed(named.name)
    return format_html('<a href="{}" data-user>{}</a>', named.url, named.name)


def _typed(value: Any) -> SafeString:
    return format_html("<span data-user>{}</span>", value)


def field_word(object_type: str, name: str) -> str:
    """A field as its form calls it."""
    try:
        word = apps.get_model(object_type)._meta.get_field(name).verbose_name
    except (LookupError, ValueError, FieldDoesNotExist):
        word = ""
    return str(word) if isinstance(word, Promise) else word_of(name)


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and not any(isinstance(part, list | dict) for part in value)


def _scope_word(value: Any) -> str:
    known = {**wording.SCOPES, **wording.MODES}
    return str(known.get(value, value)) if value is not None else str(wording.SCOPES[""])


def _grant_word(name: str) -> str:
    left, _dot, right = name.partition(".")
    resource = registry().resources.get(left)
    first = resource.word if resource else wording.FIELD_CLASSES.get(left) or left
    second = wording.ACTIONS.get(right) or wording.RELATIONS.get(right) or right
    return f"{first} · {second}"


# --- values that need more than a table ------------------------------------------------------------------------------
def _fields_word(entry: AuditEntry, value: list[str]) -> str:
    return formatting.listed([field_word(entry.object_type, name) for name in value])


def _kind_word(entry: AuditEntry, value: str) -> str:
    choices = ImportJob.Kind if entry.act.startswith("import.") else Order.Kind
    return str(dict(choices.choices).get(value, value))


def _method_word(entry: AuditEntry, value: str) -> str:
    if entry.act != "denied":
        return str(dict(InteractionKind.choices).get(value, value))
    return _("opening a page") if value in ("GET", "HEAD") else _("saving")


def _status_word(entry: AuditEntry, value: int) -> str:
    return {403: _("not allowed"), 404: _("not found, or out of reach")}.get(value, str(value))


def _page_word(entry: AuditEntry, value: str) -> str | SafeString:
    """The address says more to a reader than the name of a route."""
    try:
        address = reverse(value, kwargs=entry.details.get("of") or {})
    except NoReverseMatch:
        return value
    return format_html('<span class="num" data-user>{}</span>', address)


def _month_word(entry: AuditEntry, value: str) -> str:
    found = parse_date(value)
    return formatting.month(found) if found else value


def _value_word(entry: AuditEntry, value: int) -> str:
    """A target: money in minor units, or a count."""
    money = entry.details.get("metric", Target.Metric.REVENUE) == Target.Metric.REVENUE
    return formatting.money_round(value, company.currency()) if money else formatting.number(value)


def _seconds_word(entry: AuditEntry, value: float) -> str:
    return formatting.duration(value)


def _job_word(entry: AuditEntry, value: str) -> str:
    return jobs.title_of(value)


def _filter_word(entry: AuditEntry, value: dict[str, str]) -> str:
    return formatting.listed([f"{word_of(name)} {words.ACTS.get(inner, inner)}" for name, inner in value.items()])


READERS: Mapping[str, Callable[[AuditEntry, Any], str | SafeString]] = {
    "fields": _fields_word,
    "kind": _kind_word,
    "method": _method_word,
    "status": _status_word,
    "page": _page_word,
    "month": _month_word,
    "value": _value_word,
    "seconds": _seconds_word,
    "mail": lambda entry, value: f"#{value}",
    "job": _job_word,
    "filter": _filter_word,
}
