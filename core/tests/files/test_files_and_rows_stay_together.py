"""Whatever is killed in between: the night leaves no file without a row, and no row that promises what isn't there."""

import os
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from core import clock
from core.files import store, sweep
from core.models import FileSpace, StoredFile
from core.tests.files import samples
from tests.races import at_once

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.STORAGE_DIR = str(tmp_path)


def keep(name: str = "a.pdf", content: bytes = samples.PDF, by: Any = None) -> StoredFile:
    return store.keep(chunks=[content], name=name, by=by)


def swept() -> dict[str, int]:
    return list(sweep.sweep_files(DAY))[-1]


def age(path: Path) -> None:
    old = time.time() - timedelta(hours=7).total_seconds()
    os.utime(path, (old, old))


def test_killed_before_its_row_a_file_goes_with_the_night(monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def killed(*_args: Any) -> None:
        raise Killed

    monkeypatch.setattr(store, "_row", killed)
    monkeypatch.setattr(store, "remove", lambda token: None)  # nobody tidies up after a kill
    with pytest.raises(Killed):
        keep()
    (stray,) = [path for path in store.folder().rglob("*") if path.is_file()]
    assert swept()["strays"] == 0  # it may be on its way
    age(stray)
    assert swept()["strays"] == 1
    assert not stray.exists()


def test_rolled_back_with_its_form_nothing_is_counted() -> None:
    with transaction.atomic():
        file = keep()
        transaction.set_rollback(True)
    assert store.space().used == 0
    age(store.path_of(file))
    assert swept()["strays"] == 1


def test_a_file_that_no_form_has_taken_goes_after_two_weeks() -> None:
    old, young = keep(), keep()
    StoredFile.objects.filter(pk=old.pk).update(created_at=clock.now() - timedelta(days=15))
    assert swept()["removed"] == 1
    assert list(StoredFile.objects.all()) == [young]


@pytest.mark.django_db(transaction=True)
def test_a_file_whose_row_was_removed_for_good_goes_from_the_disk() -> None:
    file = keep()
    store.take([file], by=None)
    StoredFile.objects.update(taken_at=clock.now() - timedelta(days=1))
    assert swept()["removed"] == 1
    assert not store.path_of(file).exists()
    assert store.space().used == 0


def test_a_row_whose_file_is_gone_is_marked_and_found_again() -> None:
    file = keep()
    place = store.path_of(file)
    place.rename(place.with_suffix(".away"))
    assert swept()["lost"] == 1
    place.with_suffix(".away").rename(place)
    assert swept()["lost"] == 0


def test_uploads_side_by_side_dont_pass_the_most_that_may_wait(monkeypatch: pytest.MonkeyPatch, cast: Any) -> None:
    """Another one is kept while the first is being looked at: both were told that there was room for one."""
    monkeypatch.setattr(store, "MOST_WAITING", 1)
    looked_at = store.kind_found

    def meanwhile(path: Path, name: str) -> Any:
        if name == "first.pdf":
            keep("second.pdf", by=cast.wang)
        return looked_at(path, name)

    monkeypatch.setattr(store, "kind_found", meanwhile)
    with pytest.raises(ValidationError, match="Too many files"):
        keep("first.pdf", by=cast.wang)
    assert StoredFile.objects.get().name == "second.pdf"
    assert store.space().used == StoredFile.objects.get().size
    assert len([path for path in store.folder().rglob("*") if path.is_file()]) == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_no_more_wait_than_may(monkeypatch: pytest.MonkeyPatch, cast: Any) -> None:
    monkeypatch.setattr(store, "MOST_WAITING", 3)

    def one(_turn: int) -> bool:
        try:
            keep(by=cast.wang)
        except ValidationError:
            return False
        return True

    assert sum(at_once(one, 8)) == 3
    assert StoredFile.objects.count() == 3


def test_what_is_counted_wrongly_is_right_again_after_the_night() -> None:
    file = keep()
    FileSpace.objects.update(used=5)
    swept()
    assert store.space().used == file.size


def test_a_file_is_taken_once_and_by_who_brought_it(cast: Any) -> None:
    file = keep(by=cast.wang)
    with pytest.raises(ValidationError):
        store.take([file], by=cast.li)
    assert store.waiting([file.token], cast.li) == []
    store.take([file], by=cast.wang)
    with pytest.raises(ValidationError):
        store.take([file], by=cast.wang)


@pytest.mark.django_db(transaction=True)
def test_two_uploads_never_take_the_last_room_twice() -> None:
    FileSpace.objects.update(quota_mb=1)
    content = b"%PDF-1.7\n" + bytes(600_000) + b"\n%%EOF"

    def upload(turn: int) -> bool:
        try:
            keep(f"{turn}.pdf", content)
        except ValidationError:
            return False
        return True

    assert sorted(at_once(upload, 4)) == [False, False, False, True]
    assert store.space().used <= 1024 * 1024


@pytest.mark.django_db(transaction=True)
def test_a_count_before_the_act_lets_two_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin of the race above: without the one statement that asks and counts, it shows."""
    FileSpace.objects.update(quota_mb=1)
    content = b"%PDF-1.7\n" + bytes(600_000) + b"\n%%EOF"

    def asked_first(size: int, name: str) -> None:
        used = FileSpace.objects.get().used
        time.sleep(0.3)
        if used + size > 1024 * 1024:
            raise ValidationError(name)
        FileSpace.objects.update(used=used + size)

    monkeypatch.setattr(store, "_reserve", asked_first)
    at_once(lambda turn: keep(f"{turn}.pdf", content), 2)
    assert StoredFile.objects.count() == 2
