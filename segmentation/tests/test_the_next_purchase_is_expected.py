"""Intervals between purchases: own quartiles, usual ones of a tier, second purchases; SQL says what Python says."""

from datetime import date, timedelta

import pytest

from customers.models import CustomerFacts
from sales.models import Order
from segmentation import night
from segmentation.buying import gaps
from segmentation.buying.models import BuyingRhythm, UsualGap
from segmentation.buying.selectors import usual_of_tier, usual_second
from segmentation.models import ScoreInterval
from segmentation.tests import worlds
from segmentation.tests.worlds import Deal

DAY = date(2026, 6, 10)


def test_the_worked_example_of_quartiles():
    days = [date(2026, 1, 1), date(2026, 1, 11), date(2026, 1, 31), date(2026, 2, 10), date(2026, 3, 12)]
    found = gaps.gaps_of(days)
    assert found == [10, 20, 10, 30]
    assert gaps.quartiles(found) == gaps.Quartiles(10, 10, 20)
    expected = gaps.expected(days[-1], found, 99, lost=False)
    assert (expected.on, expected.by, expected.latest) == (date(2026, 3, 22), "own", date(2026, 4, 1))


def test_with_few_intervals_the_tier_speaks_and_of_the_lost_nobody():
    last = date(2026, 3, 1)
    assert gaps.expected(last, [5, 6], 25, lost=False) == gaps.Expected(date(2026, 3, 26), "tier")
    assert gaps.expected(last, [5, 6], None, lost=False) is None
    assert gaps.expected(last, [5, 6, 7], 25, lost=True) is None
    assert gaps.expected(None, [], 25, lost=False) is None


def test_the_worked_example_of_second_purchases():
    usual = gaps.quartiles(range(10, 60, 2))
    assert usual == gaps.Quartiles(22, 34, 46)
    assert [gaps.second_purchase(days, usual) for days in (21, 22, 40, 46, 47)] == [
        "early",
        "due",
        "due",
        "due",
        "late",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_the_night_says_the_same_of_every_customer(defaults, seed):
    world = worlds.random_world(seed)
    worlds.store(world)
    night.rescore(DAY)
    seen = {number: worlds.seen(world, number, DAY) for number in world.kinds if number not in world.binned}
    days = {number: sorted(set(row.bought_days)) for number, row in seen.items() if row.bought_days}
    stored = BuyingRhythm.objects.values_list("customer__number", "days", "last_on", "low", "middle", "high")
    found = {row[0]: row[1:] for row in stored}
    assert found.keys() == days.keys()
    for number, bought in days.items():
        own = gaps.quartiles(gaps.gaps_of(bought))
        figures = (own.low, own.middle, own.high) if own else (None, None, None)
        assert found[number] == (len(bought), bought[-1], *figures), number
    _same_usual(days)
    _same_expected(days)


def _same_usual(days):
    tiers = dict(ScoreInterval.objects.filter(valid_to=None).values_list("customer__number", "tier"))
    schemes = dict(ScoreInterval.objects.filter(valid_to=None).values_list("customer__number", "tier_scheme"))
    of: dict[tuple[str, str, str], list[int]] = {}
    for number, bought in days.items():
        between = gaps.gaps_of(bought)
        scheme = schemes[number]
        if len(between) >= gaps.ENOUGH_GAPS:
            for key in ((scheme, tiers[number]), (scheme, ""), ("", "")):
                of.setdefault(("repeat", *key), []).append(gaps.quartiles(between).middle)
        if between:
            for key in ((scheme, ""), ("", "")):
                of.setdefault(("second", *key), []).append(between[0])
    expected = {key: gaps.quartiles(found) for key, found in of.items() if len(found) >= gaps.ENOUGH_CUSTOMERS}
    rows = UsualGap.objects.values_list("of", "tier_scheme", "tier", "low", "middle", "high", "customers")
    stored = {row[:3]: gaps.Quartiles(*row[3:6]) for row in rows if row[0] == "repeat"}
    assert stored == {key: found for key, found in expected.items() if key[0] == "repeat"}
    assert {row[:3]: row[6] for row in rows if row[0] == "repeat"} == {key: len(of[key]) for key in stored}


def _same_expected(days):
    for facts in CustomerFacts.objects.select_related("customer"):
        bought = days.get(facts.customer.number, [])
        scheme = "b2b" if facts.customer.kind == "company" else "b2c"
        usual = usual_of_tier(scheme, facts.tier)
        lost = facts.lifecycle in ("lost", "prospect")
        last = bought[-1] if bought else None
        wanted = gaps.expected(last, gaps.gaps_of(bought), usual.quartiles.middle if usual else None, lost=lost)
        assert (facts.next_order_on, facts.next_order_by) == ((wanted.on, wanted.by) if wanted else (None, ""))


@pytest.mark.django_db
def test_a_night_without_news_writes_nothing(defaults):
    worlds.store(worlds.random_world(1))
    night.rescore(DAY)

    def versions():
        return list(BuyingRhythm.objects.extra(select={"x": "xmin::text"}).order_by("pk").values_list("pk", "x"))

    before = versions()
    night.rescore(DAY)
    assert versions() == before


@pytest.mark.django_db
def test_usual_intervals_stay_for_a_month_and_a_new_one_reaches_everybody(defaults):
    world = worlds.random_world(2)
    worlds.store(world)
    night.rescore(DAY)
    kept = set(UsualGap.objects.values_list("kept_on", flat=True))
    assert kept == {DAY}
    night.rescore(DAY + timedelta(days=1))
    assert set(UsualGap.objects.values_list("kept_on", flat=True)) == kept
    night.rescore(date(2026, 7, 1))
    assert date(2026, 7, 1) in set(UsualGap.objects.values_list("kept_on", flat=True))


@pytest.mark.django_db
def test_a_customer_whose_orders_went_has_no_rhythm(defaults, customer):
    worlds.store(worlds.World({"R1": "person"}, [Deal("R1", DAY - timedelta(days=9), 900)]))
    night.rescore(DAY)
    assert BuyingRhythm.objects.get().days == 1
    Order.objects.all().delete()
    night.rescore(DAY + timedelta(days=1))
    assert not BuyingRhythm.objects.exists()


@pytest.mark.django_db
def test_of_too_few_nothing_is_said(defaults):
    worlds.store(worlds.World({"R1": "person"}, [Deal("R1", DAY - timedelta(days=9), 900)]))
    night.rescore(DAY)
    assert usual_second("b2c") is None
    assert CustomerFacts.objects.get(customer__number="R1").next_order_on is None
