"""Names and addresses of the rows that audit lines speak of: one query a kind, only what the reader may open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.urls import reverse

from accounts.masking import masked
from accounts.models import AuditEntry, User
from core.contributions import Named, registry


@dataclass(frozen=True)
class Link:
    """What a row is called, and its page; no address without one."""

    name: str
    url: str = ""


class Names:
    """Looks all rows of a page of lines up at once."""

    def __init__(self, reader: User, entries: Iterable[AuditEntry]) -> None:
        wanted: dict[str, set[int]] = defaultdict(set)
        for entry in entries:
            if entry.object_id is not None:
                wanted[entry.object_type].add(entry.object_id)
            for name, value in entry.details.items():
                detail = registry().detail(name, entry.act)
                if detail is not None and detail.row:
                    wanted[detail.row].update(_ids(value))
        self.reader = reader
        known = registry().named_in_lines
        self.found = {label: self._look_up(label, ids) for label, ids in wanted.items() if label in known}

    def of(self, label: str, pk: Any) -> Link | None:
        return self.found.get(label, {}).get(pk)

    def _look_up(self, label: str, ids: set[int]) -> dict[int, Link]:
        named = registry().named_in_lines[label]
        model = apps.get_model(named.model)
        if named.name is None:
            return {}
        opens = not named.right or self.reader.can(named.right)
        rows = _in_reach(model, self.reader).filter(pk__in=ids).select_related(*named.related)
        return {row.pk: Link(named.name(row), _page(named, row) if opens else "") for row in map(self._masked, rows)}

    def _masked(self, row: Any) -> Any:
        if getattr(row, "customer_id", None):
            masked(self.reader, row.customer)
        return masked(self.reader, row)


def _in_reach(model: type[Model], reader: User) -> Any:
    rows: Any = model._default_manager.all()  # unscoped: narrowed in the next line where the model knows a reach
    return rows.for_user(reader) if hasattr(model, "scope_resource") else rows


def _page(named: Named, row: Any) -> str:
    """The address of the row's page; empty without one."""
    if not named.page:
        return ""
    if named.query is not None:
        return f"{reverse(named.page)}?{named.query(row)}"
    pk = getattr(row, named.of)
    return reverse(named.page, args=[pk]) if pk else ""


def _ids(value: Any) -> list[int]:
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, int) and not isinstance(one, bool)]
