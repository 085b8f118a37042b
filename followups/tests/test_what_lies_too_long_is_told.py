"""Overdue for 3, 5 and 7 working days: the lead, the manager, a proposal; each once, and no more once it is done or
moved. Who leads gives it to somebody else, also when two answer at the same moment."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.urls import reverse

from accounts.models import Team, User
from accounts.tests.helpers import text_of
from core import workcalendar
from core.models import OutboxMail, WorkDay
from core.workcalendar import is_working
from customers.models import Customer
from followups import services
from followups.escalation.days import overdue_since, working_days_between
from followups.escalation.selectors import late, late_people
from followups.models import Escalation, EscalationDays, FollowUp, Notice
from followups.services import escalate, escalation, follow_up_complete, follow_up_create, late_answer
from tests.races import beside

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)  # a Tuesday
Step = Escalation.Step


@pytest.fixture
def led(cast):
    """Li's and Wang's team has a lead."""
    Team.objects.filter(pk=cast.wang.team_id).update(lead=cast.lead)
    return cast


@pytest.fixture
def plan(cast, make):
    def planned(due_on, who=None, name="恒远机械", **more):
        """A follow-up that was planned for that day."""
        who = who or cast.wang
        customer = more.pop("customer", None) or make(name=name, owner=who)
        made = follow_up_create(customer=customer, assignee=who, due_on=TODAY + timedelta(days=30), by=who, **more)
        FollowUp.objects.filter(pk=made.pk).update(due_on=due_on)
        made.refresh_from_db()
        return made

    return planned


def told(user):
    return list(Notice.objects.filter(user=user, kind="late").order_by("pk"))


def nights(begin, count):
    """That many nights, one after the other."""
    for n in range(count):
        escalate(begin + timedelta(days=n))


def test_three_days_the_lead_five_the_manager_seven_a_proposal(led, plan):
    """Due on Tuesday the 3rd: the 6th, the 10th and the 12th end the third, the fifth and the seventh working day."""
    follow_up = plan(date(2026, 11, 3))
    reached = {}
    for n in range(20):
        day = date(2026, 11, 3) + timedelta(days=n)
        escalate(day)
        for row in Escalation.objects.filter(reached_on=day):
            reached[row.step] = day
    assert reached == {1: date(2026, 11, 6), 2: date(2026, 11, 10), 3: date(2026, 11, 12)}
    assert [notice.numbers["step"] for notice in told(led.lead)] == [1]
    assert [notice.numbers["step"] for notice in told(led.manager)] == [2, 3]
    assert Escalation.objects.filter(follow_up=follow_up).count() == 3


def test_a_holiday_doesnt_count(led, plan):
    plan(date(2026, 11, 3))
    for n in (4, 5, 6):
        WorkDay.objects.create(date=date(2026, 11, n), working=False, name="Works holiday")
    workcalendar.forget()
    nights(date(2026, 11, 3), 14)
    # The 4th to the 6th were free: the 9th, the 10th and the 11th are the first three.
    assert Escalation.objects.get(step=Step.LEAD).reached_on == date(2026, 11, 11)


@pytest.mark.parametrize("days", [1, 3, 5, 7, 20])
def test_the_day_it_counts_from_is_the_one_that_counts_so_many(days):
    for n in range(30):
        as_of = TODAY + timedelta(days=n)
        since = overdue_since(as_of, days)
        assert working_days_between(since, as_of) == days
        assert is_working(since + timedelta(days=1))


def test_each_is_told_once_however_often_the_night_runs(led, plan):
    plan(date(2026, 11, 19))
    assert escalate(date(2026, 11, 24)) == 1
    for _n in range(3):
        assert escalate(date(2026, 11, 24)) == 0
    assert escalate(date(2026, 11, 25)) == 0
    assert len(told(led.lead)) == 1


def test_a_person_is_one_notice_with_how_many(led, plan):
    for _n in range(3):
        plan(date(2026, 11, 18))
    plan(date(2026, 11, 18), who=led.li)
    escalate(date(2026, 11, 23))
    assert sorted((n.numbers["name"], n.numbers["n"]) for n in told(led.lead)) == sorted(
        [(led.wang.name, 3), (led.li.name, 1)]
    )


def test_what_is_done_or_moved_goes_no_further(led, plan):
    done, moved = plan(date(2026, 11, 17)), plan(date(2026, 11, 17))
    escalate(date(2026, 11, 20))
    follow_up_complete(follow_up=done, by=led.wang)
    FollowUp.objects.filter(pk=moved.pk).update(due_on=date(2026, 11, 24))
    nights(date(2026, 11, 21), 6)
    assert set(Escalation.objects.values_list("step", flat=True)) == {1}
    # Moved, it counts from its new day.
    nights(date(2026, 11, 27), 1)
    assert Escalation.objects.filter(follow_up=moved).count() == 2


def test_after_a_night_that_failed_all_steps_are_told_each_to_its_person(led, plan):
    plan(date(2026, 11, 2))
    assert escalate(date(2026, 11, 23)) == 3
    assert len(told(led.lead)) == 1
    assert len(told(led.manager)) == 2


def test_nobody_is_told_of_their_own_and_a_team_without_a_lead_has_that_above(cast, plan):
    east = Team.objects.get(pk=cast.wang.team_id)
    plan(date(2026, 11, 18), who=cast.lead)
    Team.objects.filter(pk=east.pk).update(lead=cast.lead)
    escalate(date(2026, 11, 23))
    assert told(cast.lead) == []
    Team.objects.filter(pk=east.pk).update(lead=None)
    Team.objects.filter(pk=east.parent_id).update(lead=cast.manager)
    plan(date(2026, 11, 18), name="另一家")
    escalate(date(2026, 11, 24))
    # Of the lead's own the manager is told: nobody leads the lead.
    assert [notice.numbers["name"] for notice in told(cast.manager)] == [cast.lead.name, cast.wang.name]


def test_the_mail_comes_in_the_morning(led, plan):
    User.objects.filter(pk=led.lead.pk).update(notice_mails={"late": True})
    plan(date(2026, 11, 18))
    with time_machine.travel(datetime(2026, 11, 23, 18, 10, tzinfo=UTC), tick=False):
        escalate(date(2026, 11, 23))
    mail = OutboxMail.objects.get()
    assert (mail.user, mail.due_at.hour, mail.due_at.minute) == (led.lead, 0, 30)  # 08:30 in Shanghai


def test_switched_off_nothing_is_found(led, plan):
    EscalationDays.objects.create(pk=1, is_on=False)
    plan(date(2026, 11, 2))
    assert escalate(date(2026, 11, 23)) == 0


# --- proposals -------------------------------------------------------------------------------------------------------
def test_the_owner_is_proposed_where_it_is_anothers_else_who_has_least_to_do(led, plan, make):
    theirs = make(name="小李的客户", owner=led.li)
    plan(date(2026, 11, 2), customer=theirs)
    mine = [plan(date(2026, 11, 2)) for _n in range(2)]
    escalate(date(2026, 11, 23))
    rows = {row.follow_up_id: row.proposed for row in Escalation.objects.filter(step=Step.PROPOSAL)}
    assert [who for pk, who in rows.items() if pk not in {one.pk for one in mine}] == [led.li]
    assert all(rows[one.pk] not in (None, led.wang) for one in mine)


def proposals(plan, count=1):
    made = [plan(date(2026, 11, 2), name=f"客户 {n}") for n in range(count)]
    escalate(date(2026, 11, 23))
    return made


def test_the_page_shows_them_and_gives_the_follow_up(led, plan, sign_in):
    (follow_up,) = proposals(plan)
    client = sign_in(led.manager)
    page = text_of(client.get(reverse("late_list")))
    assert "客户 0" in page
    assert "15 working days overdue" in page
    row = late(led.manager).get()
    sent = {"rows": [row.pk], "answer": "follow_up", "to": led.li.pk}
    assert "1 follow-up given" in text_of(client.post(reverse("late_answer"), sent, follow=True))
    follow_up.refresh_from_db()
    assert follow_up.assignee == led.li
    assert Customer.objects.get(pk=follow_up.customer_id).owner == led.wang
    assert not late(led.manager).exists()
    nights(date(2026, 11, 24), 5)
    assert Escalation.objects.count() == 3  # it isn't told again, now that it is Li's


def test_the_customer_goes_along_where_that_is_chosen(led, plan, sign_in):
    (follow_up,) = proposals(plan)
    row = late(led.manager).get()
    Escalation.objects.filter(pk=row.pk).update(proposed=led.li)
    sign_in(led.manager).post(reverse("late_answer"), {"rows": [row.pk], "answer": "customer"})
    follow_up.refresh_from_db()
    assert (follow_up.assignee, Customer.objects.get(pk=follow_up.customer_id).owner) == (led.li, led.li)


def test_left_where_it_is_it_stands_there_no_more(led, plan, sign_in):
    (follow_up,) = proposals(plan)
    sign_in(led.manager).post(reverse("late_answer"), {"rows": [late(led.manager).get().pk], "answer": "stays"})
    follow_up.refresh_from_db()
    assert follow_up.assignee == led.wang
    assert late_people(led.manager) == []
    assert set(Escalation.objects.values_list("answer", flat=True)) == {"stays"}


@pytest.mark.parametrize("who", ["wang", "outsider", "auditor"])
def test_who_may_not_give_customers_away_changes_nothing(led, plan, sign_in, who):
    (follow_up,) = proposals(plan)
    row = Escalation.objects.get(step=Step.PROPOSAL)
    sent = {"rows": [row.pk], "answer": "follow_up", "to": led.li.pk}
    sign_in(getattr(led, who)).post(reverse("late_answer"), sent)
    follow_up.refresh_from_db()
    assert follow_up.assignee == led.wang
    assert not Escalation.objects.exclude(answer="").exists()


def test_what_was_done_meanwhile_stays_done(led, plan, sign_in):
    first, second = proposals(plan, 2)
    ids = [row.pk for row in late(led.manager).order_by("pk")]
    follow_up_complete(follow_up=first, by=led.wang)
    client = sign_in(led.manager)
    said = text_of(
        client.post(reverse("late_answer"), {"rows": ids, "answer": "follow_up", "to": led.li.pk}, follow=True)
    )
    assert "1 follow-up given. 1 was done" in said
    second.refresh_from_db()
    first.refresh_from_db()
    assert (first.state, second.assignee) == ("done", led.li)


def test_nothing_ticked_or_nobody_to_go_to_is_said(led, plan, sign_in):
    proposals(plan)
    client = sign_in(led.manager)
    assert "Tick at least one row" in text_of(client.post(reverse("late_answer"), {"answer": "stays"}, follow=True))
    for wrong in ({"to": led.auditor.pk}, {"to": 999_999}, {"answer": "burn"}):
        sent = {"rows": [late(led.manager).get().pk], "answer": "follow_up", **wrong}
        client.post(reverse("late_answer"), sent)
        assert late(led.manager).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_answer_at_the_same_moment_give_it_once(led, plan):
    proposals(plan, 5)
    rows = list(late(led.manager).select_related("follow_up", "proposed", "assignee").order_by("pk"))
    found = []

    def answer(to):
        try:
            found.append(late_answer(rows=rows, answer="follow_up", to=to, by=led.manager))
        finally:
            connection.close()

    threads = [threading.Thread(target=answer, args=[to]) for to in (led.li, led.lead)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one.done for one in found) == 5
    assert sum(one.meanwhile for one in found) == 5
    assert not FollowUp.objects.filter(assignee=led.wang, state="open", due_on=date(2026, 11, 2)).exists()


@pytest.mark.parametrize("held", [True, False], ids=["held", "the twin without"])
@pytest.mark.django_db(transaction=True)
def test_what_is_moved_at_that_moment_takes_no_customer_along(led, plan, monkeypatch, held):
    """The answer waits for a move that has begun and finds it; without that it would give the customer away."""
    proposals(plan)
    row = late(led.manager).select_related("follow_up", "proposed").get()
    if not held:
        monkeypatch.setattr(escalation, "hold", lambda customer_ids: None)
    found = []
    with transaction.atomic():
        services.follow_up_reschedule(follow_up=row.follow_up, due_on=TODAY + timedelta(days=2), by=led.wang)
        other = beside(lambda: found.append(late_answer(rows=[row], answer="customer", to=led.li, by=led.manager)))
        assert other.is_alive()
    other.join()
    customer = Customer.objects.get(pk=row.follow_up.customer_id)
    assert customer.owner == (led.wang if held else led.li)
    assert found[0].meanwhile == (1 if held else 0)


def test_a_second_answer_finds_nothing_left(led, plan):
    proposals(plan)
    row = late(led.manager).select_related("follow_up", "proposed").get()
    assert late_answer(rows=[row], answer="follow_up", to=led.li, by=led.manager).done == 1
    assert late_answer(rows=[row], answer="follow_up", to=led.lead, by=led.manager).meanwhile == 1
    assert FollowUp.objects.get(pk=row.follow_up_id).assignee == led.li


def test_without_the_guard_the_second_answer_would_overwrite_the_first(led, plan):
    """The twin: what holds it is that an answer is given once, and only to the person whose it was."""
    proposals(plan)
    row = late(led.manager).select_related("follow_up", "proposed").get()
    late_answer(rows=[row], answer="follow_up", to=led.li, by=led.manager)
    Escalation.objects.update(answer="", assignee=led.li)
    row.assignee = led.li
    assert late_answer(rows=[row], answer="follow_up", to=led.lead, by=led.manager).done == 1


# --- settings --------------------------------------------------------------------------------------------------------
def test_the_days_are_set_by_who_sets_plans(led, plan, sign_in):
    client = sign_in(led.manager)
    path = reverse("escalation_settings")
    sent = {"lead_after": 1, "manager_after": 2, "proposal_after": 4, "is_on": "on", "version": 0}
    assert client.post(path, sent).status_code == 302
    row = EscalationDays.objects.get()
    assert (row.lead_after, row.manager_after, row.proposal_after, row.version) == (1, 2, 4, 1)
    plan(date(2026, 11, 20))
    assert escalate(date(2026, 11, 23)) == 1
    for wrong in ({"lead_after": 3}, {"lead_after": 0}, {"proposal_after": 100}, {"manager_after": "x"}):
        assert client.post(path, {**sent, "version": 1, **wrong}).status_code == 422
    assert sign_in(led.wang).post(path, sent).status_code == 403
    assert services.escalate(date(2026, 11, 23)) == 0


def test_without_a_lead_anywhere_the_manager_is_told_of_the_first_step_too(cast, plan):
    plan(date(2026, 11, 18))
    escalate(date(2026, 11, 23))
    assert [(notice.numbers["name"], notice.numbers["step"]) for notice in told(cast.manager)] == [
        (cast.wang.name, Step.LEAD)
    ]
