"""What a way in makes of something that came, before anything is known of its sender."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from followups.models import Incoming, Message

LONGEST_TEXT = 10_000
RAW_BYTES = 2_000


@dataclass(frozen=True)
class Arrived:
    """`answers`: a message of ours that it answers, as far as that is certain; `mentions`: one that it names although
    its sender is another. `at` None: now."""

    external_id: str
    kind: str = Incoming.Kind.MESSAGE
    trust: str = Incoming.Trust.SIGNED
    name: str = ""
    email: str = ""
    phone: str = ""
    handle: str = ""
    subject: str = ""
    text: str = ""
    url: str = ""
    at: datetime | None = None
    answers: Message | None = None
    mentions: Message | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)
