"""A quiet night computes nobody; one after something was written, by whatever door, that customer; one after something
that holds for all, everybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.models import Sum

from accounts.models import User
from core import clock, company
from core.models import Company
from customers.models import Customer, Industry
from sales.models import Product
from segmentation import night, subjects
from segmentation.models import (
    ChurnCase,
    RuleSet,
    RunSum,
    ScoreLook,
    ScoreRun,
    ScoringSettings,
    SumShare,
    Tier,
    TierOverride,
    ToRate,
)
from segmentation.tests import worlds
from segmentation.tiers import Definition, Rule, as_stored, box
from segmentation.withdraw import runs_withdraw

DAY = date(2026, 4, 10)


def pass_to(travel: Any, days: int) -> None:
    travel.move_to(f"{DAY + timedelta(days=1 + days)}T01:00Z")


@pytest.fixture
def travel(cast: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A company that was scored once; none of its orders is dated ahead."""
    monkeypatch.setattr(subjects, "MANY", 1)
    with time_machine.travel(f"{DAY + timedelta(days=1)}T01:00Z", tick=False) as traveller:
        worlds.store(worlds.random_world(6, customers=200, days=820))
        night.rescore()
        yield traveller


def statement(text: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def test_a_quiet_night_computes_nobody(travel: Any) -> None:
    counts = night.rescore()
    assert counts["looked_at"] == 0
    assert counts["customers"] > 180


SINCE = {"opened_on": DAY, "level_since": DAY}
WRITTEN: dict[str, Callable[[int], object]] = {
    "order": lambda pk: worlds.store_deal(worlds.Deal(Customer.objects.get(pk=pk).number, DAY, 500)),
    "order changed": lambda pk: statement("UPDATE sales_order SET amount = amount WHERE customer_id = %s", pk),
    "file": lambda pk: statement("UPDATE customers_customer SET kind = 'company' WHERE id = %s", pk),
    "contact": lambda pk: statement(
        "INSERT INTO customers_interaction (customer_id, kind, direction, automatic, occurred_at, received_at, result,"
        " mood, summary, needs_found, objection, change_found, participants, place, late, late_reason, created_at,"
        " updated_at, version) VALUES (%s, 'call', 'out', FALSE, now(), now(), 'reached', '', '', '', '', '', '', '',"
        " FALSE, '', now(), now(), 1)",
        pk,
    ),
    "answer": lambda pk: statement("UPDATE customers_customerfacts SET last_csat = 2 WHERE customer_id = %s", pk),
    "tier by hand": lambda pk: TierOverride.objects.create(
        customer_id=pk, tier_scheme="b2c", tier="A", reason="x", expires_on=DAY + timedelta(days=9)
    ),
    "warning": lambda pk: ChurnCase.objects.create(customer_id=pk, level="red", **SINCE),
}


@pytest.mark.parametrize("door", WRITTEN)
def test_whoever_was_written_of_is_computed_and_nobody_else(travel: Any, door: str) -> None:
    customer = Customer.objects.filter(orders__isnull=False).order_by("pk").first()
    assert not ToRate.objects.exists()
    WRITTEN[door](customer.pk)
    assert set(ToRate.objects.values_list("customer_id", flat=True)) == {customer.pk}
    assert night.rescore()["looked_at"] == 1
    assert not ToRate.objects.exists()


def test_what_the_night_writes_itself_and_what_no_score_reads_is_not_noted(travel: Any) -> None:
    statement("UPDATE customers_customerfacts SET next_follow_up_on = %s, unanswered = 2", DAY)
    pass_to(travel, 1)
    counts = night.rescore()
    assert counts["changed"] > 0
    assert not ToRate.objects.exists()


def test_what_is_noted_while_the_night_is_at_work_is_left_to_the_next(travel: Any, monkeypatch: Any) -> None:
    customer, real = Customer.objects.order_by("pk").first(), night.run_sql

    def meanwhile(cursor: Any, name: str, **params: Any) -> Any:
        if name == "cases":
            WRITTEN["answer"](customer.pk)
        return real(cursor, name, **params)

    with monkeypatch.context() as patch:
        patch.setattr(night, "run_sql", meanwhile)
        night.rescore()
    assert night.rescore()["looked_at"] == 1


def _in_zone() -> None:
    Company.objects.filter(pk=1).update(time_zone="Asia/Tokyo")
    company.forget()


def _settings(**values: Any) -> None:
    ScoringSettings.objects.update_or_create(pk=1, defaults=values)


FOR_ALL: dict[str, Callable[[], object]] = {
    "limits": lambda: _settings(yellow_p=0.6),
    "openers": lambda: _settings(openers=["COMPLAINT"]),
    "window": lambda: _settings(window_days=300),
    "cut-points by hand": lambda: _settings(manual_cuts=True),
    "tier rules": lambda: RuleSet.objects.create(
        scheme="b2c",
        number=9,
        tiers=["A", "C"],
        definition=as_stored(Definition(("A", "C"), (box("A", m=(4, 5)), Rule("C")))),
        effective_on=DAY,
    ),
    "rank": lambda: Tier.objects.filter(code="D").update(rank=7),
    "fee": lambda: Product.objects.create(sku="P", name="P", flag="fee"),
    "points of an industry": lambda: Industry.objects.create(code="ice", name_en="Ice", name_zh="冰", points=4),
    "time zone": _in_zone,
    "no look": lambda: ScoreLook.objects.all().delete(),
    "runs taken back": lambda: runs_withdraw(DAY - timedelta(days=1)),
}


@pytest.mark.parametrize("change", FOR_ALL)
def test_what_holds_for_all_makes_it_compute_everybody(travel: Any, change: str) -> None:
    FOR_ALL[change]()
    counts = night.rescore()
    assert counts["looked_at"] == counts["customers"]
    assert night.rescore()["looked_at"] == 0, "once"


def sums() -> tuple[int, int]:
    """Customers and what they brought, as the last run's sums have them."""
    run = ScoreRun.objects.order_by("-as_of").first()
    return tuple(RunSum.objects.filter(run=run).aggregate(n=Sum("customers"), net=Sum("revenue")).values())


def test_who_goes_leaves_the_sums_of_a_night_of_few(travel: Any) -> None:
    """To the bin, or for good, which leaves no row that could be asked."""
    binned, gone = Customer.objects.filter(orders=None).order_by("pk")[:2]
    customers, revenue = sums()
    Customer.objects.filter(pk=binned.pk).update(deleted_at=clock.now())
    gone.delete()
    assert night.rescore()["looked_at"] == 0
    assert sums() == (customers - 2, revenue)
    Customer.all_objects.filter(pk=binned.pk).update(deleted_at=None)
    assert night.rescore()["looked_at"] == 1
    assert sums() == (customers - 1, revenue)


def test_without_the_note_of_the_server_the_sums_would_keep_who_is_gone(travel: Any) -> None:
    before = sums()
    statement("DROP TRIGGER scores_note_gone ON customers_customer")
    Customer.objects.filter(orders=None).order_by("pk").first().delete()
    night.rescore()
    assert sums() == before
    assert SumShare.objects.count() == Customer.objects.count() + 1


def test_whoever_is_counted_stands_as_the_sums_say(travel: Any) -> None:
    """Another owner and another month: what is kept of each customer adds up to the sums, without a look at others."""
    customer, owner = Customer.objects.order_by("pk").first(), User.objects.order_by("pk").first()
    Customer.objects.filter(pk=customer.pk).update(owner=owner)
    pass_to(travel, 20)
    counts = night.rescore(full=True)
    pass_to(travel, 21)
    assert night.rescore()["looked_at"] < counts["customers"]
    share = SumShare.objects.get(pk=customer.pk)
    assert share.owner_id == owner.pk
    assert SumShare.objects.count() == sums()[0] == Customer.objects.count()
    assert not SumShare.objects.exclude(month_revenue=0).exists(), "nothing was sold since the month began"


def test_how_many_warnings_are_shown_is_nothing_to_it(travel: Any) -> None:
    _settings(warnings_shown=3)
    assert night.rescore()["looked_at"] == 0


def test_everybody_once_a_week_and_when_asked_for(travel: Any) -> None:
    looked = []
    for day in range(1, 9):
        pass_to(travel, day)
        counts = night.rescore()
        looked.append(counts["looked_at"] == counts["customers"])
    assert looked == [False] * 6 + [True, False]
    assert night.rescore(full=True)["looked_at"] == counts["customers"]


def test_a_run_about_the_past_computes_everybody_and_leaves_the_notes(travel: Any) -> None:
    WRITTEN["answer"](Customer.objects.order_by("pk").first().pk)
    counts = night.rescore(clock.month_end(DAY - timedelta(days=60)))
    assert counts["history_only"]
    assert counts["looked_at"] == counts["customers"]
    assert night.rescore()["looked_at"] == 1
