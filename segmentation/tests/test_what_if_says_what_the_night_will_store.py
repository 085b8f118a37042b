"""A preview of other tier rules says of every customer what the coming night stores once they are published."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import User
from conftest import Cast
from core import clock
from customers.models import Customer, Industry
from segmentation import night, tiers
from segmentation.models import ScoreInterval, ScoreRun, ScoringSettings, TierMove, TierOverride
from segmentation.rules.problems import rule_set_problems
from segmentation.rules.services import rule_set_publish
from segmentation.selectors import in_force
from segmentation.tests import worlds
from segmentation.tests.test_rule_sets_in_sql_say_what_the_pure_rules_say import some_points, some_rules
from segmentation.whatif.question import Question
from segmentation.whatif.rated import LATEST, STORED, rated_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> date:
    """A company that was rated as of the last two days that have ended, by other rules the day before."""
    world = worlds.random_world(5, customers=160, days=900)
    shift = clock.last_ended_day() - (worlds.FIRST_DAY + timedelta(days=899))
    for deal in world.deals:
        deal.day += shift
        deal.returned_on = deal.returned_on and deal.returned_on + shift
    worlds.store(world)
    # A month's end would make new cut-points, which are no rule's doing either.
    ScoringSettings.objects.update_or_create(pk=1, defaults={"manual_cuts": True, "calibrate_monthly": False})
    night.rescore(clock.last_ended_day() - timedelta(days=400))  # so that some have a tier and no purchase any more
    night.rescore(clock.last_ended_day())
    return clock.last_ended_day()


def by_hand(cast: Cast, code: str, scheme: str, ends: date, customers: list[Customer]) -> None:
    for customer in customers:
        TierOverride.objects.create(
            customer=customer, tier_scheme=scheme, tier=code, reason="key account", expires_on=ends, by=cast.admin
        )


def stored(scheme: str) -> dict[int, str]:
    rows = ScoreInterval.objects.filter(valid_to=None, tier_scheme=scheme, customer__deleted_at=None)
    return dict(rows.values_list("customer_id", "tier"))


def scored(definition: tiers.Definition) -> dict[int, tuple[Any, ...]]:
    """What the rules look at, as the last night left it."""
    paths = ["r", *(LATEST[code] for code in sorted(definition.asked - {"r"}))]
    rows = ScoreInterval.objects.filter(valid_to=None)
    return {row[0]: row[1:] for row in rows.values_list("customer_id", *paths)}


def previewed(user: User, scheme: str, definition: tiers.Definition) -> dict[int, tuple[str, str]]:
    rows = rated_rows(user, scheme, definition, None).values_list("customer_id", "was", "becomes")
    return {pk: (was, becomes) for pk, was, becomes in rows}


def usable(chance: random.Random, some: Callable[[random.Random], tiers.Definition]) -> tiers.Definition:
    while True:
        made = some(chance)
        if not rule_set_problems(made):
            return made


@pytest.mark.parametrize("scheme", tiers.SCHEMES)
@pytest.mark.parametrize("seed", range(8))
def test_for_random_rules(cast: Cast, company: date, scheme: str, seed: int) -> None:
    chance, today = random.Random(seed), clock.business_date()
    definition = usable(chance, some_rules if seed % 2 else some_points)
    of_scheme = list(Customer.objects.filter(pk__in=stored(scheme)).order_by("pk"))
    chance.shuffle(of_scheme)
    by_hand(cast, "A", scheme, today + timedelta(days=9), of_scheme[:4])
    by_hand(cast, "S" if scheme == "b2b" else "D", scheme, today, of_scheme[4:8])
    by_hand(cast, "B", scheme, today - timedelta(days=2), of_scheme[8:10])  # over
    night.rescore(company)  # the tiers by hand stand in the history as well
    said, scores = previewed(cast.admin, scheme, definition), scored(definition)
    assert {pk: was for pk, (was, _becomes) in said.items()} == stored(scheme)
    rule_set_publish(scheme=scheme, definition=definition, reason="x", effective_on=today, by=cast.admin)
    with time_machine.travel(clock.now() + timedelta(days=1), tick=True):
        night.rescore(today)
    same = {pk for pk, values in scored(definition).items() if values == scores.get(pk)}
    assert len(same & set(said)) > 0.9 * len(said)  # a day later some have bought longer ago: that is no rule's doing
    outcome = stored(scheme)
    assert {pk: becomes for pk, (_was, becomes) in said.items() if pk in same} == {
        pk: tier for pk, tier in outcome.items() if pk in same
    }
    question = Question(scheme, definition)
    moves = {pk: question.up(was, becomes) for pk, (was, becomes) in said.items() if was != becomes and pk in same}
    done = TierMove.objects.filter(on=today, tier_scheme=scheme, customer__in=same)
    assert moves == dict(done.values_list("customer_id", "up"))


def test_negative_control_the_comparison_sees_another_rule_and_a_forgotten_tier_by_hand(
    cast: Cast, company: date
) -> None:
    published = tiers.Definition(("A", "B"), (tiers.box("A", r=(3, 5)), tiers.Rule("B")))
    other = tiers.Definition(("A", "B"), (tiers.box("A", m=(5, 5)), tiers.Rule("B")))
    today, said = clock.business_date(), previewed(cast.admin, "b2b", other)
    forgotten = next(pk for pk, (_was, becomes) in said.items() if becomes == "B")
    by_hand(cast, "A", "b2b", today, [Customer.objects.get(pk=forgotten)])
    rule_set_publish(scheme="b2b", definition=published, reason="x", effective_on=today, by=cast.admin)
    with time_machine.travel(clock.now() + timedelta(days=1), tick=True):
        night.rescore(today)
    outcome = stored("b2b")
    surprised = {pk for pk, (_was, becomes) in said.items() if outcome[pk] != becomes}
    assert forgotten in surprised
    assert len(surprised) > 1


@pytest.mark.parametrize("scheme", tiers.SCHEMES)
def test_by_the_rules_in_force_nobody_moves(cast: Cast, company: date, scheme: str) -> None:
    said = previewed(cast.admin, scheme, tiers.DEFAULTS[scheme])
    assert said
    assert all(was == becomes for was, becomes in said.values())


def test_a_tier_by_hand_stays_unless_the_rules_have_it_no_more(cast: Cast, company: date) -> None:
    kept, gone = list(Customer.objects.filter(pk__in=stored("b2b")).order_by("pk")[:2])
    ends = clock.business_date() + timedelta(days=3)
    by_hand(cast, "A", "b2b", ends, [kept])
    by_hand(cast, "S", "b2b", ends, [gone])
    definition = tiers.Definition(("A", "L"), (tiers.box("A", m=(5, 5)), tiers.Rule("L")))
    said = previewed(cast.admin, "b2b", definition)
    assert said[kept.pk] == ("A", "A")
    assert said[gone.pk][0] == "S"
    assert said[gone.pk][1] in ("A", "L", "unrated")


def test_who_has_no_purchase_left_keeps_the_tier_or_gets_the_lowest(cast: Cast, company: date) -> None:
    rows = ScoreInterval.objects.filter(valid_to=None, r=None, tier_scheme="b2c", customer__deleted_at=None)
    lost = dict(rows.exclude(rated_tier="unrated").values_list("customer_id", "rated_tier"))
    assert set(lost.values()) >= {"C", "D"}
    definition = tiers.Definition(("C", "X"), (tiers.box("C", r=(4, 5)), tiers.Rule("X")))
    said = previewed(cast.admin, "b2c", definition)
    assert {pk: said[pk][1] for pk in lost} == {pk: "C" if tier == "C" else "X" for pk, tier in lost.items()}
    never = rows.filter(last_on=None).values_list("customer_id", flat=True)
    assert never
    assert {said[pk] for pk in never} == {("unrated", "unrated")}


@pytest.mark.parametrize("seed", range(4))
def test_a_month_end_is_told_as_if_the_rules_had_come_into_force_then(cast: Cast, company: date, seed: int) -> None:
    chance = random.Random(seed)
    asked = [code for code, path in STORED.items() if "__" not in path]
    definition = tiers.Definition(
        ("P", "Q", "A"),
        (
            tiers.Rule("P", (tiers.Condition(chance.choice(asked), low=chance.randint(2, 5)),)),
            tiers.Rule("Q", (tiers.Condition("m", low=chance.randint(1, 4)),)),
            tiers.Rule("A"),
        ),
    )
    run = ScoreRun.objects.order_by("as_of")[0]
    said = rated_rows(cast.admin, "b2b", definition, run)
    for row in said.select_related(None):
        values = {code: getattr(row, STORED[code]) for code in asked} if row.r else None
        expected = tiers.tier_of(
            definition, values, previous=row.rated_tier, bought_before=row.last_on is not None, on=run.as_of
        )
        assert (row.was, row.becomes) == (row.tier, expected)
    assert said.count() == ScoreInterval.objects.filter(in_force(run.as_of), tier_scheme="b2b").count()


def test_a_tier_by_hand_counts_at_the_month_ends_at_which_it_stood(cast: Cast, company: date) -> None:
    run = ScoreRun.objects.order_by("as_of")[0]
    pk = next(iter(stored("b2b")))
    row = TierOverride.objects.create(
        customer_id=pk, tier_scheme="b2b", tier="S", reason="x", expires_on=run.as_of, by=cast.admin
    )
    definition = tiers.DEFAULTS["b2b"]

    def then() -> str:
        found = rated_rows(cast.admin, "b2b", definition, run).filter(customer=pk)
        return str(found.values_list("becomes", flat=True).get())

    assert then() != "S"  # set only today
    TierOverride.objects.filter(pk=row.pk).update(created_at=clock.now() - timedelta(days=700))
    assert then() == "S"
    TierOverride.objects.filter(pk=row.pk).update(ended_at=clock.now() - timedelta(days=600))
    assert then() != "S"


def test_nothing_is_invented_of_scores_without_a_history(cast: Cast, company: date) -> None:
    definition = tiers.Definition(
        ("A", "B"), (tiers.Rule("A", (tiers.Condition("potential", low=50),)), tiers.Rule("B"))
    )
    with pytest.raises(ValueError, match="latest night"):
        rated_rows(cast.admin, "b2b", definition, ScoreRun.objects.latest())


def test_rules_may_look_at_the_file(cast: Cast, company: date) -> None:
    textiles, trade = Industry.objects.order_by("pk")[:2]
    pk = list(Customer.objects.filter(pk__in=stored("b2b")).order_by("pk").values_list("pk", flat=True))
    Customer.objects.filter(pk__in=pk[::2]).update(industry=textiles)
    Customer.objects.filter(pk__in=pk[1::2]).update(industry=trade)
    asked = tiers.Condition("industry", codes=(textiles.code,))
    definition = tiers.Definition(("A", "B"), (tiers.Rule("A", (asked,)), tiers.Rule("B")))
    said = previewed(cast.admin, "b2b", definition)
    today = clock.business_date()
    rule_set_publish(scheme="b2b", definition=definition, reason="x", effective_on=today, by=cast.admin)
    with time_machine.travel(clock.now() + timedelta(days=1), tick=True):
        night.rescore(today)
    assert {becomes for _was, becomes in said.values()} == {"A", "B", "unrated"}
    rated = ScoreInterval.objects.filter(valid_to=None, r__isnull=False).values_list("customer_id", flat=True)
    outcome = stored("b2b")
    assert {said[one][1] == outcome[one] for one in rated if one in said} == {True}


def test_only_customers_in_reach_are_told(cast: Cast, company: date) -> None:
    mine, others = list(Customer.objects.filter(pk__in=stored("b2b")).order_by("pk")[:2])
    Customer.objects.filter(pk=mine.pk).update(owner=cast.wang, team=cast.shanghai)
    Customer.objects.filter(pk=others.pk).update(owner=cast.outsider, team=cast.north)
    assert set(previewed(cast.manager, "b2b", tiers.DEFAULTS["b2b"])) == {mine.pk}
    assert set(previewed(cast.admin, "b2b", tiers.DEFAULTS["b2b"])) == set(stored("b2b"))
