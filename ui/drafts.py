"""What a person typed into a form and has not sent yet (static/js/drafts.js writes it to the server)."""

import json
from typing import Any

from core.models import Draft
from core.texts import has_half_character

MOST = 200  # of one person


def kept(user: Any, form_key: str) -> dict[str, Any] | None:
    """The kept fields as initial values, lists where a name came several times; None without a draft."""
    row = Draft.objects.filter(user=user, form_key=form_key).first()
    return fields_of(row.data) if row is not None else None


def fields_of(data: Any) -> dict[str, Any]:
    """Of a stored draft: the browser sends a JSON list of [name, value] pairs; whatever else it sent is left out."""
    try:
        pairs = json.loads(data) if isinstance(data, str) else data
    except (ValueError, RecursionError):
        return {}
    values: dict[str, list[str]] = {}
    for pair in pairs if isinstance(pairs, list) else ():
        if isinstance(pair, list) and len(pair) == 2 and all(map(_is_text, pair)):
            values.setdefault(pair[0], []).append(pair[1])
    return {name: found[0] if len(found) == 1 else found for name, found in values.items()}


def _is_text(value: Any) -> bool:
    """Whether it is a text that a page and the database can hold."""
    return isinstance(value, str) and "\0" not in value and not has_half_character(value)


def keep(user: Any, form_key: str, data: str) -> None:
    """Store what was typed so far; beyond MOST forms of a person the oldest go, whatever else a script invents."""
    Draft.objects.update_or_create(user=user, form_key=form_key, defaults={"data": data})
    mine = Draft.objects.filter(user=user).order_by("-updated_at", "-pk")
    Draft.objects.filter(pk__in=list(mine.values_list("pk", flat=True)[MOST : MOST + 100])).delete()


def drop(user: Any, form_key: str) -> None:
    """Forget the draft: it was sent."""
    Draft.objects.filter(user=user, form_key=form_key).delete()
