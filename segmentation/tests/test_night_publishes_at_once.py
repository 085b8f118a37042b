"""Readers see the run published before until everything of the new one is there; a failing run leaves the old one."""

import re
import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from core.jobs import ensure_nightly
from core.models import JobRun
from customers.models import CustomerFacts
from segmentation import night, nightsql, selectors
from segmentation.models import ScoreRun
from segmentation.tests import life, worlds
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


@pytest.mark.parametrize("step", ["days", "intervals", "sums", "cases"])
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

    at_step(monkeypatch, "cases", look)
    night.rescore(NEW)
    assert [run for run, _facts in seen] == [OLD]
    assert selectors.latest_run().as_of == NEW


@pytest.mark.parametrize("step", ["differ", "hold", "facts", "finish"])
def test_a_run_whose_facts_broke_off_writes_the_rest_at_the_next_try(
    defaults: None, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """It is published, and what the lists read follows: the same rows as without the break, and the same counts."""
    worlds.store(worlds.random_world(2, customers=130))
    night.rescore(OLD)
    with transaction.atomic():
        counts = night.rescore(NEW)
        wanted = life.written()
        transaction.set_rollback(True)
    monkeypatch.setattr(night, "PART", 20)
    with monkeypatch.context() as broken:
        at_step(broken, step, fail)
        with pytest.raises(RuntimeError):
            night.rescore(NEW)
    assert selectors.latest_run().as_of == NEW
    again = night.rescore(NEW)
    assert without_times(life.written()) == without_times(wanted)
    assert again["changed"] == counts["changed"]


def without_times(found: dict[str, list[str]]) -> dict[str, list[str]]:
    """But for when cases were opened and runs published."""
    moment = re.compile(r'"(opened_at|closed_at|at|created_at|updated_at)": "[^"]*"')
    return {name: sorted(moment.sub("", row) for row in rows) for name, rows in found.items()}


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
