"""Channels that files name: each by code or name in either language, and new ones for who may make them."""

from __future__ import annotations

from zlib import crc32

from django.utils.text import slugify

from accounts.models import User
from customers.identity import name_key, tidy
from customers.imports.recorded import CHANNEL
from customers.models import Channel
from intake import record
from intake.models import ImportJob


def may_make_channels(user: User | None) -> bool:
    """Whether unknown channels of a file become new ones."""
    return user is None or user.can("channel.add")


def channels_by_key() -> dict[str, Channel]:
    """All channels by code and by name in both languages, each in its one spelling."""
    rows = list(Channel.objects.order_by("-pk"))
    named = {name_key(name): row for row in rows for name in (row.name_en, row.name_zh) if name}
    return {name_key(row.code): row for row in rows} | named


def channel_ensure(name: str, job: ImportJob) -> Channel:
    """The channel of this code or name in either language, made if it is new: never one of another name."""
    wanted = tidy(name)[:80]
    known = channels_by_key().get(name_key(wanted))
    if known is not None:
        return known
    channel = Channel.objects.create(code=_free_code(wanted), name_en=wanted, name_zh=wanted)
    record.made(job, CHANNEL, [channel.pk])
    return channel


def _free_code(name: str) -> str:
    """The name in Latin letters; names that would become equal (天猫APP, 京东APP) get a checksum of the whole name."""
    figure = f"{crc32(name_key(name).encode()):08x}"
    latin = slugify(name)[:31]
    plain = latin if latin and slugify(name, allow_unicode=True) == latin else ""
    codes = [code for code in (plain, f"{latin or 'channel'}-{figure}") if code]
    codes += [f"{codes[-1][:36]}-{n}" for n in range(2, 100)]
    taken = set(Channel.objects.filter(code__in=codes).values_list("code", flat=True))
    return next(code for code in codes if code not in taken)
