"""Who changed the company when, and from what: its lines of the audit log, for who may view those."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.text import capfirst

from accounts.models import AuditEntry, User
from core.models import Company
from workbench.settings.services import CHANGE_ACT

LAST = 20


@dataclass(frozen=True)
class Change:
    """One time that somebody saved; `fields`: (what, before, after), in words."""

    at: datetime
    by: str
    fields: list[tuple[str, str, str]]


def last_changes(user: User) -> list[Change]:
    """The newest on top; none for people who may not view the audit log."""
    lines = AuditEntry.objects.for_user(user).filter(act=CHANGE_ACT, object_type=Company._meta.label_lower)
    return [Change(line.at, line.by_name, _in_words(line)) for line in lines.order_by("-at", "-id")[:LAST]]


def _in_words(line: AuditEntry) -> list[tuple[str, str, str]]:
    changed, columns = [], {column.name: column for column in Company._meta.concrete_fields}
    for name, pair in line.details.items():
        field = columns[name]
        codes = dict(field.flatchoices)
        before, after = (str(codes.get(value, value)) for value in pair)
        changed.append((capfirst(str(field.verbose_name)), before, after))
    return changed
