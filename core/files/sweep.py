"""Sweeping files: what no row holds goes from the disk; rows whose file is gone are marked, so that pages say so."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from django.db.models import Exists, OuterRef, Q, QuerySet

from core import clock
from core.files import store
from core.models import StoredFile

WAITS_FOR = timedelta(days=14)  # a file that was chosen in a form that nobody has sent
SETTLES_IN = timedelta(hours=6)  # what is younger may be on its way
AT_ONCE = 200


def sweep_files(business_date: date) -> Iterator[dict[str, int]]:
    """The nightly job: `removed` without a row that holds them, `strays` on the disk without a row, `lost` files."""
    counts = {"removed": 0, "strays": 0, "lost": 0}
    while ids := list(_unheld().values_list("pk", flat=True)[:AT_ONCE]):
        removed = store.drop(ids)
        counts["removed"] += removed
        yield counts
        if not removed:
            break
    counts["strays"] = _remove_strays()
    yield counts
    counts["lost"] = _mark_lost()
    store.count_again()
    yield counts


def _unheld() -> QuerySet[StoredFile]:
    """Chosen and never sent; or taken by a row that was removed for good since."""
    now = clock.now()
    held = Q()
    for model, name in store.holders():
        held |= Q(Exists(model._base_manager.filter(**{name: OuterRef("pk")})))
    never_sent = Q(taken_at=None, created_at__lt=now - WAITS_FOR)
    return StoredFile.objects.filter(never_sent | Q(taken_at__lt=now - SETTLES_IN)).exclude(held).order_by("pk")


def _remove_strays() -> int:
    """Files that an upload has left which was killed before its row was written, or a removal before the disk's."""
    old, strays = time.time() - SETTLES_IN.total_seconds(), 0
    for inner in sorted(path for path in store.folder().iterdir() if path.is_dir()):
        aged = [path for path in inner.iterdir() if _written_before(path, old)]
        tokens = {path.name.partition(".")[0] for path in aged}
        known = set(StoredFile.objects.filter(token__in=tokens).values_list("token", flat=True))
        for path in aged:
            if path.name.partition(".")[0] not in known or path.suffix == store.PART:
                path.unlink(missing_ok=True)
                strays += 1
    return strays


def _written_before(path: Path, moment: float) -> bool:
    try:
        return path.stat().st_mtime < moment
    except FileNotFoundError:
        return False


def _mark_lost() -> int:
    """Say of each row whether its file is there: a disk may have been restored without them, or with them again."""
    lost, again, last = [], [], 0
    while rows := list(StoredFile.objects.filter(pk__gt=last).order_by("pk")[:1000]):
        last = rows[-1].pk
        for row in rows:
            there = store.path_of(row).is_file()
            if not there and row.lost_at is None:
                lost.append(row.pk)
            elif there and row.lost_at is not None:
                again.append(row.pk)
    StoredFile.objects.filter(pk__in=lost).update(lost_at=clock.now())
    StoredFile.objects.filter(pk__in=again).update(lost_at=None)
    return StoredFile.objects.filter(lost_at__isnull=False).count()
