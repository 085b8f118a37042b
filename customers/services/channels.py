"""The channels of a company: named, ordered, retired, and merged where two mean the same.

They are few, so whoever changes one locks them all: no two people can take one name or retire the last one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zlib import crc32

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Func, JSONField, Value
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core.versions import StaleVersionError
from customers.identity import name_key, tidy
from customers.models import Channel, Customer
from intake.models import ImportedRow

NAMES = ("name_en", "name_zh")
CHANNEL_ACTS = (
    *("channel.create", "channel.change", "channel.move", "channel.retire", "channel.restore", "channel.merge"),
)


class NotOpenError(ValidationError):
    """A channel that was merged meanwhile: it is only a name of the other one by now."""


@transaction.atomic
def channel_add(*, name_en: str, name_zh: str, by: User) -> Channel:
    """A new channel at the end of the lists."""
    _locked()
    names = {"name_en": tidy(name_en), "name_zh": tidy(name_zh)}
    _keep_names_apart(names)
    channel = Channel.objects.create(code=free_code(names["name_en"]), **names)
    audit.record("channel.create", by=by, on=channel)
    return channel


def free_code(name: str) -> str:
    """The name in Latin letters; names that would become equal (天猫APP, 京东APP) get a checksum of the whole name."""
    figure = f"{crc32(name_key(name).encode()):08x}"
    latin = slugify(name)[:31]
    plain = latin if latin and slugify(name, allow_unicode=True) == latin else ""
    codes = [code for code in (plain, f"{latin or 'channel'}-{figure}") if code]
    codes += [f"{codes[-1][:36]}-{n}" for n in range(2, 100)]
    taken = set(Channel.objects.filter(code__in=codes).values_list("code", flat=True))
    return next(code for code in codes if code not in taken)


@transaction.atomic
def channel_rename(*, row: Channel, changes: Mapping[str, Any], by: User) -> None:
    """Written over the names that `row` was read with: StaleVersionError when somebody was faster."""
    stored = _open(row)
    new = {name: tidy(changes[name]) for name in NAMES if name in changes}
    new = {name: value for name, value in new.items() if value != getattr(row, name)}
    before = {name: getattr(row, name) for name in new}
    if not new:
        return
    if any(getattr(stored, name) != before[name] for name in new):
        raise StaleVersionError(stored)
    _keep_names_apart(new, stored)
    Channel.objects.filter(pk=row.pk).update(**new)
    audit.record("channel.change", by=by, on=row, **{name: [before[name], new[name]] for name in new})


def _keep_names_apart(names: Mapping[str, str], channel: Channel | None = None) -> None:
    """A file finds a channel by its name in either language, so no other may be called alike."""
    others = Channel.objects.select_related("merged_into")
    if channel is not None:
        others = others.exclude(pk=channel.pk).exclude(merged_into=channel)
    taken = {name_key(name): other for other in others for name in (other.name_en, other.name_zh)}
    errors = {}
    for field, name in names.items():
        other = taken.get(name_key(name))
        if other is not None and other.merged_into is not None:
            words = _("“%(name)s” was merged into “%(other)s”: files that say so mean that one. Choose another name.")
            errors[field] = words % {"name": name, "other": other.merged_into.name}
        elif other is not None:
            words = _("There is a channel “%(name)s” already. Choose another name, or merge the two.")
            errors[field] = words % {"name": name}
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def channel_move(*, channel: Channel, by: User, above: int | None = None, below: int | None = None) -> None:
    """Put it directly above or below another one; twice does no harm."""
    order = [row.pk for row in _locked() if row.is_active]
    beside = above or below
    if channel.pk not in order or beside not in order or beside == channel.pk:
        raise ValidationError(_("The list of channels was changed in the meantime. Nothing was moved; look again."))
    wanted = [pk for pk in order if pk != channel.pk]
    wanted.insert(wanted.index(beside) + (0 if above else 1), channel.pk)
    if wanted == order:
        return
    for place, pk in enumerate(wanted, start=1):
        Channel.objects.filter(pk=pk).update(position=place)
    audit.record("channel.move", by=by, on=channel, **({"moved_above": above} if above else {"moved_below": below}))


@transaction.atomic
def channel_retire(*, channel: Channel, by: User) -> None:
    """Forms don't offer it any more; customers and orders that have it keep it."""
    if not _open(channel).is_active:
        return
    if not Channel.objects.filter(is_active=True).exclude(pk=channel.pk).exists():
        raise ValidationError(_("This is the last channel in use: every new customer needs one. Add another first."))
    Channel.objects.filter(pk=channel.pk).update(is_active=False)
    audit.record("channel.retire", by=by, on=channel)


@transaction.atomic
def channel_restore(*, channel: Channel, by: User) -> None:
    """Offer it again, at the end."""
    if _open(channel).is_active:
        return
    Channel.objects.filter(pk=channel.pk).update(is_active=True, position=Channel.LAST)
    audit.record("channel.restore", by=by, on=channel)


@transaction.atomic
def channel_merge(*, channel: Channel, into: Channel, by: User) -> int:
    """Everything that has the one has the other from now on; returns how many customers got it.

    Rows of every app that point to it follow; before-images in the history stay what they were. Its names stay as
    names of the other. What an import may put back of customers and orders follows too.
    """
    stored, target = _open(channel), _open(into)
    if stored == target or not target.is_active:
        raise ValidationError({"into": _("Choose another channel that is in use.")})
    moved = 0
    for relation in Channel._meta.get_fields(include_hidden=True):
        field: Any = getattr(relation, "field", None)
        if not relation.auto_created or field is None or not getattr(field, "db_constraint", False):
            continue
        count = field.model._base_manager.filter(**{field.name: stored}).update(**{field.name: target})
        moved += count if field.model is Customer else 0
    ImportedRow.objects.filter(before__channel_id=stored.pk).update(
        before=Func(
            F("before"),
            Value("{channel_id}"),
            Value(target.pk, output_field=JSONField()),
            function="jsonb_set",
            output_field=JSONField(),
        )
    )
    Channel.objects.filter(pk=stored.pk).update(is_active=False, merged_into=target)
    audit.record("channel.merge", by=by, on=stored, into_channel=target.pk, customers_changed=moved)
    return moved


def _locked() -> list[Channel]:
    return list(Channel.objects.select_for_update().order_by("position", "pk"))


def _open(channel: Channel) -> Channel:
    """As it is stored, with all others locked."""
    found = {row.pk: row for row in _locked()}.get(channel.pk)
    if found is None or found.merged_into_id is not None:
        raise NotOpenError(_("This channel was merged or removed in the meantime. Nothing was changed."))
    return found
