"""The night looks at who was written of since the last one, by whatever door, and at those whose day has come; a look
at everybody finds nobody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction

from core.models import WorkDay
from core.workcalendar import forget
from customers.models import Customer, CustomerFacts
from followups import looking, planning
from followups.looking import Look, last_look, remember, turns
from followups.models import FollowUp, PlanLook, Rhythm
from followups.planning import plans_made, plans_make
from followups.services import absence_add, follow_up_complete, follow_up_create, follow_up_reschedule
from followups.tests.conftest import TUESDAY
from followups.tests.test_plans_at_the_same_moment import beside
from followups.tests.walk import BEGINS, Walk
from segmentation.models import ChurnCase

TODAY = date(2026, 11, 24)
pytestmark = pytest.mark.django_db(transaction=True)


def night() -> dict[str, Any]:
    """Plan, and let everybody be compared afterwards: nobody is left."""
    counts = plans_make()
    assert not planning._differing().by_owner, "somebody was left out"
    return counts


def statement(text: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def next_transaction() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        return cursor.fetchone()[0]


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Look]:
    """Whoever else uses this server, other tests, writes into other databases: what they have begun doesn't count here.
    Gives the look that counts them."""
    real = looking.look_now
    monkeypatch.setattr(planning, "look_now", lambda rules: replace(real(rules), seen_below=next_transaction()))
    return real


def days_pass(travel: Any, days: int) -> None:
    travel.move_to(TUESDAY + timedelta(days=days))


@pytest.fixture
def travel():
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def planned(make: Any) -> list[Customer]:
    """Ten customers whose plans two nights have made: of the first one the second has seen the writing."""
    made = [make(f"客户 {n}", last_contact=1 + n) for n in range(10)]
    assert night()["asked"] == 0, "the first night compares everybody"
    assert night()["asked"] == 10
    return made


def test_a_quiet_night_compares_nobody(planned: list[Customer]) -> None:
    counts = night()
    assert (counts["asked"], counts["differing"]) == (0, 0)


SINCE = {"opened_on": TODAY, "level_since": TODAY}
FACTS = "UPDATE customers_customerfacts"
DOORS: dict[str, Callable[[int], None]] = {
    "tier": lambda pk: statement(f"{FACTS} SET tier = 'D', tier_rank = 5 WHERE customer_id = %s", pk),
    "answer": lambda pk: statement(f"{FACTS} SET unanswered = 3 WHERE customer_id = %s", pk),
    "left out": lambda pk: statement(f"{FACTS} SET left_out = TRUE WHERE customer_id = %s", pk),
    "stage": lambda pk: statement("UPDATE customers_customer SET stage = 'needs' WHERE id = %s", pk),
    "wish": lambda pk: statement("UPDATE customers_customer SET do_not_contact = TRUE WHERE id = %s", pk),
    "owner": lambda pk: statement("UPDATE customers_customer SET owner_id = NULL WHERE id = %s", pk),
    "plan": lambda pk: statement(
        "UPDATE followups_followup SET state = 'cancelled', closed_at = now() WHERE customer_id = %s", pk
    ),
    "rhythm": lambda pk: Rhythm.objects.create(customer_id=pk, every_days=5) and None,
    "warning": lambda pk: ChurnCase.objects.create(customer_id=pk, level="red", **SINCE) and None,
}  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
def test_whoever_was_written_of_is_compared_and_nobody_else(planned: list[Customer], door: str) -> None:
    night()
    before = set(FollowUp.objects.values_list("pk", "version", "state"))
    DOORS[door](planned[3].pk)
    counts = night()
    assert (counts["asked"], counts["differing"]) == (1, 1)
    changed = set(FollowUp.objects.values_list("pk", "version", "state")) ^ before
    assert {FollowUp.objects.get(pk=pk).customer_id for pk, _version, _state in changed} == {planned[3].pk}


def test_an_own_rhythm_that_was_deleted_is_seen(planned: list[Customer]) -> None:
    Rhythm.objects.create(customer=planned[0], every_days=5)
    night()
    night()
    statement("DELETE FROM followups_rhythm")
    assert night()["differing"] == 1


def test_customers_of_who_left_are_compared(planned: list[Customer], cast: Any) -> None:
    night()
    statement("UPDATE accounts_user SET is_active = FALSE WHERE id = %s", cast.wang.pk)
    assert night()["differing"] == 10


def test_a_sign_in_makes_nobody_look(planned: list[Customer], cast: Any) -> None:
    night()
    statement("UPDATE accounts_user SET last_login = now()")
    assert night()["asked"] == 0


def test_a_revisit_comes_by_the_passing_of_days(make: Any, travel: Any) -> None:
    make(last_contact=0, first_order=0, tier="D", tier_rank=5)
    for day in range(100):
        days_pass(travel, day)
        night()
        for due in FollowUp.objects.filter(state="open", due_on__lte=TODAY + timedelta(days=day)):
            follow_up_complete(follow_up=due, by=due.assignee)
    assert FollowUp.objects.filter(source="revisit").count() == 3


def test_turns_are_the_days_on_which_a_revisit_comes_or_is_too_late() -> None:
    days = {(TODAY - day).days for day in turns(TODAY - timedelta(days=1), TODAY)}
    assert days == {7 - 3, 30 - 3, 90 - 3, 7 + 7, 30 + 7, 90 + 7}
    assert len(turns(TODAY - timedelta(days=3), TODAY)) == 18
    assert not turns(TODAY, TODAY)


def test_what_was_put_off_for_long_makes_room_when_the_customer_is_overdue(make: Any, cast: Any, travel: Any) -> None:
    customer = make(last_contact=1)
    night()
    far = FollowUp.objects.get(customer=customer)
    follow_up_reschedule(follow_up=far, due_on=TODAY + timedelta(days=300), by=cast.wang)
    for day in range(60):
        days_pass(travel, day)
        night()
    assert FollowUp.objects.filter(customer=customer, state="open").count() == 2


def test_a_transaction_that_is_at_work_during_the_look_is_seen_by_the_next(
    planned: list[Customer], alone: Callable[[str], Look], monkeypatch: pytest.MonkeyPatch
) -> None:
    night()
    monkeypatch.setattr(planning, "look_now", alone)
    with transaction.atomic():
        CustomerFacts.objects.filter(pk=planned[0].pk).update(tier="D", tier_rank=5)
        other = beside(lambda: plans_make() and None)
        other.join()
    assert night()["differing"] == 1


def test_a_night_that_broke_off_is_made_up_for(planned: list[Customer], monkeypatch: pytest.MonkeyPatch) -> None:
    night()
    CustomerFacts.objects.update(tier="D", tier_rank=5)

    def broken(_ids: Any) -> Any:
        raise OSError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(planning, "_plan", broken)
        with pytest.raises(OSError, match="killed"):
            plans_make()
    assert night()["differing"] == 10


# --- everybody -------------------------------------------------------------------------------------------------------
def test_another_calendar_makes_it_compare_everybody(planned: list[Customer]) -> None:
    WorkDay.objects.create(date=TODAY + timedelta(days=30), working=False, name="公司日")
    forget()
    night()
    assert PlanLook.objects.get().whole_on == TODAY


def test_another_table_or_other_code_makes_other_rules(planned: list[Customer], monkeypatch: Any) -> None:
    params = planning._params(TODAY)
    rules = looking.rules_of(params, "lines")
    assert rules == looking.rules_of(params | {"today": TODAY + timedelta(days=1), "now": None}, "lines")
    assert rules != looking.rules_of(params, "other lines")
    assert rules != looking.rules_of(params | {"per_day": 11}, "lines")
    monkeypatch.setattr(looking, "STATEMENTS", looking.STATEMENTS[:-1])
    assert rules != looking.rules_of(params, "lines")


def test_a_restored_backup_makes_it_compare_everybody(planned: list[Customer]) -> None:
    PlanLook.objects.update(day=TODAY)  # a transaction other than the one it names, as the restored rows have
    assert last_look() is None
    night()
    assert last_look() is not None


def test_once_a_week_everybody_is_compared_and_who_was_missed_is_told_of(planned: list[Customer], travel: Any) -> None:
    night()
    found = last_look()
    CustomerFacts.objects.filter(pk=planned[0].pk).update(tier="D", tier_rank=5)
    remember(replace(found, seen_below=next_transaction()), TODAY)  # as if the writing had been seen
    assert plans_make()["differing"] == 0
    days_pass(travel, 7)
    counts = night()
    assert counts["missed"] == 1
    assert PlanLook.objects.get().whole_on == TODAY + timedelta(days=7)


def test_everybody_is_compared_when_somebody_asks_for_it(planned: list[Customer]) -> None:
    night()
    before = PlanLook.objects.get().seen_below
    *_, counts = plans_made(whole=True)
    assert (counts["asked"], counts["differing"]) == (0, 0)
    assert PlanLook.objects.get().seen_below > before


def test_where_many_were_written_of_everybody_is_compared_at_once(
    planned: list[Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "ASKED_AT_MOST", 5)
    CustomerFacts.objects.update(tier="D", tier_rank=5)
    counts = night()
    assert (counts["asked"], counts["differing"], counts.get("missed")) == (10, 10, None)


def test_a_clock_that_was_set_back_or_many_transactions_make_it_compare_everybody(planned: list[Customer]) -> None:
    found = last_look()
    assert found.leads_to(found)
    assert not replace(found, day=TODAY + timedelta(days=1)).leads_to(found)
    assert not found.leads_to(replace(found, seen_below=found.seen_below + 2**31))
    assert not replace(found, seen_below=found.seen_below + 1).leads_to(found)


def test_a_first_day_back_that_a_log_entry_made_too_full_is_compared(
    make: Any, cast: Any, log_contact: Callable[[Customer], Any]
) -> None:
    first = TODAY + timedelta(days=29)
    absence_add(person=cast.wang, first_on=first, last_on=first + timedelta(days=9), by=cast.wang)
    for n in range(10):
        make(f"客户 {n}", last_contact=0)
    night()
    night()
    log_contact(make("eleventh"))
    counts = night()
    assert (counts["asked"], counts["dealt_out"]) == (11, 11)
    assert (night()["asked"], night()["differing"]) == (11, 0), "of all of them something was written"


def test_a_plan_of_a_person_is_compared_as_well(planned: list[Customer], cast: Any) -> None:
    night()
    follow_up_create(customer=planned[1], assignee=cast.wang, due_on=TODAY + timedelta(days=2), by=cast.wang)
    assert night()["asked"] == 1


def test_a_walk_in_transactions_of_their_own(cast: Any) -> None:
    """What the nights compare, beside a look at everybody after each (walk.py); `plans_walk` goes further."""
    with time_machine.travel(BEGINS, tick=False) as travel:
        walk = Walk(seed=3, cast=cast, travel=travel)
        walk.steps(120)
    assert walk.seen["nights that compared few"] > 10
