"""A visit that was written down without a network, came in sealed, and couldn't be saved as it was: it waits as a draft
of its own until its author has chosen the customer, or put right what was refused."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode

from accounts.models import User
from ui import drafts

PREFIX = "offline:"
LONGEST_NAME = 100


@dataclass(frozen=True)
class WrittenOffline:
    """The key under which it was written, which also makes it one entry however often it is sent."""

    key: str
    fields: Mapping[str, Any]

    @property
    def draft(self) -> str:
        """The name of its draft."""
        return PREFIX + self.key

    @property
    def written_at(self) -> datetime | None:
        """When, by the clock of the phone."""
        return captured_at(self.fields)

    @property
    def who(self) -> str:
        """Whom it is about, as typed or as it stood on the screen."""
        return str(self.fields.get("customer_name", "")).strip()[:LONGEST_NAME]

    @property
    def url(self) -> str:
        """The log form with its text; without a customer that one is chosen first."""
        asked = {"offline": self.key}
        if customer := str(self.fields.get("customer", "")):
            asked["customer"] = customer
        elif self.who:
            asked["q"] = self.who
        return f"{reverse('interaction_new')}?{urlencode(asked)}"


def written_offline(user: User, key: str) -> WrittenOffline | None:
    """What waits under this key for this person; without a key that is one, nothing."""
    try:
        named = str(uuid.UUID(key))
    except ValueError:
        return None
    return WrittenOffline(named, drafts.kept(user, PREFIX + named) or {})


def captured_at(fields: Mapping[str, Any]) -> datetime | None:
    """The phone's own time of writing; None where it says none."""
    return moment_of(fields.get("written_at", ""))


def moment_of(text: object) -> datetime | None:
    """An instant as a phone writes it, in UTC; None without an offset, and for what no calendar has."""
    try:
        moment = parse_datetime(str(text))
        return moment.astimezone(UTC) if moment is not None and moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
