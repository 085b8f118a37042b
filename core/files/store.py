"""Where files lie: under STORAGE_DIR/attachments, by random names. What a file is called stands in its row alone.

A file is written before its row and removed after it, so that whatever is killed in between leaves a file without a
row, which the sweep of the night removes (core/files/sweep.py), and never a row that promises what isn't there.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from core import clock
from core.files.checks import FileRefusedError, kind_found
from core.files.kinds import KINDS, FileKind
from core.files.names import checked_name
from core.files.pictures import Picture, made_anew
from core.memo import Memo
from core.models import FileSpace, StoredFile

FOLDER, PART, SMALL = "attachments", ".part", ".small"
MEGABYTE = 1024 * 1024
MOST_WAITING = 60  # files of one person that no form has taken yet


def folder() -> Path:
    """The folder, made when it is missing; only this user may read it."""
    path = Path(settings.STORAGE_DIR) / FOLDER
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def path_of(file: StoredFile) -> Path:
    """Where the file lies."""
    return place_of(file.token)


def small_path_of(file: StoredFile) -> Path:
    """Where the small one of a picture lies."""
    return place_of(file.token).with_suffix(SMALL)


def place_of(token: str) -> Path:
    """By the token, in one of 256 folders."""
    return folder() / token[:2] / token


def space() -> FileSpace:
    """How much there may be, and is."""
    row, _made = FileSpace.objects.get_or_create(pk=1)
    return row


# What forms say of it; what comes in is measured by what the row says at that moment.
largest_mb = Memo(lambda: space().largest_mb, seconds=10)


def keep(*, chunks: Iterable[bytes], name: str, by: Any) -> StoredFile:
    """Check what comes in, and store it for a form of this person to take.

    ValidationError names the file and says what to do. OSError when the disk is full.
    """
    name, limit = checked_name(name), space()
    _check_waiting(by)
    path = place_of(secrets.token_hex(16))
    path.parent.mkdir(exist_ok=True, mode=0o700)
    try:
        _write(path.with_suffix(PART), _up_to(chunks, limit.largest, name))
        kind = kind_found(path.with_suffix(PART), name)
        picture = _made_anew(path, kind, name) if kind.picture else None
        path.with_suffix(PART).rename(path)
        return _row(path, name, kind, picture, by)
    except BaseException:
        remove(path.name)
        raise


def _check_waiting(by: Any) -> None:
    if StoredFile.objects.filter(by=by, taken_at=None).count() >= MOST_WAITING:
        raise ValidationError(_("Too many files of yours wait for their form. Save or remove some first."))


def _up_to(chunks: Iterable[bytes], most: int, name: str) -> Iterable[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > most:
            text = _("%(name)s is larger than %(most)s MB. Make it smaller, or split it.")
            raise ValidationError(text % {"name": name, "most": most // MEGABYTE}, code="large")
        yield chunk
    if not size:
        raise FileRefusedError("empty", name)


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    """On the disk when this returns, whatever happens to the machine then."""
    with path.open("wb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


def _made_anew(path: Path, kind: FileKind, name: str) -> Picture:
    picture = made_anew(path.with_suffix(PART), kind.code, name)
    _write(path.with_suffix(PART), [picture.data])
    _write(path.with_suffix(SMALL), [picture.small])
    return picture


@transaction.atomic
def _row(path: Path, name: str, kind: FileKind, picture: Picture | None, by: Any) -> StoredFile:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    size = path.stat().st_size + (len(picture.small) if picture else 0)
    _reserve(size, name)
    _check_waiting(by)  # again, as uploads of one person come side by side: from here on they wait for one another
    return StoredFile.objects.create(
        token=path.name,
        name=name,
        kind=kind.code,
        size=size,
        sha256=digest,
        width=picture.width if picture else None,
        height=picture.height if picture else None,
        by=by,
    )


def _reserve(size: int, name: str) -> None:
    """Count it, in one statement with the question whether there is room: two uploads can't both take the last."""
    room = FileSpace.objects.filter(pk=1, used__lte=F("quota_mb") * MEGABYTE - size)
    if not room.update(used=F("used") + size):
        text = _("%(name)s: the company's room for files is used up. Ask an administrator to make room or allow more.")
        raise ValidationError(text % {"name": name}, code="quota")


def waiting(tokens: Sequence[str], by: Any) -> list[StoredFile]:
    """Files of this person that wait for a form, in the order of the tokens; what isn't there is left out."""
    if not tokens:
        return []
    # unscoped: tokens can't be guessed, and count for who has brought the file alone
    found = {file.token: file for file in StoredFile.objects.filter(token__in=tokens, by=by, taken_at=None)}
    return [found[token] for token in dict.fromkeys(tokens) if token in found]


def take(files: Sequence[StoredFile], *, by: Any) -> None:
    """A row holds them from now on, in the transaction that makes it; ValidationError when another one was faster."""
    free = StoredFile.objects.filter(pk__in=[file.pk for file in files], by=by, taken_at=None)
    if free.update(taken_at=clock.now()) != len(files):
        raise ValidationError(_("A file was saved with another entry already, or removed. Choose it again."))


def drop(ids: Iterable[int]) -> int:
    """Remove files for good, with the transaction; those that a row still holds stay. How many went."""
    with transaction.atomic():
        rows = list(StoredFile.objects.select_for_update().filter(pk__in=list(ids)))
        free = [row for row in rows if not is_held(row)]
        StoredFile.objects.filter(pk__in=[row.pk for row in free]).delete()
        FileSpace.objects.filter(pk=1).update(used=F("used") - sum(row.size for row in free))
        for row in free:
            transaction.on_commit(partial(remove, row.token))
        return len(free)


def is_held(file: StoredFile) -> bool:
    """Whether a row of some app holds it."""
    return any(holder._base_manager.filter(**{name: file.pk}).exists() for holder, name in holders())


def holders() -> list[tuple[Any, str]]:
    """The models that hold files, and the name of the field."""
    related = [one for one in StoredFile._meta.related_objects if not one.hidden]
    return [(one.related_model, one.field.name) for one in related]


def remove(token: str) -> None:
    """Off the disk, with its small one and what was half written."""
    for suffix in ("", SMALL, PART):
        with contextlib.suppress(FileNotFoundError):
            place_of(token).with_suffix(suffix).unlink()


@transaction.atomic
def count_again() -> int:
    """Set how much there is to what the rows say; uploads wait meanwhile. Returns it in bytes."""
    FileSpace.objects.select_for_update().get_or_create(pk=1)
    used = StoredFile.objects.aggregate(n=Sum("size"))["n"] or 0
    FileSpace.objects.filter(pk=1).update(used=used)
    return used


def kind_of(file: StoredFile) -> FileKind:
    """Of a stored file."""
    return KINDS[file.kind]
