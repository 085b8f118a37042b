"""Several follow-ups are moved to another day in one step, and put back within ten minutes."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry
from core import clock
from customers.models import Customer, CustomerFacts
from followups import cadence, services
from followups.models import FollowUp, Notice, Rescheduling
from followups.services import follow_up_complete, follow_up_create, follow_up_reschedule
from followups.services.together import PutBack, TooLateToPutBackError
from tests.races import at_once

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)  # a Tuesday
TOMORROW = TODAY + timedelta(days=1)
MOVE = "follow_ups_move"


def plan(customer, days=-2, **more):
    given = {"assignee": customer.owner, "by": customer.owner, **more}
    return follow_up_create(customer=customer, due_on=TODAY + timedelta(days=days), **given)


def seen(*rows):
    return {row.pk: FollowUp.objects.get(pk=row.pk).version for row in rows}


def day_of(row):
    return FollowUp.objects.get(pk=row.pk).due_on


def asked(client, **data):
    """The question, and its form as it would be sent."""
    page = client.post(reverse(MOVE), data)
    return page, {"rows": page.context["form"].initial["rows"]} if page.context else {}


def undo_url(answer):
    return re.search(r'action="(/follow-ups/put-back/\d+/)"', answer.content.decode())[1]


# --- by the page -----------------------------------------------------------------------------------------------------
def test_chosen_rows_go_to_the_day_and_come_back(make, cast, sign_in):
    rows = [plan(make(f"客户{n}"), -n - 1, due_time=time(15, 30)) for n in range(3)]
    client = sign_in(cast.wang)
    page, form = asked(client, ids=[row.pk for row in rows])
    assert "3 follow-ups" in page.content.decode()
    answer = client.post(reverse(MOVE), {**form, "to": "1"}, follow=True)
    assert "3 follow-ups stand on" in answer.content.decode()
    moved = FollowUp.objects.get(pk=rows[0].pk)
    assert (moved.due_on, moved.due_at) == (TOMORROW, datetime(2026, 11, 25, 7, 30, tzinfo=UTC))
    assert CustomerFacts.objects.get(pk=rows[0].customer_id).next_follow_up_on == TOMORROW
    back = client.post(undo_url(answer), follow=True)
    assert "3 follow-ups stand where they were" in back.content.decode()
    assert [day_of(row) for row in rows] == [TODAY - timedelta(days=n + 1) for n in range(3)]
    assert CustomerFacts.objects.get(pk=rows[0].customer_id).next_follow_up_on == TODAY - timedelta(days=1)
    acts = list(AuditEntry.objects.filter(act__startswith="follow_up.").exclude(act="follow_up.create").order_by("pk"))
    assert [(entry.act, entry.details["together"]) for entry in acts] == [
        ("follow_up.move_together", 3),
        ("follow_up.put_back", 3),
    ]


def test_all_in_view_goes_beyond_the_page_and_by_the_filters(make, cast, sign_in):
    customer = make()
    late = [plan(customer, -1) for _ in range(55)]
    later = plan(customer, 20)
    client = sign_in(cast.wang)
    listed = client.get(f"{reverse('follow_up_list')}?when=overdue").content.decode()
    assert 'name="all"' in listed
    page, form = asked(client, all="1", view="?when=overdue")
    assert "55 follow-ups" in page.content.decode()
    assert "and 45 more" in page.content.decode()
    client.post(reverse(MOVE), {**form, "to": "on", "on": "2026-12-01"})
    assert {day_of(row) for row in late} == {date(2026, 12, 1)}
    assert day_of(later) == TODAY + timedelta(days=20)


def test_what_one_may_not_change_is_told_and_left(make, cast, sign_in):
    """A service agent sees everything and changes what is their own."""
    own, other = plan(make("自己的"), assignee=cast.agent), plan(make("别人的"))
    client = sign_in(cast.agent)
    page, form = asked(client, ids=[own.pk, other.pk])
    assert "1 more that you chose is not yours to change" in page.content.decode()
    client.post(reverse(MOVE), {**form, "to": "1"})
    assert (day_of(own), day_of(other)) == (TOMORROW, TODAY - timedelta(days=2))


def test_what_lies_out_of_reach_is_not_even_counted(make, cast, sign_in):
    hidden, own = plan(make(owner=cast.outsider)), plan(make())
    page, _form = asked(sign_in(cast.wang), ids=[hidden.pk, own.pk])
    assert page.context["not_allowed"] == 0
    assert page.context["count"] == 1
    nothing = sign_in(cast.wang).post(reverse(MOVE), {"ids": [hidden.pk]})
    assert (nothing.status_code, day_of(hidden)) == (302, TODAY - timedelta(days=2))


def test_rows_that_changed_since_the_question_are_told_and_stay(make, cast, sign_in):
    kept, moved, done = plan(make("一")), plan(make("二")), plan(make("三"))
    client = sign_in(cast.wang)
    _page, form = asked(client, ids=[kept.pk, moved.pk, done.pk])
    follow_up_reschedule(follow_up=moved, due_on=date(2026, 12, 9), by=cast.lead)
    follow_up_complete(follow_up=done, by=cast.wang)
    answer = client.post(reverse(MOVE), {**form, "to": "1"}, follow=True).content.decode()
    assert "1 follow-up stands on" in answer
    assert "2 were changed or closed meanwhile" in answer
    assert (day_of(kept), day_of(moved)) == (TOMORROW, date(2026, 12, 9))


def test_a_right_that_was_lost_since_the_question_counts(make, cast, sign_in):
    customer = make()
    row = plan(customer)
    client = sign_in(cast.wang)
    _page, form = asked(client, ids=[row.pk])
    Customer.objects.filter(pk=customer.pk).update(owner=cast.outsider)
    FollowUp.objects.filter(pk=row.pk).update(assignee=cast.outsider)
    assert "1 is no longer yours" in client.post(reverse(MOVE), {**form, "to": "1"}, follow=True).content.decode()
    assert day_of(row) == TODAY - timedelta(days=2)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"to": "on"}, "Choose the day"),
        ({"to": "on", "on": "2026-11-01"}, "lies in the past"),
        ({"to": "never"}, "valid choice"),
        ({}, "required"),
    ],
)
def test_a_day_that_cannot_be_is_said_and_the_choice_stays(make, cast, sign_in, data, words):
    row = plan(make())
    client = sign_in(cast.wang)
    _page, form = asked(client, ids=[row.pk])
    answer = client.post(reverse(MOVE), {**form, **data})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "1 follow-up" in answer.content.decode()
    assert day_of(row) == TODAY - timedelta(days=2)


def test_a_choice_that_was_made_up_moves_nothing(make, cast, sign_in):
    row = plan(make())
    client = sign_in(cast.wang)
    client.post(reverse(MOVE), {"rows": f"[[{row.pk},1]]", "to": "1", "ids": row.pk})
    assert day_of(row) == TODAY - timedelta(days=2)


def test_today_leads_to_the_list_of_what_is_overdue(make, cast, sign_in):
    for n in range(2):
        plan(make(f"客户{n}"))
    page = sign_in(cast.wang).get(reverse("today")).content.decode()
    assert "/follow-ups/?when=overdue&amp;whose=mine" in page
    assert "Reschedule several" in page


# --- the service -----------------------------------------------------------------------------------------------------
def test_spread_deals_out_ten_a_day_counting_what_stands_there(make, cast):
    standing = [plan(make(), 0) for _ in range(4)]
    late = [plan(make(f"客户{n}", monetary=n)) for n in range(25)]
    services.follow_ups_reschedule(versions=seen(*late), to=None, by=cast.wang)
    days = [day_of(row) for row in late]
    assert [days.count(TODAY + timedelta(days=n)) for n in range(3)] == [6, 10, 9]
    assert day_of(late[-1]) == TODAY  # the most valuable first
    assert {day_of(row) for row in standing} == {TODAY}
    assert len(days) <= cadence.PER_DAY * 3


def test_an_automatic_one_counts_as_chosen_and_is_the_plans_again_when_put_back(make, cast):
    customer = make()
    row = plan(customer, source="cadence", reason_code="PLAN", reason={"days": 30})
    moved = services.follow_ups_reschedule(versions=seen(row), to=TOMORROW, by=cast.wang)
    assert FollowUp.objects.get(pk=row.pk).reason == {"days": 30, "chosen": True}
    services.follow_ups_put_back(record=moved.record, by=cast.wang)
    assert FollowUp.objects.get(pk=row.pk).reason == {"days": 30}


def test_what_somebody_touched_since_is_not_put_back(make, cast):
    touched, closed, left = (plan(make(name)) for name in ("一", "二", "三"))
    moved = services.follow_ups_reschedule(versions=seen(touched, closed, left), to=TOMORROW, by=cast.wang)
    follow_up_reschedule(follow_up=FollowUp.objects.get(pk=touched.pk), due_on=date(2026, 12, 9), by=cast.lead)
    follow_up_complete(follow_up=FollowUp.objects.get(pk=closed.pk), by=cast.wang)
    assert services.follow_ups_put_back(record=moved.record, by=cast.wang) == PutBack(1, 2, 0)
    assert (day_of(touched), day_of(left)) == (date(2026, 12, 9), TODAY - timedelta(days=2))


def test_what_is_out_of_reach_by_now_stays_and_is_counted(make, cast, sign_in):
    rows = [plan(make(name)) for name in ("一", "二", "三")]
    moved = services.follow_ups_reschedule(versions=seen(*rows), to=TOMORROW, by=cast.lead)
    FollowUp.objects.filter(pk=rows[0].pk).update(assignee=cast.outsider)
    Customer.objects.filter(pk=rows[0].customer_id).update(owner=cast.outsider, team=cast.north)
    Customer.objects.filter(pk=rows[1].customer_id).update(deleted_at=clock.now())
    said = sign_in(cast.lead).post(reverse("follow_ups_put_back", args=[moved.record.pk]), follow=True)
    words = "1 follow-up stands where it was. 2 are no longer yours to change and stay."
    assert words in said.content.decode()
    assert [day_of(row) for row in rows] == [TOMORROW, TOMORROW, TODAY - timedelta(days=2)]


def test_it_is_put_back_once_and_within_ten_minutes(make, cast):
    moved = services.follow_ups_reschedule(versions=seen(plan(make())), to=TOMORROW, by=cast.wang)
    services.follow_ups_put_back(record=moved.record, by=cast.wang)
    with pytest.raises(TooLateToPutBackError):
        services.follow_ups_put_back(record=moved.record, by=cast.wang)
    late = services.follow_ups_reschedule(versions=seen(plan(make())), to=TOMORROW, by=cast.wang)
    after = late.record.at + timedelta(minutes=10)
    with time_machine.travel(after, tick=False), pytest.raises(TooLateToPutBackError):
        services.follow_ups_put_back(record=late.record, by=cast.wang)


def test_nobody_takes_the_move_of_another_back(make, cast, sign_in):
    moved = services.follow_ups_reschedule(versions=seen(plan(make())), to=TOMORROW, by=cast.wang)
    for other in (cast.lead, cast.admin, cast.auditor):
        answer = sign_in(other).post(reverse("follow_ups_put_back", args=[moved.record.pk]))
        assert answer.status_code in (403, 404)
    assert Rescheduling.objects.get().undone_at is None


def test_who_has_to_do_them_is_told_once_until_it_is_put_back(make, cast):
    rows = [plan(make(f"客户{n}")) for n in range(3)]
    moved = services.follow_ups_reschedule(versions=seen(*rows), to=TOMORROW, by=cast.lead)
    notice = Notice.objects.get(key__startswith="moved_together")
    assert (notice.user, notice.numbers["n"]) == (cast.wang, 3)
    services.follow_ups_put_back(record=moved.record, by=cast.lead)
    notice.refresh_from_db()
    assert notice.cancelled_at is not None


def test_thousands_take_as_many_statements_as_three(make, cast):
    customers = [make(f"客户{n}") for n in range(4)]

    def statements(count, to):
        rows = FollowUp.objects.bulk_create(
            FollowUp(customer=customers[n % 4], assignee=cast.wang, due_on=TODAY - timedelta(days=1))
            for n in range(count)
        )
        with CaptureQueriesContext(connection) as found:
            moved = services.follow_ups_reschedule(versions={row.pk: 1 for row in rows}, to=to, by=cast.lead)
        assert moved.count == count
        with CaptureQueriesContext(connection) as back:
            assert services.follow_ups_put_back(record=moved.record, by=cast.lead) == PutBack(count, 0, 0)
        return len(found), len(back)

    statements(1, None)  # what a process reads once
    assert statements(3, TOMORROW) == statements(5000, TOMORROW)
    assert statements(3, None) == statements(5000, None)
    assert max(statements(5000, None)) < 16


# --- at the same moment ----------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_two_undos_at_once_put_back_once(make, cast):
    rows = [plan(make(f"客户{n}")) for n in range(3)]
    moved = services.follow_ups_reschedule(versions=seen(*rows), to=TOMORROW, by=cast.wang)

    def undo(_turn: int) -> object:
        try:
            return services.follow_ups_put_back(record=moved.record, by=cast.wang)
        except TooLateToPutBackError:
            return "late"

    assert sorted(map(str, at_once(undo, 4))) == [str(PutBack(3, 0, 0)), "late", "late", "late"]
    assert {day_of(row) for row in rows} == {TODAY - timedelta(days=2)}


@pytest.mark.django_db(transaction=True)
def test_moves_together_and_one_by_one_never_wait_for_each_other(make, cast):
    """Each row ends on a day that somebody chose, and the customers' next day is that of their rows."""
    rows = [plan(make(f"客户{n}")) for n in range(8)]

    def move(turn: int) -> None:
        if turn % 2:
            services.follow_ups_reschedule(versions=seen(*rows), to=TODAY + timedelta(days=turn), by=cast.wang)
        else:
            for row in rows if turn % 4 else reversed(rows):
                own = FollowUp.objects.get(pk=row.pk)
                follow_up_reschedule(follow_up=own, due_on=TODAY + timedelta(days=turn), by=cast.wang)

    at_once(move, 6)
    for row in rows:
        row.refresh_from_db()
        assert row.due_on in {TODAY + timedelta(days=turn) for turn in range(6)}
        assert CustomerFacts.objects.get(pk=row.customer_id).next_follow_up_on == row.due_on
