"""Readers see the run published before until everything of the new one is there; a failing run leaves the old one."""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection

from core.jobs import ensure_nightly
from core.models import JobRun
from customers.models import CustomerFacts
from segmentation import night, nightsql, selectors
from segmentation.models import ScoreRun
from segmentation.tests import worlds
from workbench.defaults import ensure_defaults

OLD, NEW = date(2026, 4, 30), date(2026, 5, 31)


def at_step(monkeypatch: pytest.MonkeyPatch, step: str, act: Callable[[], None]) -> None:
    """Do something when the night reaches a step."""

    def stopping(cursor: Any, name: str, **params: Any) -> Any:
        if name == step:
            act()
        return nightsql.run_sql(cursor, name, **params)

    monkeypatch.setattr(night, "run_sql", stopping)


def fail() -> None:
    raise RuntimeError("the power went")


@pytest.mark.parametrize("step", ["days", "intervals", "sums", "cases", "facts"])
def test_a_failing_run_leaves_the_published_one(defaults: None, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    worlds.store(worlds.random_world(2))
    night.rescore(OLD)
    before = worlds.stored(OLD), set(CustomerFacts.objects.values_list("customer", *nightsql.NIGHTS_FACTS))
    at_step(monkeypatch, step, fail)
    with pytest.raises(RuntimeError):
        night.rescore(NEW)
    assert selectors.latest_run().as_of == OLD
    assert not ScoreRun.objects.filter(as_of=NEW).exists()
    assert (worlds.stored(OLD), set(CustomerFacts.objects.values_list("customer", *nightsql.NIGHTS_FACTS))) == before


@pytest.mark.django_db(transaction=True)
def test_others_read_the_old_run_until_the_new_one_is_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    ensure_defaults()
    worlds.store(worlds.random_world(2, customers=130))
    night.rescore(OLD)
    seen: list[tuple[date, int]] = []

    def look() -> None:
        other = threading.Thread(target=_read, args=(seen,))
        other.start()
        other.join()

    at_step(monkeypatch, "facts", look)
    night.rescore(NEW)
    assert [run for run, _facts in seen] == [OLD]
    assert selectors.latest_run().as_of == NEW


def _read(seen: list[tuple[date, int]]) -> None:
    try:
        run = selectors.latest_run()
        seen.append((run.as_of, CustomerFacts.objects.exclude(warning="none").count()))
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_the_worker_notes_a_failure_and_publishes_at_the_next_try(monkeypatch: pytest.MonkeyPatch) -> None:
    ensure_defaults()
    worlds.store(worlds.random_world(2, customers=30))
    with monkeypatch.context() as broken:
        at_step(broken, "intervals", fail)
        assert ensure_nightly([night.NIGHTLY]) == 0
    failed = JobRun.objects.get(state=JobRun.State.FAILED)
    assert "the power went" in failed.error
    JobRun.objects.update(next_try_at=failed.created_at)
    assert ensure_nightly([night.NIGHTLY]) == 7
    assert not JobRun.objects.filter(published_at=None).exists()
