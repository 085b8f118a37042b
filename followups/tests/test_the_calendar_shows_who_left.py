"""The calendar of somebody who left can be opened while they still have open follow-ups, and is marked as theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import User
from core import clock
from followups.models import FollowUp
from followups.services import follow_up_create

pytestmark = pytest.mark.django_db


@pytest.fixture
def left(customer, cast):
    """小李 is switched off, with one follow-up of tomorrow."""
    tomorrow = clock.business_date() + timedelta(days=1)
    follow_up_create(customer=customer, assignee=cast.li, due_on=tomorrow, by=cast.wang)
    User.objects.filter(pk=cast.li.pk).update(is_active=False)
    return cast.li


def offered(page) -> dict[int, str]:
    return {person.pk: name for person, name in page.context["people"]}


def test_who_left_with_open_follow_ups_can_be_chosen(left, customer, cast, sign_in):
    client, address = sign_in(cast.manager), reverse("follow_up_calendar")
    assert offered(client.get(address))[left.pk] == "小李 · left"
    theirs = client.get(address, {"person": left.pk})
    assert theirs.context["board"].person == left
    assert customer.name in theirs.content.decode()


def test_who_left_nothing_open_is_gone_from_the_list(left, cast, sign_in):
    FollowUp.objects.filter(assignee=left).update(state="cancelled")
    assert left.pk not in offered(sign_in(cast.manager).get(reverse("follow_up_calendar")))


def test_each_person_stands_in_it_once(left, cast, sign_in):
    people = [person.pk for person, _name in sign_in(cast.manager).get(reverse("follow_up_calendar")).context["people"]]
    assert len(people) == len(set(people))
    assert cast.wang.pk in people


def test_nobody_plans_new_days_for_who_left(left, cast, sign_in):
    page = sign_in(cast.manager).get(reverse("week_plan"))
    assert left not in page.context["people"]
