"""Phone numbers and e-mail addresses beyond those that have a field of their own, of a customer or a contact: lists of
any length, for whom to call or write to else, and by which the file is found."""

from __future__ import annotations

from collections.abc import Iterable

from core.phones import normal_phone

FURTHER = ("further_phones", "further_emails")


def listed(name: str, values: Iterable[str] | None) -> list[str]:
    """What stands in one of these fields as it is kept: each in its one spelling, none twice."""
    spelled = normal_phone if name == FURTHER[0] else str.strip
    return list(dict.fromkeys(text for value in values or () if (text := spelled(value))))
