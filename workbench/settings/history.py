"""Who changed the company when, and from what: its lines of the audit log, for who may view those."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.text import capfirst

from accounts.models import AuditEntry, User
from core.contributions import registry
from core.models import Company
from workbench.settings.services import CHANGE_ACT, LOGO_ACT, LOGO_REMOVE_ACT

LAST = 20


@dataclass(frozen=True)
class Change:
    """One time that somebody saved; `fields`: (what, before, after), in words. `act` where there is no before."""

    at: datetime
    by: str
    fields: list[tuple[str, str, str]]
    act: object = ""


def last_changes(user: User) -> list[Change]:
    """The newest on top; none for people who may not view the audit log."""
    lines = AuditEntry.objects.for_user(user).filter(
        act__in=(CHANGE_ACT, LOGO_ACT, LOGO_REMOVE_ACT), object_type=Company._meta.label_lower
    )
    acts = registry().acts
    return [
        Change(line.at, line.by_name, _in_words(line), "" if line.act == CHANGE_ACT else acts[line.act].word)
        for line in lines.order_by("-at", "-id")[:LAST]
    ]


def _in_words(line: AuditEntry) -> list[tuple[str, str, str]]:
    changed, columns = [], {column.name: column for column in Company._meta.concrete_fields}
    for name, pair in line.details.items():
        field = columns[name]
        codes = dict(field.flatchoices)
        before, after = (str(codes.get(value, value)) for value in pair)
        changed.append((capfirst(str(field.verbose_name)), before, after))
    return changed
