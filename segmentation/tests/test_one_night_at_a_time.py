"""Several processes may ask for the night at once; one works, the others wait, one run is published."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.db import connection

from core.jobs import NIGHT_LOCK, ensure_nightly
from core.locks import only_one
from segmentation import night
from segmentation.models import ScoreRun
from segmentation.tests import worlds
from workbench.defaults import ensure_defaults

DAY = date(2026, 5, 31)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company() -> worlds.World:
    ensure_defaults()
    world = worlds.random_world(4, customers=130)
    worlds.store(world)
    return world


def in_parallel(count: int) -> tuple[list[BaseException], list[dict[str, Any]]]:
    """Rescore in `count` threads with a connection each."""
    errors: list[BaseException] = []
    results: list[dict[str, Any]] = []

    def work() -> None:
        try:
            results.append(night.rescore(DAY))
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors, results


class Together:
    """Counts how many runs are inside `score` at the same time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.most, self.gate = 0, 0, threading.Lock()
        real = night.score

        def counted(*args: Any, **kwargs: Any) -> dict[str, Any]:
            self._enter()
            try:
                time.sleep(0.3)
                return real(*args, **kwargs)
            finally:
                self._leave()

        monkeypatch.setattr(night, "score", counted)

    def _enter(self) -> None:
        with self.gate:
            self.now += 1
            self.most = max(self.most, self.now)

    def _leave(self) -> None:
        with self.gate:
            self.now -= 1


def test_five_at_once_publish_one_run(company: worlds.World, monkeypatch: pytest.MonkeyPatch) -> None:
    together = Together(monkeypatch)
    errors, results = in_parallel(5)
    assert errors == []
    assert together.most == 1
    assert ScoreRun.objects.filter(as_of=DAY).count() == 1
    assert sorted(row["changed"] > 0 for row in results) == [False] * 4 + [True]


def test_twin_without_the_lock_they_would_work_at_the_same_time(
    company: worlds.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def nobody_waits(*args: Any, **kwargs: Any) -> Iterator[bool]:
        yield True

    monkeypatch.setattr(night, "only_one", nobody_waits)
    together = Together(monkeypatch)
    in_parallel(3)
    assert together.most > 1


def test_a_worker_leaves_at_once_while_another_works(company: worlds.World) -> None:
    with only_one(NIGHT_LOCK) as mine:
        assert mine
        assert ensure_nightly([night.NIGHTLY]) == 0
    assert not ScoreRun.objects.exists()
    assert ensure_nightly([night.NIGHTLY]) == 7
