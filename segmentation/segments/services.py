"""Writes of people to segments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import clock
from core.versions import save_version
from segmentation.segments import tree
from segmentation.segments.fields import specs
from segmentation.segments.models import Segment
from segmentation.segments.selectors import readings
from segmentation.segments.words import code_words, why_unusable

FIELDS = ("name", "note", "shared", "tree")


@transaction.atomic
def segment_create(*, name: str, tree: Mapping[str, Any], by: User, note: str = "", shared: bool = False) -> Segment:
    """A new one of one's own; ValidationError by field."""
    values = _checked({"name": name, "note": note, "shared": shared, "tree": tree}, by, None)
    row = Segment.objects.create(owner=by, created_by=by, updated_by=by, **values)
    audit.record("segment.create", by=by, on=row)
    return row


@transaction.atomic
def segment_change(*, segment: Segment, changes: Mapping[str, Any], version: int, by: User) -> None:
    """Written over the version that was read: StaleVersionError over a newer one."""
    wanted = {name: value for name, value in changes.items() if name in FIELDS}
    new = {n: value for n, value in _checked(wanted, by, segment).items() if value != getattr(segment, n)}
    if not new:
        return
    save_version(segment, new, version=version, by=by)
    audit.record("segment.change", by=by, on=segment, fields=sorted(new))


@transaction.atomic
def segment_copy(*, segment: Segment, by: User) -> Segment:
    """The same once more, as one's own that nobody else sees; it may ask for what `by` doesn't see, as the first."""
    name = _free_name(_("%(name)s (copy)") % {"name": segment.name[:60]}, by)
    row = Segment.objects.create(
        owner=by, created_by=by, updated_by=by, name=name, note=segment.note, tree=segment.tree
    )
    audit.record("segment.create", by=by, on=row)
    return row


def segment_share(*, segment: Segment, shared: bool, by: User) -> None:
    """For everybody who may see segments, or for oneself again; twice does no harm."""
    if segment.shared != shared:
        segment_change(segment=segment, changes={"shared": shared}, version=segment.version, by=by)


@transaction.atomic
def segment_retire(*, segment: Segment, retired: bool, by: User) -> None:
    """Not offered any more, or offered again; twice does no harm. ValidationError where the name is taken by now."""
    rows = Segment.objects.filter(pk=segment.pk, retired_at__isnull=retired)
    if not retired and rows.exists():
        _checked({"name": segment.name}, by, segment)  # another may have got its name meanwhile
    if rows.update(retired_at=clock.now() if retired else None, updated_at=clock.now(), updated_by=by):
        audit.record("segment.retire" if retired else "segment.restore", by=by, on=segment)


def _checked(values: dict[str, Any], by: User, stored: Segment | None) -> dict[str, Any]:
    found, errors = dict(values), {}
    owner = stored.owner_id if stored else by.pk
    if "name" in found:
        found["name"] = name = " ".join(str(found["name"]).split())[:80]
        others = Segment.objects.filter(owner=owner, name__iexact=name, retired_at=None)
        if not name:
            errors["name"] = _("Give it a name.")
        elif others.exclude(pk=stored.pk if stored else None).exists():
            errors["name"] = _("There is a segment “%(name)s” already.") % {"name": name}
    if "note" in found:
        found["note"] = " ".join(str(found["note"]).split())[:200]
    if "tree" in found:
        reading = readings(by, [found["tree"]])[0]
        if not reading.usable:
            errors["tree"] = why_unusable(reading, code_words(by, [reading.tree]))
        found["tree"] = tree.stored(tree.read(found["tree"], specs()).tree)
    if errors:
        raise ValidationError(errors)
    return found


def _free_name(name: str, by: User) -> str:
    taken = set(Segment.objects.filter(owner=by.pk).values_list("name", flat=True))
    return next(text for n in range(1, 1000) if (text := name if n == 1 else f"{name} {n}") not in taken)
