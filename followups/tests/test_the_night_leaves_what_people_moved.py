"""A move on the calendar meets the night that sends messages by itself: what a person has moved is theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from core import clock
from customers.models import Customer
from followups import planning, services
from followups.cadence_table.table import read_table
from followups.models import CadenceRule, FollowUp, Message, MessageSetting, MessageTemplate
from followups.planning import plans_make
from followups.services import automatic, automatic_prepare
from tests.races import beside

pytestmark = pytest.mark.django_db(transaction=True)
LATER = timedelta(days=4)


@pytest.fixture
def due(make, settings):
    """An ordinary customer to whom the night sends a mail today, in place of a person's follow-up."""
    settings.EMAIL_CONFIGURED = True
    CadenceRule.objects.filter(phase="long_term", scheme="b2c", tier="C").update(policy="auto", method="email")
    MessageTemplate.objects.filter(code="greeting").update(automatic=True)
    MessageSetting.objects.update_or_create(pk=1, defaults={"automatic": "direct"})
    read_table.forget()
    customer = make("王", kind="person", tier="C", tier_rank=3, last_contact=200)
    Customer.objects.filter(pk=customer.pk).update(email="wang@example.com")
    plans_make()
    FollowUp.objects.filter(customer=customer, state="open").update(due_on=clock.business_date())
    return FollowUp.objects.get(customer=customer)


def move_while_the_night_waits(planned, by) -> None:
    """The night has seen the follow-up and waits for its customer when the move ends."""
    with transaction.atomic():
        services.follow_up_reschedule(follow_up=planned, due_on=planned.due_on + LATER, by=by)
        other = beside(lambda: list(automatic_prepare(clock.business_date())))
        assert other.is_alive()
    other.join()
    planned.refresh_from_db()


def test_what_was_moved_while_the_night_waited_stays_with_its_person(due, cast):
    day = due.due_on + LATER
    move_while_the_night_waits(due, cast.wang)
    assert (due.state, due.due_on) == ("open", day)
    assert not Message.objects.exists()


def test_without_the_second_look_the_night_would_have_taken_it(due, cast, monkeypatch):
    """So that the test above is seen to look at something."""
    as_seen = FollowUp.objects.select_related("customer__facts", "customer__owner", "customer__rhythm", "assignee")
    monkeypatch.setattr(automatic, "_still_due", lambda today, ids: list(as_seen.filter(pk__in=ids)))
    move_while_the_night_waits(due, cast.wang)
    assert due.state == "done"
    assert Message.objects.count() == 1


def test_a_move_on_the_page_that_comes_while_the_night_is_at_it_is_told_so(due, cast, sign_in, monkeypatch):
    """The night holds the customer first: the move waits, and finds the follow-up done."""
    client, plain, others = sign_in(cast.wang), automatic._outcome, []
    move = {"on": (due.due_on + LATER).isoformat(), "version": due.version}
    answers = []

    def meanwhile(*given):
        others.append(beside(lambda: answers.append(client.post(reverse("follow_up_move", args=[due.pk]), move))))
        assert others[0].is_alive()
        return plain(*given)

    monkeypatch.setattr(automatic, "_outcome", meanwhile)
    list(automatic_prepare(clock.business_date()))
    others[0].join()
    due.refresh_from_db()
    assert (due.state, due.due_on) == ("done", clock.business_date())
    assert answers[0].status_code < 500
    assert FollowUp.objects.filter(customer=due.customer_id, state="open").count() == 1


def test_what_was_moved_while_the_plan_was_made_stays_on_its_day(due, cast, monkeypatch):
    """The plan would move it, as the customer's line has changed; its list is older than the move."""
    CadenceRule.objects.filter(phase="long_term", scheme="b2c", tier="C").update(
        policy="person", shortest=90, longest=90
    )
    read_table.forget()
    plain = planning._slices

    def moved_before(differing):
        assert due.customer_id in [pk for _owner, ids in differing for pk in ids]
        services.follow_up_reschedule(follow_up=due, due_on=due.due_on + LATER, by=cast.wang)
        return plain(differing)

    day = due.due_on + LATER
    monkeypatch.setattr(planning, "_slices", moved_before)
    plans_make()
    due.refresh_from_db()
    assert (due.state, due.due_on, due.reason["chosen"]) == ("open", day, True)
