"""What was changed last on a page of settings: its lines of the audit log in words, for who may view those."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString
from django.utils.text import capfirst

from accounts.audit_details import Details
from accounts.models import AuditEntry, User
from accounts.row_names import Names
from core.contributions import registry

LAST = 20


@dataclass(frozen=True)
class Change:
    """One time that somebody saved; `fields`: (what, before, after), `notes`: (what, value), all in words.

    `act` is empty where what changed says it all; `on`, the row, where the page is about one.
    """

    at: datetime
    by: str
    act: str
    on: str
    fields: list[tuple[str, str, str]]
    notes: list[tuple[str, str | SafeString]]


def last_changes(user: User, *acts: str, naming: bool = False) -> dict[str, Any]:
    """For templates/settings/last_changes.html: the newest lines of these acts; none without a right to view them.

    `naming`: the page is about several rows, so each line names its own.
    """
    if not user.can("audit.view"):
        return {"may_view_audit": False, "changes": []}
    lines = AuditEntry.objects.for_user(user).filter(act__in=acts).order_by("-at", "-id")[:LAST]
    page = list(lines)
    names = Names(user, page)
    details, known = Details(names), registry().acts
    found = []
    for line in page:
        fields, notes = details.of(line)
        row = names.of(line.object_type, line.object_id)
        act = str(known[line.act].word) if naming or notes or not fields else ""
        on = row.name if naming and row else ""
        words = [(capfirst(what), before, after) for what, before, after in fields]
        found.append(Change(line.at, line.by_name, act, on, words, [(capfirst(what), value) for what, value in notes]))
    return {"may_view_audit": True, "changes": found}
