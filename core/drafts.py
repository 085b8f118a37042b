"""What a person typed into a form and has not sent yet (static/js/drafts.js writes it to the server)."""

import json
from typing import Any

from core.models import Draft


def kept(user: Any, form_key: str) -> dict[str, Any] | None:
    """The kept fields as initial values, lists where a name came several times; None without a draft."""
    row = Draft.objects.filter(user=user, form_key=form_key).first()
    return _fields(row.data) if row is not None else None


def _fields(data: Any) -> dict[str, Any] | None:
    """The browser stores a JSON list of [name, value] pairs."""
    try:
        pairs = json.loads(data) if isinstance(data, str) else data
        values: dict[str, list[str]] = {}
        for name, value in pairs:
            values.setdefault(name, []).append(value)
    except (ValueError, TypeError):
        return None
    return {name: found[0] if len(found) == 1 else found for name, found in values.items()}


def drop(user: Any, form_key: str) -> None:
    """Forget the draft: it was sent."""
    Draft.objects.filter(user=user, form_key=form_key).delete()
