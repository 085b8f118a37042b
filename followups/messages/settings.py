"""What the company says of its messages."""

from __future__ import annotations

from followups.messages.models import MessageSetting


def message_setting() -> MessageSetting:
    """The row, or one that isn't stored and says what holds without it."""
    return MessageSetting.objects.filter(pk=1).first() or MessageSetting(pk=1, version=0)


def marketing_asks() -> bool:
    """Whether offers and news need a consent."""
    return message_setting().consent_for_marketing
