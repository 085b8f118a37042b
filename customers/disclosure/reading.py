"""Everything that is stored about one customer or contact, table by table, found in the models.

Each table that names a customer is read, and what belongs to its rows (the lines of an order, the steps of a
complaint): a new table is in the file without a word. Left out is only what LEFT_OUT names, and columns that are none
of the person's data: search words, tokens, images of other rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import CASCADE, ForeignKey, Model, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, ExportedRows, User
from core.contributions import registry
from customers.models import ConsentWording, Contact, Customer
from customers.own import values

# Why not: they tell of other people, or are the company's own bookkeeping about its files.
LEFT_OUT: Mapping[str, str] = {
    "customers.DuplicatePair": "names other customers",
    "customers.Relation": "names other companies",
    "customers.CustomerMerge": "images of other files",
    "followups.Notice": "what colleagues were told",
    "customers.Follower": "what colleagues want to hear of",
    "customers.Mention": "what colleagues were told",
    "segmentation.HoldOutMember": "who was drawn isn't to be told",
}
# Columns that are no data of the person.
UNTOLD = frozenset(
    (
        "search_tokens",
        "name_sort",
        "token",
        "key",
        "secret",
        "snapshot",
        "seal",
        "handover",
        "idempotency_key",
        "sealed",
    )
)
DEEPEST = 3  # customer, order, line


@dataclass(frozen=True)
class Sheet:
    """The rows of one table: `names` and `labels` of its columns, and per row the values as they are stored and as
    they read."""

    label: str  # app.Model
    title: str
    names: Sequence[str]
    labels: Sequence[str]
    rows: list[tuple[Sequence[Any], Sequence[Any]]] = field(default_factory=list)


def everything(subject: Customer | Contact, *, record: bool) -> list[Sheet]:
    """Of a customer, or of one of its contact persons alone. `record`: also who has seen and changed what."""
    model: type[Model] = type(subject)
    found: dict[str, Sheet] = {}
    own: QuerySet[Any] = model._base_manager.filter(pk=subject.pk)
    _read(own, found)
    seen = {model._meta.label: {subject.pk}}
    _follow(model, [subject.pk], found, seen, 1)
    sheets = [sheet for sheet in found.values() if sheet.rows]
    if record:
        sheets += [sheet for sheet in (_acts(subject), _exports(subject)) if sheet.rows]
    return sheets


def _follow(
    model: type[Model], ids: Sequence[int], found: dict[str, Sheet], seen: dict[str, set[Any]], depth: int
) -> None:
    """The rows that belong to these, and what belongs to them."""
    for other, name in _belonging(model):
        rows: QuerySet[Any] = other._base_manager.filter(**{f"{name}__in": ids})
        known = seen.setdefault(other._meta.label, set())
        fresh = [pk for pk in rows.order_by("pk").values_list("pk", flat=True) if pk not in known]
        if not fresh:
            continue
        known.update(fresh)
        _read(other._base_manager.filter(pk__in=fresh).order_by("pk"), found)
        if depth < DEEPEST:
            _follow(other, fresh, found, seen, depth + 1)


def _belonging(model: type[Model]) -> Iterator[tuple[type[Model], str]]:
    """Tables with a foreign key to this one, and its name. Customers themselves never belong to another one: whom
    somebody has referred is another person."""
    for other in apps.get_models(include_auto_created=True):
        if hasattr(other, "pgh_tracked_model") or other is Customer or other._meta.label in LEFT_OUT:
            continue
        for column in other._meta.concrete_fields:
            if not isinstance(column, ForeignKey) or column.related_model is not model:
                continue
            # Beyond the subject itself only what goes with the row: not whatever happens to name it.
            if model in (Customer, Contact) or column.remote_field.on_delete is CASCADE:
                yield other, column.name


def _read(rows: QuerySet[Any], found: dict[str, Sheet]) -> None:
    model = rows.model
    columns = [column for column in model._meta.concrete_fields if column.name not in UNTOLD]
    keys = [column.name for column in columns if isinstance(column, ForeignKey)]
    label = model._meta.label
    if label not in found:
        words = registry().named.get(label.lower())
        title = str(capfirst(str(words.word if words else model._meta.verbose_name)))
        labels = [str(capfirst(str(column.verbose_name))) for column in columns]
        found[label] = Sheet(label, title, [column.name for column in columns], labels)
    for row in rows.select_related(*keys):
        found[label].rows.append(
            ([_stored(row, column) for column in columns], [_in_words(row, column) for column in columns])
        )


# --- a value --
def _stored(row: Any, column: Any) -> Any:
    """As JSON holds it; a foreign key with what it is called."""
    if isinstance(column, ForeignKey):
        other = getattr(row, column.name)
        return None if other is None else {"id": other.pk, "name": _called(other, row)}
    return _plain(getattr(row, column.attname))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID | timedelta):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def _in_words(row: Any, column: Any) -> Any:
    """As a person reads it."""
    if isinstance(column, ForeignKey):
        other = getattr(row, column.name)
        return "" if other is None else _called(other, row)
    value = getattr(row, column.attname)
    if isinstance(row, Customer) and column.name == "own":
        people = values.people_of([row])
        return "\n".join(f"{name}: {words}" for name, words in values.shown(row, people))
    if column.choices and not isinstance(value, list):
        return str(getattr(row, f"get_{column.name}_display")())
    if isinstance(value, list | tuple):
        return ", ".join(str(_plain(one)) for one in value)
    if isinstance(value, Mapping):
        return "\n".join(f"{name}: {_plain(one)}" for name, one in value.items())
    return value if isinstance(value, int | Decimal | date | datetime) or value is None else str(value)


def _called(other: Any, row: Any) -> str:
    """What a row is called that another one names. Of other customers only the number: they are other people."""
    if isinstance(other, User):
        return str(other.name)
    if isinstance(other, Customer):
        return str(other.number)
    if isinstance(other, ConsentWording):
        return f"{other.label}: {other.words_in(getattr(row, 'language', '') or '')}"
    for name in ("name", "label", "number", "title"):
        if isinstance(found := getattr(other, name, None), str) and found:
            return found
    return f"#{other.pk}"


# --- who has seen and changed it --
def _acts(subject: Customer | Contact) -> Sheet:
    label = subject._meta.label_lower
    sheet = Sheet("record", _title("acts"), ["at", "by", "act"], [_title("at"), _title("by"), _title("act")])
    known = registry().acts
    for line in AuditEntry.objects.filter(object_type=label, object_id=subject.pk).order_by("at", "pk"):
        word = str(known[line.act].word) if line.act in known else line.act
        sheet.rows.append(([line.at.isoformat(), line.by_name, line.act], [line.at, line.by_name, word]))
    return sheet


def _exports(subject: Customer | Contact) -> Sheet:
    sheet = Sheet("exports", _title("exports"), ["at", "by"], [_title("at"), _title("by")])
    rows = ExportedRows.objects.filter(model=subject._meta.label_lower, ids__contains=[subject.pk])
    for row in rows.select_related("entry").order_by("at"):
        sheet.rows.append(([row.at.isoformat(), row.entry.by_name], [row.at, row.entry.by_name]))
    return sheet


def _title(name: str) -> str:
    return {
        "acts": _("Who has seen and changed it"),
        "exports": _("Lists taken out with it"),
        "at": _("When"),
        "by": _("Who"),
        "act": _("What"),
    }[name]
