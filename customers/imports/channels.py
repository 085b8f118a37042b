"""Channels that files name: each by code or name in either language, and new ones for who may make them."""

from __future__ import annotations

from django.db.models import F

from accounts.models import User
from customers.identity import name_key, tidy
from customers.imports.recorded import CHANNEL
from customers.models import Channel
from customers.services.channels import free_code
from intake import record
from intake.models import ImportJob


def may_make_channels(user: User | None) -> bool:
    """Whether unknown channels of a file become new ones."""
    return user is None or user.can("channel.add")


def channels_by_key() -> dict[str, Channel]:
    """All channels by code and by name in both languages, each in its one spelling; what was merged, as the other."""
    rows = list(Channel.objects.select_related("merged_into").order_by(F("merged_into").desc(nulls_last=True), "-pk"))
    meant = [(row, row.merged_into or row) for row in rows]
    named = {name_key(name): one for row, one in meant for name in (row.name_en, row.name_zh) if name}
    return {name_key(row.code): one for row, one in meant} | named


def channel_ensure(name: str, job: ImportJob) -> Channel:
    """The channel of this code or name in either language, made if it is new: never one of another name."""
    wanted = tidy(name)[:80]
    known = channels_by_key().get(name_key(wanted))
    if known is not None:
        return known
    channel = Channel.objects.create(code=free_code(wanted), name_en=wanted, name_zh=wanted)
    record.made(job, CHANNEL, [channel.pk])
    return channel
