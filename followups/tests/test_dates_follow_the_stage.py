"""A stage that moves, a pause, an owner, "do not contact": automatic dates move in the same transaction."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from decimal import Decimal
from itertools import product

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.models import AuditEntry
from core import clock, sql
from customers import services
from customers.models import Customer, CustomerFacts, StageMove
from followups import reasons
from followups.models import FollowUp
from followups.planning import plans_make
from followups.services import follow_up_create, follow_up_reschedule
from followups.tests.conftest import TUESDAY
from sales.services import order_create
from sales.services.lines import Line
from segmentation.models import ChurnCase

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
MARCH = date(2027, 3, 2)


def only(customer):
    return FollowUp.objects.get(customer=customer, state="open")


def day(customer):
    return only(customer).due_on


def stored(customer):
    return Customer.objects.select_related("facts", "owner").get(pk=customer.pk)


def next_fact(customer):
    return CustomerFacts.objects.get(pk=customer.pk).next_follow_up_on


@pytest.fixture
def talked(make):
    """First contact, reached today: 3 to 7 days, the middle of them."""
    customer = make(stage="first_contact", stage_since=TODAY, tier="C", last_contact=0, lifecycle="prospect")
    plans_make()
    assert day(customer) == date(2026, 11, 30)  # 5 days give a Sunday
    return customer


def test_a_stage_that_moves_moves_its_date_at_once(talked, cast):
    assert services.customer_stage_move(customer=talked, stage="needs", by=cast.wang)
    assert day(talked) == date(2026, 12, 1)  # 5 to 10 days
    assert next_fact(talked) == date(2026, 12, 1)
    assert only(talked).reason | {"was": "2026-11-30", "because": "stage"} == only(talked).reason
    assert (stored(talked).stage, stored(talked).stage_since) == ("needs", TODAY)
    services.customer_stage_move(customer=talked, stage="proposal", by=cast.wang)
    assert day(talked) == date(2026, 11, 25)  # just sent: 1 to 2 days
    line = AuditEntry.objects.filter(act="customer.stage").latest("pk")
    assert line.details == {"customer_stage": ["needs", "proposal"]}


def test_the_stage_it_stands_in_is_no_move(talked, cast):
    version = stored(talked).version
    assert not services.customer_stage_move(customer=talked, stage="first_contact", by=cast.wang)
    assert stored(talked).version == version
    assert not StageMove.objects.exists()


def test_the_version_goes_up_so_nobody_writes_over_it(talked, cast):
    version = talked.version
    services.customer_stage_move(customer=talked, stage="needs", by=cast.wang)
    assert stored(talked).version == talked.version == version + 1


def test_what_a_person_planned_stays_where_it_is(make, cast):
    customer = make(stage="first_contact", last_contact=0)
    follow_up_create(customer=customer, assignee=cast.wang, due_on=TODAY + timedelta(days=2), by=cast.wang)
    services.customer_stage_move(customer=customer, stage="needs", by=cast.wang)
    assert day(customer) == TODAY + timedelta(days=2)


@pytest.mark.parametrize("stage", ["paused", "married"])
def test_a_pause_or_nonsense_is_no_move(talked, cast, stage):
    with pytest.raises(ValidationError):
        services.customer_stage_move(customer=talked, stage=stage, by=cast.wang)


# --- with a log entry ------------------------------------------------------------------------------------------------
def test_interest_at_the_first_contact_leads_to_needs_and_its_date(talked, log_contact, cast):
    entry = log_contact(talked, result="interested")
    assert stored(talked).stage == "needs"
    assert day(talked) == date(2026, 11, 30)  # 5 days: interested, the short end
    assert only(talked).reason["phase"] == "needs"
    services.interaction_undo(interaction=entry, by=cast.wang)
    assert (stored(talked).stage, only(talked).reason["phase"]) == ("first_contact", "first_contact")
    assert not StageMove.objects.exists()


def test_a_chosen_stage_counts_more_than_the_result(talked, log_contact):
    log_contact(talked, result="interested", stage="proposal")
    assert stored(talked).stage == "proposal"
    assert only(talked).reason["phase"] == "proposal_sent"


def test_undo_takes_any_move_of_that_entry_back_with_since_when(make, log_contact, cast):
    since = TODAY - timedelta(days=40)
    customer = make(stage="proposal", stage_since=since, last_contact=3)
    entry = log_contact(customer, stage="needs")
    services.interaction_undo(interaction=entry, by=cast.wang)
    assert (stored(customer).stage, stored(customer).stage_since) == ("proposal", since)


def test_undo_leaves_a_move_that_came_after_the_entry(make, log_contact, cast):
    customer = make(stage="first_contact", last_contact=3)
    entry = log_contact(customer, result="interested")
    services.customer_stage_move(customer=stored(customer), stage="long_term", by=cast.lead)
    services.interaction_undo(interaction=entry, by=cast.wang)
    assert stored(customer).stage == "long_term"


def test_undo_of_an_entry_leaves_a_move_by_hand_just_before_it(make, log_contact, cast):
    customer = make(stage="first_contact", last_contact=3)
    services.customer_stage_move(customer=customer, stage="proposal", by=cast.wang)
    entry = log_contact(customer, result="proposal_sent")
    services.interaction_undo(interaction=entry, by=cast.wang)
    assert stored(customer).stage == "proposal"


def test_a_note_among_colleagues_moves_the_stage_and_the_date_too(make, log_contact, cast):
    talked = make(stage="first_contact", tier="C")
    log_contact(talked)
    assert day(talked) == date(2026, 11, 30)
    entry = log_contact(talked, kind="note", stage="needs")
    assert day(talked) == date(2026, 12, 1)
    services.interaction_undo(interaction=entry, by=cast.wang)
    assert day(talked) == date(2026, 11, 30)


def test_a_pause_is_not_begun_by_a_log_entry(talked, log_contact):
    with pytest.raises(ValidationError):
        log_contact(talked, stage="married")
    log_contact(talked, stage="paused")
    assert stored(talked).stage == "first_contact"


# --- pauses ----------------------------------------------------------------------------------------------------------
def test_a_pause_leaves_one_date_the_day_it_ends(talked, cast):
    services.customer_pause(customer=talked, until=MARCH, reason="预算明年再定", by=cast.wang)
    assert (day(talked), only(talked).reason_code) == (MARCH, reasons.REVIVAL)
    assert next_fact(talked) == MARCH
    assert plans_make()["moved"] == 0
    assert day(talked) == MARCH


def test_a_pause_ends_what_people_planned_before_its_end(make, cast):
    customer = make(stage="needs", last_contact=20)
    for days in (-3, 20, 200):
        due_on = TODAY + timedelta(days=days)
        follow_up_create(customer=customer, assignee=cast.wang, due_on=due_on, by=cast.wang)
    services.customer_pause(customer=customer, until=MARCH, reason="", by=cast.wang)
    assert day(customer) == TODAY + timedelta(days=200)


def test_a_day_that_a_person_chose_after_the_end_stands(talked, cast):
    chosen = MARCH + timedelta(days=7)
    follow_up_reschedule(follow_up=only(talked), due_on=chosen, by=cast.wang)
    services.customer_pause(customer=talked, until=MARCH, reason="", by=cast.wang)
    plans_make()
    assert (day(talked), next_fact(talked)) == (chosen, chosen)


def test_a_day_that_a_person_chose_before_the_end_comes_back_for_who_is_taken_up_early(talked, cast):
    chosen = TODAY + timedelta(days=30)
    follow_up_reschedule(follow_up=only(talked), due_on=chosen, by=cast.wang)
    services.customer_pause(customer=talked, until=MARCH, reason="", by=cast.wang)
    assert (day(talked), only(talked).reason_code) == (MARCH, reasons.REVIVAL)
    services.customer_resume(customer=talked, by=cast.wang)
    assert day(talked) == chosen


def test_a_later_end_moves_the_date_and_keeps_since_when(talked, cast):
    services.customer_pause(customer=talked, until=MARCH, reason="", by=cast.wang)
    services.customer_pause(customer=talked, until=date(2027, 6, 1), reason="搬家", by=cast.wang)
    assert day(talked) == date(2027, 6, 1)
    assert stored(talked).stage_since == TODAY
    services.customer_resume(customer=talked, by=cast.wang)
    assert stored(talked).stage == "first_contact"


def test_letting_go_leaves_no_date_and_needs_a_reason(talked, cast):
    with pytest.raises(ValidationError) as refused:
        services.customer_pause(customer=talked, until=None, reason="  ", by=cast.wang)
    assert "reason" in refused.value.message_dict
    services.customer_pause(customer=talked, until=None, reason="选择了别家", by=cast.wang)
    plans_make()
    assert not FollowUp.objects.filter(customer=talked, state="open").exists()
    assert next_fact(talked) is None
    assert stored(talked).pause_reason == "选择了别家"


@pytest.mark.parametrize("until", [TODAY, TODAY - timedelta(days=1), date(2099, 1, 1)])
def test_the_end_of_a_pause_lies_ahead(talked, cast, until):
    with pytest.raises(ValidationError) as refused:
        services.customer_pause(customer=talked, until=until, reason="x", by=cast.wang)
    assert "until" in refused.value.message_dict
    assert stored(talked).stage == "first_contact"


def test_resuming_early_goes_back_to_the_stage_before_and_its_date(make, cast):
    customer = make(stage="proposal", stage_since=TODAY - timedelta(days=9), tier="C", last_contact=0)
    plans_make()
    before = day(customer)
    services.customer_pause(customer=customer, until=MARCH, reason="", by=cast.wang)
    assert services.customer_resume(customer=customer, by=cast.wang)
    row = stored(customer)
    assert (row.stage, row.stage_since) == ("proposal", TODAY - timedelta(days=9))
    assert (row.paused_until, row.pause_reason) == (None, "")
    assert (day(customer), only(customer).reason_code) == (before, reasons.CADENCE)
    assert not services.customer_resume(customer=customer, by=cast.wang)


def test_the_night_takes_up_again_whose_pause_ends_and_one_task_says_so(make, cast, log_contact):
    customer = make(stage="needs", stage_since=TODAY, tier="C", last_contact=0)
    services.customer_pause(customer=customer, until=date(2026, 12, 5), reason="展会之后", by=cast.wang)  # a Saturday
    assert day(customer) == date(2026, 12, 7)
    with time_machine.travel(TUESDAY + timedelta(days=10), tick=False):  # Friday
        assert services.pauses_end(clock.business_date()) == 0
    for days in (11, 12, 13, 14):
        with time_machine.travel(TUESDAY + timedelta(days=days), tick=False):
            assert services.pauses_end(clock.business_date()) == (1 if days == 11 else 0)
            plans_make()
            assert stored(customer).stage == "needs"
            task = only(customer)
            assert (task.due_on, task.reason_code) == (date(2026, 12, 7), reasons.REVIVAL)
            assert task.reason["why"] == "展会之后"
    with time_machine.travel(TUESDAY + timedelta(days=14), tick=False):
        log_contact(stored(customer))
        assert (day(customer), only(customer).reason_code) == (date(2026, 12, 15), reasons.CADENCE)


def test_a_night_of_the_future_ends_no_pause_for_good(talked, cast):
    services.customer_pause(customer=talked, until=MARCH, reason="旺季", by=cast.wang)
    with time_machine.travel(TUESDAY + timedelta(days=200), tick=False):
        assert services.pauses_end(clock.business_date()) == 1
    assert services.pauses_back(TODAY) == 1
    row = stored(talked)
    assert (row.stage, row.paused_until, row.pause_reason) == ("paused", MARCH, "旺季")
    assert services.pauses_back(TODAY) == 0


def test_a_warning_waits_while_a_customer_is_paused(make, cast):
    customer = make(last_contact=100)
    services.customer_pause(customer=customer, until=MARCH, reason="", by=cast.wang)
    ChurnCase.objects.create(customer=customer, level="red", opened_on=TODAY, level_since=TODAY)
    for _night in range(2):
        plans_make()
        assert only(customer).reason_code == reasons.REVIVAL


# --- the file --------------------------------------------------------------------------------------------------------
def edit(customer, by, **changes):
    customer = stored(customer)
    return services.customer_update(customer=customer, changes=changes, version=customer.version, by=by)


def test_the_file_moves_stage_and_date_too(talked, cast):
    edit(talked, cast.wang, stage="needs", region="苏州")
    assert day(talked) == date(2026, 12, 1)
    assert (stored(talked).region, stored(talked).version) == ("苏州", talked.version + 1)
    edit(talked, cast.wang, stage="paused", paused_until=MARCH, pause_reason="旺季")
    assert day(talked) == MARCH
    edit(talked, cast.wang, paused_until=date(2027, 4, 1))
    assert (day(talked), stored(talked).pause_reason) == (date(2027, 4, 1), "旺季")
    edit(talked, cast.wang, stage="needs")
    assert (day(talked), stored(talked).paused_until) == (date(2026, 12, 1), None)


def test_only_a_pause_has_an_end(talked, cast):
    with pytest.raises(ValidationError):
        edit(talked, cast.wang, paused_until=MARCH)
    with pytest.raises(ValidationError):
        edit(talked, cast.wang, stage="paused", paused_until=TODAY)


def test_who_may_be_contacted_again_has_a_date_at_once(talked, cast):
    edit(talked, cast.wang, do_not_contact=True)
    assert not FollowUp.objects.filter(customer=talked, state="open").exists()
    assert next_fact(talked) is None
    edit(talked, cast.wang, do_not_contact=False)
    assert day(talked) == next_fact(talked) == date(2026, 11, 30)


def test_who_comes_out_of_the_pool_has_a_date_at_once(talked, cast):
    services.customer_transfer(customer=talked, to=None, by=cast.lead, reason="x")
    assert not FollowUp.objects.filter(customer=talked, state="open").exists()
    services.customer_claim(customer=stored(talked), by=cast.li)
    assert (day(talked), only(talked).assignee) == (date(2026, 11, 30), cast.li)


def test_a_new_owner_takes_the_date_along(talked, cast):
    services.customer_transfer(customer=talked, to=cast.li, by=cast.lead, reason="x")
    assert (day(talked), only(talked).assignee) == (date(2026, 11, 30), cast.li)


def test_an_order_moves_stage_and_date_at_once(talked, cast):
    line = Line(quantity=Decimal(1), unit_price=Decimal(10), description="样品")
    order_create(customer=talked, by=cast.wang, ordered_at=clock.now(), lines=[line])
    assert stored(talked).stage == "after_sale"
    assert only(talked).due_on == date(2026, 12, 1), "7 days after the order"


def test_the_api_pauses_and_refuses_a_day_that_has_passed(talked, cast, sign_in):
    client, url = sign_in(cast.wang), f"/api/v1/customers/{talked.pk}/"

    def send(**sent):
        tag = client.get(url).headers["ETag"]
        return client.patch(url, sent, content_type="application/json", headers={"If-Match": tag})

    refused = send(stage="paused", paused_until="2026-11-20")
    assert (refused.status_code, "paused_until" in refused.content.decode()) == (400, True)
    assert send(stage="paused").status_code == 400, "for good, without a reason"
    answer = send(stage="paused", paused_until="2027-03-02", pause_reason="旺季")
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in ("stage", "paused_until", "pause_reason")} == {
        "stage": "paused",
        "paused_until": "2027-03-02",
        "pause_reason": "旺季",
    }
    assert day(talked) == MARCH
    assert send(stage="needs").status_code == 200
    assert day(talked) == date(2026, 12, 1)


# --- at the same time ------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
# Where nothing stands, nothing is closed or moved.
@pytest.mark.parametrize(
    ("step", "planned"),
    [*product(["candidates", "new", "make"], [True, False]), ("close", True), ("moved", True)],
)
def test_a_stage_moved_while_the_night_plans_has_its_own_date_in_the_end(make, cast, monkeypatch, step, planned):
    """The move begins after this step of the night, in a transaction of its own; neither waits forever."""
    customer = make(stage="first_contact", stage_since=TODAY, tier="C", last_contact=0, lifecycle="prospect")
    if planned:
        plans_make()
        FollowUp.objects.update(reckoned_on=TODAY)  # the night has something to move
    real, moves = sql.run, []

    def move() -> None:
        services.customer_stage_move(customer=Customer.objects.get(pk=customer.pk), stage="needs", by=cast.wang)

    def run(cursor, app, name, *args, **more):
        done = real(cursor, app, name, *args, **more)
        if name == step and not moves and threading.current_thread() is threading.main_thread():
            moves.append(InThread(move))
            moves[0].join(0.7)
        return done

    monkeypatch.setattr(sql, "run", run)
    plans_make()
    moves[0].join()
    assert moves[0].errors == []
    assert (stored(customer).stage, day(customer), next_fact(customer)) == ("needs", date(2026, 12, 1), day(customer))
    assert only(customer).reason["phase"] == "needs"
    plans_make()
    assert day(customer) == date(2026, 12, 1)


class InThread(threading.Thread):
    """Runs `work` with a connection of its own; what it raised is kept."""

    def __init__(self, work) -> None:
        super().__init__()
        self.work, self.errors = work, []
        self.start()

    def run(self) -> None:
        try:
            self.work()
        except Exception as error:
            self.errors.append(error)
        finally:
            connection.close()


@pytest.mark.parametrize("taken_up", ["undo", "resume"])
def test_what_a_pause_ended_and_is_still_ahead_comes_back_with_its_end(talked, cast, taken_up):
    visit = follow_up_create(
        customer=talked, assignee=cast.wang, due_on=date(2026, 12, 3), method="visit", purpose="带样品", by=cast.wang
    )
    gone = follow_up_create(customer=talked, assignee=cast.wang, due_on=TODAY, by=cast.wang)
    services.customer_pause(customer=stored(talked), until=date(2027, 2, 24), reason="暂无需求", by=cast.wang)
    visit.refresh_from_db()
    assert visit.state == "cancelled"
    if taken_up == "undo":
        services.customer_stage_undo(customer=stored(talked), by=cast.wang)
    else:
        with time_machine.travel(TUESDAY + timedelta(days=2), tick=False):
            services.customer_resume(customer=stored(talked), by=cast.wang)
    visit.refresh_from_db()
    gone.refresh_from_db()
    assert (visit.state, visit.purpose, visit.reason) == ("open", "带样品", {})
    assert gone.state == ("open" if taken_up == "undo" else "cancelled")
    assert next_fact(talked) <= date(2026, 12, 3)
