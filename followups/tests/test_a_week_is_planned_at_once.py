""" "Plan my week": a proposal by day that moves exactly what was ticked, with one way back."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEntry
from customers.models import CustomerFacts
from followups import services
from followups.autoplan.placing import Task, Why, place
from followups.autoplan.proposing import Wanted, proposal_of
from followups.models import FollowUp, Rescheduling
from followups.planning import plans_make
from followups.services.together import TooLateToPutBackError

TODAY = date(2026, 11, 24)  # a Tuesday
FRIDAY = date(2026, 11, 27)
database = pytest.mark.django_db


def late(customer, days=3, **more) -> FollowUp:
    values = {"source": "cadence", "reason_code": "CADENCE", "reason": {"phase": "long_term"}} | more
    assignee = values.pop("assignee", customer.owner)
    CustomerFacts.objects.filter(pk=customer.pk).update(next_follow_up_on=TODAY - timedelta(days=days))
    return FollowUp.objects.create(customer=customer, assignee=assignee, due_on=TODAY - timedelta(days=days), **values)


def proposed(cast, **more):
    return proposal_of(cast.wang, Wanted(cast.wang, TODAY, FRIDAY, **more))


def accept(client, page, ticked=None, **more):
    html = page.content.decode()
    seal = re.search(r'name="seal" value="([^"]+)"', html)[1]
    keys = re.findall(r'name="row" value="(\w+)"( checked)?', html)
    rows = [key for key, checked in keys if checked] if ticked is None else ticked
    data = {"seal": seal, "row": rows, "next": "/follow-ups/calendar/", **more}
    return client.post(reverse("week_plan_accept"), data, follow=True)


@database
def test_what_is_overdue_is_dealt_out_over_days_with_room(cast, make):
    for n in range(12):
        late(make(f"客户{n}"))
    found = proposed(cast)
    assert [(day.date, len(day.rows), day.holds) for day in found.days] == [
        (TODAY, 10, 10),
        (TODAY + timedelta(1), 2, 2),
    ]
    assert found.rows[0].why == "Overdue since Sat 21 Nov."


@database
def test_the_best_tiers_come_first_and_chips_choose(cast, make):
    low, high = make("低", tier="D", tier_rank=5), make("高", tier="S", tier_rank=1)
    late(low, 9), late(high, 1)
    assert [row.customer.pk for row in proposed(cast).rows] == [high.pk, low.pk]
    assert [row.customer.pk for row in proposed(cast, tiers=["D"]).rows] == [low.pk]
    assert not proposed(cast, stages=["needs"]).rows


@database
def test_days_off_of_the_person_get_nothing(cast, make):
    services.absence_add(person=cast.wang, first_on=TODAY, last_on=TODAY, by=cast.wang)
    late(make())
    assert [day.date for day in proposed(cast).days] == [TODAY + timedelta(days=1)]


@database
def test_a_customer_without_a_date_gets_one(cast, make):
    customer = make(last_contact=100)
    [row] = proposed(cast).rows
    assert (row.key, row.was, row.why) == (f"c{customer.pk}", None, "Nothing is planned.")
    done = services.plan_accept(person=cast.wang, moves={}, new={customer.pk: row.on}, by=cast.wang)
    made = FollowUp.objects.get()
    assert (done.count, made.due_on, made.source) == (1, row.on, "cadence")
    assert CustomerFacts.objects.get(pk=customer.pk).next_follow_up_on == row.on
    services.follow_ups_put_back(record=done.record, by=cast.wang)
    assert FollowUp.objects.get().state == "cancelled"
    assert CustomerFacts.objects.get(pk=customer.pk).next_follow_up_on is None


@database
def test_exactly_what_is_ticked_moves_and_comes_back(cast, make, sign_in):
    rows = [late(make(f"客户{n}")) for n in range(3)]
    client = sign_in(cast.wang)
    page = client.get(reverse("week_plan"))
    answer = accept(client, page, [f"f{rows[0].pk}", f"f{rows[1].pk}"])
    assert "2 follow-ups are planned." in answer.content.decode()
    assert [FollowUp.objects.get(pk=row.pk).due_on >= TODAY for row in rows] == [True, True, False]
    entry = AuditEntry.objects.get(act="follow_up.plan_week")
    assert entry.details["together"] == 2
    plans_make()
    assert FollowUp.objects.get(pk=rows[0].pk).due_on == TODAY, "the night leaves what was accepted"
    record = Rescheduling.objects.get()
    services.follow_ups_put_back(record=record, by=cast.wang)
    assert FollowUp.objects.get(pk=rows[0].pk).due_on == rows[0].due_on


@database
def test_ten_minutes_are_the_way_back(cast, make):
    row = late(make())
    done = services.plan_accept(person=cast.wang, moves={row.pk: (1, TODAY)}, new={}, by=cast.wang)
    with time_machine.travel("2026-11-24T02:11:00Z", tick=False), pytest.raises(TooLateToPutBackError):
        services.follow_ups_put_back(record=done.record, by=cast.wang)


@database
def test_what_changed_meanwhile_is_named_and_stays(cast, make, sign_in):
    kept, moved = late(make("不变")), late(make("被别人改了"))
    client = sign_in(cast.wang)
    page = client.get(reverse("week_plan"))
    services.follow_up_reschedule(follow_up=moved, due_on=date(2026, 12, 9), by=cast.lead)
    answer = accept(client, page).content.decode()
    assert "Changed meanwhile, so it stays as it is: 被别人改了." in answer
    assert FollowUp.objects.get(pk=moved.pk).due_on == date(2026, 12, 9)
    assert FollowUp.objects.get(pk=kept.pk).due_on == TODAY


@database
def test_what_people_planned_is_ticked_by_nobody_else(cast, make, sign_in):
    by_hand = late(make(), source="manual", reason_code="", reason={})
    client = sign_in(cast.wang)
    page = client.get(reverse("week_plan"))
    assert "planned by hand" in page.content.decode().lower()
    accept(client, page)
    assert FollowUp.objects.get(pk=by_hand.pk).due_on == by_hand.due_on
    accept(client, page, [f"f{by_hand.pk}"])
    assert FollowUp.objects.get(pk=by_hand.pk).due_on == TODAY


@database
def test_a_lead_plans_the_week_of_their_people_and_nobody_else_does(cast, make, sign_in):
    row, url = late(make()), f"{reverse('week_plan')}?span=this&person={cast.wang.pk}"
    client = sign_in(cast.lead)
    accept(client, client.get(url), person=cast.wang.pk)
    assert FollowUp.objects.get(pk=row.pk).due_on == TODAY
    assert sign_in(cast.li).get(url).status_code in (403, 404)


@database
def test_a_seal_of_somebody_else_moves_nothing_out_of_reach(cast, make, sign_in):
    row = late(make(owner=cast.outsider))
    page = sign_in(cast.outsider).get(reverse("week_plan"))
    accept(sign_in(cast.wang), page)
    assert FollowUp.objects.get(pk=row.pk).due_on == row.due_on
    answer = sign_in(cast.wang).post(reverse("week_plan_accept"), {"seal": "made up", "row": ["f1"]}, follow=True)
    assert "The form was changed on its way" in answer.content.decode()


@database
@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("span=range", "Choose the day."),
        ("span=range&first=2026-12-10&last=2026-12-01", "The last day lies before the first"),
        ("span=range&first=2026-11-01&last=2026-11-05", "The day lies in the past"),
        ("span=range&first=2026-11-25&last=2027-02-01", "Choose 31 days at most."),
    ],
)
def test_days_that_make_no_sense_are_told(cast, sign_in, asked, words):
    answer = sign_in(cast.wang).get(f"{reverse('week_plan')}?{asked}")
    assert (answer.status_code, words in answer.content.decode()) == (422, True)


@database
def test_more_rows_ask_no_more_queries(cast, make, sign_in):
    client = sign_in(cast.wang)
    late(make()), make(last_contact=100)
    client.get(reverse("week_plan"))
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(reverse("week_plan"))
    for n in range(15):
        late(make(f"客户{n}")), make(f"无计划{n}", last_contact=100)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("week_plan"))
    assert len(many) <= len(few)


# --- where things go --------------------------------------------------------------------------------------------------
days = [TODAY + timedelta(days=n) for n in range(5)]
tasks = st.lists(st.one_of(st.none(), st.integers(-20, 8)), max_size=40).map(
    lambda offsets: [Task(f"f{n}", None if at is None else TODAY + timedelta(days=at)) for n, at in enumerate(offsets)]
)


@given(tasks, st.lists(st.integers(0, 12), min_size=5, max_size=5), st.integers(1, 10))
def test_no_day_is_overfilled_and_nothing_is_lost(wanted, loads, per_day):
    standing = dict(zip(days, loads, strict=True))
    found = place(wanted, days, standing, per_day)
    assert found.stay + len(found.placed) + found.no_room == len(wanted)
    moves = {one.key: one.on for one in found.placed}
    for day in days:
        came = sum(1 for on in moves.values() if on == day)
        assert came == 0 or standing[day] + came <= per_day
    assert all(
        (task.on is None) == (one.why == Why.NO_DATE) for task in wanted for one in found.placed if one.key == task.key
    )


def test_what_is_too_much_goes_to_the_nearest_day():
    wanted = [Task("f1", days[2]), Task("f2", days[2]), Task("f3", days[2])]
    found = place(wanted, days, {days[1]: 2}, 2)
    assert [(one.key, one.on, one.why) for one in found.placed] == [("f3", days[3], Why.FULL)]
