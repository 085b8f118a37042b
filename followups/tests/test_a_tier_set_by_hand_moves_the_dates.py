"""A tier that a person sets moves the customer's automatic date at once, as a stage does; ending it moves it back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from conftest import Cast
from core import clock
from customers.models import Customer
from followups.models import FollowUp
from followups.planning import plans_make
from followups.services import follow_up_reschedule
from segmentation import services


def planned(customer: Customer) -> FollowUp:
    return FollowUp.objects.get(customer=customer, state="open")


def set_tier(customer: Customer, tier: str, cast: Cast) -> None:
    until = clock.business_date() + timedelta(days=60)
    services.tier_override(customer=customer, tier=tier, reason="new key account", until=until, by=cast.manager)


def test_from_the_last_tier_to_the_first_pulls_the_date_in_and_back(make: Any, cast: Cast) -> None:
    customer = make(kind="person", tier="D", tier_rank=5, last_contact=2)
    plans_make()
    slow = planned(customer)
    set_tier(customer, "A", cast)
    quick = planned(customer)
    assert quick.due_on < slow.due_on
    assert quick.reason["because"] == "tier"
    set_tier(customer, "D", cast)
    assert planned(customer).due_on == slow.due_on
    services.tier_override_undo(customer=customer, by=cast.manager)
    assert planned(customer).due_on == quick.due_on


def test_a_day_that_a_person_chose_stays(make: Any, cast: Cast) -> None:
    customer = make(kind="person", tier="D", tier_rank=5, last_contact=2)
    plans_make()
    chosen = planned(customer).due_on + timedelta(days=7)
    follow_up_reschedule(follow_up=planned(customer), due_on=chosen, by=cast.wang)
    set_tier(customer, "A", cast)
    assert planned(customer).due_on == chosen


def test_nobody_is_planned_who_may_not_be_contacted(make: Any, cast: Cast) -> None:
    customer = make(kind="person", tier="D", tier_rank=5, last_contact=2, do_not_contact=True)
    set_tier(customer, "A", cast)
    assert not FollowUp.objects.filter(customer=customer).exists()
