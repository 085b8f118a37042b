"""How the audit log reads what this app writes into the details of its lines."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.pages import wording
from core.contributions import AuditLine, registry
from ui import formatting


def role_names() -> dict[str, str]:
    """Code -> name: details keep the code of a role."""
    return {role.code: role.name for role in Role.objects.all()}


def right_changed(name: str, before: Any, after: Any) -> tuple[str, str, str]:
    """A grant, or a rule of reading, with what it was and is: ("orders · view", "own", "team")."""
    left, _dot, right = name.partition(".")
    resource = registry().resources.get(left)
    first = resource.word if resource else wording.FIELD_CLASSES.get(left) or left
    second = wording.ACTIONS.get(right) or wording.RELATIONS.get(right) or right
    known: dict[str | None, object] = {**wording.SCOPES, **wording.MODES, None: wording.SCOPES[""]}
    return f"{first} · {second}", str(known.get(before, before)), str(known.get(after, after))


def refused_method(line: AuditLine, value: str) -> str:
    """What a refused request was about to do."""
    return _("opening a page") if value in ("GET", "HEAD") else _("saving")


def refused_status(line: AuditLine, value: int) -> str:
    """Why it was refused."""
    return {403: _("not allowed"), 404: _("not found, or out of reach")}.get(value, str(value))


def refused_page(line: AuditLine, value: str) -> str:
    """The address says more to a reader than the name of a route."""
    try:
        address = reverse(value, kwargs=line.details.get("of") or {})
    except NoReverseMatch:
        return value
    return format_html('<span class="digits" data-user>{}</span>', address)


def told_in_words(line: AuditLine, value: dict[str, str]) -> str:
    """What an exported list was narrowed by, in the language of who reads the audit log."""
    return value.get("zh-hans" if formatting.chinese() else "en", "")
