"""Files at customers and at what happened with them: added, changed, into the recycle bin and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import clock
from core.contributions import registry
from core.files import store
from core.models import StoredFile
from core.versions import save_version
from customers.models import Attachment, Customer

CHANGEABLE = frozenset({"what", "seen"})


class FileGoneError(Exception):
    """The file was removed for good meanwhile."""

    def __str__(self) -> str:
        return _("This file was removed for good meanwhile.")


@transaction.atomic
def attach(
    *, files: Sequence[StoredFile], on: str, on_id: int, customer: Customer, by: User, what: str = "", seen: str = ""
) -> list[Attachment]:
    """Hang files that wait for it on a row (`on`: the code of a FileHolder). Without `what` a picture is a photo."""
    if on not in registry().file_holders:
        raise ValueError(on)
    store.take(files, by=by)
    made = []
    for file in files:
        usual = Attachment.What.PHOTO if store.kind_of(file).picture else Attachment.What.OTHER
        attachment = Attachment.all_objects.create(
            file=file,
            customer=customer,
            on=on,
            on_id=on_id,
            what=what or usual,
            seen=seen or Attachment.Seen.ALL,
            created_by=by,
            updated_by=by,
        )
        audit.record("attachment.add", by=by, on=attachment, customer=customer.pk, attached_to=on, seen=attachment.seen)
        made.append(attachment)
    return made


@transaction.atomic
def attachment_change(*, attachment: Attachment, changes: Mapping[str, Any], version: int, by: User) -> None:
    """Say what it is or who may see it, over `version`; StaleVersionError when somebody was faster."""
    unknown = changes.keys() - CHANGEABLE
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")
    before = attachment.seen
    save_version(attachment, changes, version=version, by=by)
    moved = {"seen": [before, changes["seen"]]} if "seen" in changes else {}
    audit.record(
        "attachment.change", by=by, on=attachment, customer=attachment.customer_id, fields=sorted(changes), **moved
    )


@transaction.atomic
def attachment_delete(*, attachment: Attachment, by: User) -> None:
    """Into the recycle bin; the night removes it for good after some months."""
    if _mark([attachment.pk], binned=False, deleted_at=clock.now(), deleted_by=by):
        audit.record("attachment.delete", by=by, on=attachment, customer=attachment.customer_id)


@transaction.atomic
def attachment_restore(*, attachment: Attachment, by: User) -> None:
    """Out of the recycle bin."""
    if _mark([attachment.pk], binned=True, deleted_at=None, deleted_by=None):
        audit.record("attachment.restore", by=by, on=attachment, customer=attachment.customer_id)
    elif not Attachment.all_objects.filter(pk=attachment.pk).exists():
        raise FileGoneError


def files_go_with(on: str, on_id: int, *, by: User) -> None:
    """The row was taken back: its files go into the bin, in the same transaction."""
    ids = Attachment.all_objects.filter(on=on, on_id=on_id, deleted_at=None).values_list("pk", flat=True)
    _mark(list(ids), binned=False, deleted_at=clock.now(), deleted_by=by)


def _mark(ids: Sequence[int], *, binned: bool, **values: Any) -> int:
    rows = Attachment.all_objects.filter(pk__in=ids, deleted_at__isnull=not binned)
    return rows.update(**values, version=F("version") + 1, updated_at=clock.now())


def note_opening(*, attachment: Attachment, by: User) -> None:
    """For the record: a file that isn't meant for everybody, or whose customer is read masked, was opened."""
    audit.record("attachment.open", by=by, on=attachment, customer=attachment.customer_id, seen=attachment.seen)
