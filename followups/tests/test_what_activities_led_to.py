"""What the night counts of activities: answers, orders that followed, and the stage and tier of that day."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core import clock
from customers.models import Interaction, StageMove
from followups.messages.models import Message, MessageTemplate
from followups.models import FollowUp, Outcome
from followups.outcomes.counting import FOLLOWS_WITHIN, outcomes_count
from sales.models import Order
from segmentation.models import ScoreInterval

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(days_ago: int, hour: int = 10) -> datetime:
    return datetime.combine(TODAY - timedelta(days=days_ago), time(hour), SHANGHAI)


@pytest.fixture
def spoke(cast):
    """`spoke(customer, 20)`: a call that reached the customer 20 days ago."""

    def log(customer, days_ago, result="reached", hour=10, **more: Any) -> Interaction:
        values = {"kind": "call", "user": cast.wang, "result": result, "occurred_at": at(days_ago, hour), **more}
        return Interaction.objects.create(customer=customer, **values)

    return log


def bought(customer, days_ago, amount=10_000, **more: Any) -> Order:
    day = TODAY - timedelta(days=days_ago)
    values = {"number": f"B{Order.all_objects.count()}", "currency": "CNY", "total": amount, "amount": amount} | more
    return Order.objects.create(customer=customer, ordered_at=at(days_ago, 12), ordered_on=day, **values)


def count(night: date = TODAY) -> dict[int, Outcome]:
    for _counts in outcomes_count(night):
        pass
    return {row.pk: row for row in Outcome.objects.all()}


def followed(outcome: Outcome) -> tuple[int, int]:
    return outcome.orders, outcome.sold


def test_only_what_a_colleague_began_is_counted(make, spoke):
    customer = make()
    call = spoke(customer, 3)
    spoke(customer, 3, kind="note", result="", direction="internal")
    spoke(customer, 3, direction="in")
    spoke(customer, 3, automatic=True)
    spoke(customer, 3, deleted_at=clock.now())
    assert set(count()) == {call.pk}


def test_no_answer_is_an_activity_without_an_answer_and_without_orders(make, spoke):
    customer = make()
    tried, reached = spoke(customer, 5, result="no_answer"), spoke(customer, 8)
    bought(customer, 2)
    found = count()
    assert (found[tried.pk].answered, found[reached.pk].answered) == (False, True)
    assert (followed(found[tried.pk]), followed(found[reached.pk])) == ((0, 0), (1, 10_000))


def test_an_order_belongs_to_the_last_activity_before_it_that_reached_somebody(make, spoke):
    customer = make()
    first, last = spoke(customer, 20), spoke(customer, 10)
    bought(customer, 15, 3_000)
    bought(customer, 10, 500)
    bought(customer, 9, 700)
    found = count()
    assert (followed(found[first.pk]), followed(found[last.pk])) == ((1, 3_000), (2, 1_200))


def test_an_order_follows_within_30_days(make, spoke):
    inside, outside = make("甲"), make("乙")
    one, other = spoke(inside, 30), spoke(outside, 31)
    bought(inside, 0)
    bought(outside, 0)
    found = count()
    assert (followed(found[one.pk]), followed(found[other.pk])) == ((1, 10_000), (0, 0))


def test_returns_and_cancelled_and_free_orders_followed_nothing(make, spoke):
    customer = make()
    call = spoke(customer, 9)
    bought(customer, 8, -500, kind="return")
    bought(customer, 7, state="cancelled")
    bought(customer, 6, 0)
    bought(customer, 5, deleted_at=clock.now())
    assert followed(count()[call.pk]) == (0, 0)


def test_the_day_is_the_companys(make, spoke):
    late = spoke(make(), 1, hour=23)
    assert count()[late.pk].day == TODAY - timedelta(days=1)


def test_the_stage_is_that_of_the_day(make, spoke):
    customer = make(stage="proposal")
    before, between, after = spoke(customer, 30), spoke(customer, 10), spoke(customer, 2)
    StageMove.objects.create(customer=customer, from_stage="first_contact", to_stage="needs")
    StageMove.objects.create(customer=customer, from_stage="needs", to_stage="proposal")
    for move, days in zip(StageMove.objects.order_by("pk"), (20, 5), strict=True):
        StageMove.objects.filter(pk=move.pk).update(at=at(days))
    found = count()
    stages = [found[row.pk].stage for row in (before, between, after)]
    assert stages == ["first_contact", "needs", "proposal"]


def test_orders_move_the_stage_of_that_time(make, spoke):
    customer = make(stage="long_term")
    rows = [spoke(customer, days) for days in (200, 195, 100, 5)]
    bought(customer, 198)
    found = count(date(2026, 11, 30))
    assert [found[row.pk].stage for row in rows] == ["first_contact", "after_sale", "long_term", "long_term"]


def test_the_tier_is_that_of_the_day(make, spoke):
    customer = make()
    early, late, unknown = spoke(customer, 10), spoke(customer, 2), spoke(make("乙"), 2)
    values = {"customer": customer, "tier_scheme": "b2c", "lifecycle": "repeat"}
    moved = TODAY - timedelta(days=5)
    ScoreInterval.objects.create(tier="D", valid_from=date(2026, 1, 1), valid_to=moved - timedelta(days=1), **values)
    ScoreInterval.objects.create(tier="A", valid_from=moved, **values)
    found = count()
    assert [found[row.pk].tier for row in (early, late, unknown)] == ["D", "A", "unrated"]


def test_it_knows_the_plan_that_it_closed(make, log_contact):
    customer = make()
    FollowUp.objects.create(customer=customer, assignee=customer.owner, due_on=TODAY, source="warning")
    entry, other = log_contact(customer), log_contact(make("乙"))
    found = count()
    assert (found[entry.pk].source, found[other.pk].source) == ("warning", "")


def test_a_message_is_answered_when_the_customer_comes_back(make, spoke, cast):
    back, silent = make("甲"), make("乙")
    template = MessageTemplate.objects.first()
    sent = [spoke(customer, 20, kind="email", result="done") for customer in (back, silent)]
    for entry in sent:
        values = {"channel": "email", "email": "a@b.example", "language": "en", "text": "…", "token": str(entry.pk)}
        Message.objects.create(
            customer=entry.customer, interaction=entry, user=cast.wang, template=template, state="sent", **values
        )
    spoke(back, 10, direction="in", result="done")
    spoke(silent, 3, direction="in", result="done")
    bought(silent, 4)
    found = count()
    assert [found[entry.pk].answered for entry in sent] == [True, False], "17 days later is no answer any more"
    assert [found[entry.pk].template for entry in sent] == [template, template]
    assert followed(found[sent[1].pk]) == (1, 10_000), "who buys without a word was reached all the same"


def test_what_was_taken_back_or_corrected_is_counted_anew(make, spoke):
    customer = make()
    gone, changed = spoke(customer, 4), spoke(customer, 3, result="no_answer")
    count()
    Interaction.objects.filter(pk=gone.pk).update(deleted_at=clock.now())
    Interaction.objects.filter(pk=changed.pk).update(result="interested")
    found = count()
    assert set(found) == {changed.pk}
    assert found[changed.pk].answered


def test_a_night_writes_only_what_differs(make, spoke):
    spoke(make(), 3)
    assert [counts["outcomes"] for counts in outcomes_count(TODAY)][-1] == 1
    assert [counts["outcomes"] for counts in outcomes_count(TODAY)][-1] == 0


def test_old_entries_are_counted_with_the_last_night_of_a_month(make, spoke):
    spoke(make(), 1)
    count()
    old = spoke(make("乙"), 120)
    assert old.pk not in count()
    assert old.pk in count(date(2026, 11, 30))


@pytest.mark.parametrize("seed", range(6))
def test_the_statement_counts_as_the_rule_says(make, spoke, seed):
    """Random histories, against the rule written down plainly."""
    chance = random.Random(seed)
    customers = [make(f"客户{n}") for n in range(4)]
    results = ["reached", "no_answer", "interested", "done"]
    calls = [
        spoke(chance.choice(customers), chance.randint(0, 60), chance.choice(results), chance.randint(0, 23))
        for _n in range(40)
    ]
    orders = [bought(chance.choice(customers), chance.randint(0, 60), chance.randint(1, 9) * 100) for _n in range(25)]
    found = count(date(2026, 11, 30))
    expected = {call.pk: (0, 0) for call in calls}
    for order in orders:
        heard = [call for call in calls if call.customer_id == order.customer_id and call.result != "no_answer"]
        days = [(call, (order.ordered_on - call.occurred_at.astimezone(SHANGHAI).date()).days) for call in heard]
        near = [(call.occurred_at, call.pk) for call, gap in days if 0 <= gap <= FOLLOWS_WITHIN]
        if near:
            number, money = expected[max(near)[1]]
            expected[max(near)[1]] = number + 1, money + order.amount
    assert {pk: followed(row) for pk, row in found.items()} == expected
