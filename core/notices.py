"""How any app tells a person something: below says it, the inbox above keeps it (followups/services/notices.py)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core import events


def tell(
    *,
    user: Any,
    kind: str,
    key: str,
    by: Any = None,
    source_id: int | None = None,
    customer: Any = None,
    numbers: dict[str, Any] | None = None,
    text: str = "",
    url: str = "",
    due_at: datetime | None = None,
    mail_at: datetime | None = None,
) -> None:
    """Tell `user` of something, once by `key`, in the caller's transaction: never who did it (`by`), nor who has left.

    `numbers` is what the kind's sentence is made of (core.contributions.NoticeKind), `text` what a person typed, `url`
    the thing itself. By mail, for who wishes it, from `mail_at` on (default: at once).
    """
    if user is None or not user.is_active or (by is not None and by.pk == user.pk):
        return
    events.publish(
        "told",
        user=user,
        kind=kind,
        key=key,
        source_id=source_id,
        customer=customer,
        numbers=numbers or {},
        text=text,
        url=url,
        due_at=due_at,
        mail_at=mail_at,
    )
