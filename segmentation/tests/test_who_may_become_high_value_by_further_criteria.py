"""Where rules ask for more than R, F and M, who is one step below is found in SQL as the pure rules find it."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from conftest import Cast
from customers.models import Customer, CustomerFacts, Industry
from segmentation import tiers
from segmentation.buying import rising
from segmentation.buying.selectors import ladder, missing_of, one_step_below
from segmentation.buying.words import missing_words
from segmentation.models import CutPoints, RuleSet, ScoreBasis, ScoreRun
from segmentation.tiers import Condition, Definition, Rule, Threshold, Weight

CUTS_F, CUTS_M = [2, 3, 4, 6], [30_000, 80_000, 150_000, 400_000]
ASK = rising.Ask(tuple(CUTS_F), tuple(CUTS_M))
TEXTILES = Condition("industry", codes=("textiles",))


def rules(*conditions: Condition) -> Definition:
    return Definition(("A", "C"), (Rule("A", conditions), Rule("C")))


def lacks(definition: Definition, **values: Any) -> rising.Missing | None:
    ask = rising.Ask.of(definition, ASK.cuts_f, ASK.cuts_m)
    known = {"r": 3, "f": 3, "m": 3, "orders": 3, "amount": 138_000} | values
    return rising.lacking(lambda one: tiers.tier_by(definition, one) == "A", ask, known)


@pytest.mark.parametrize(
    ("definition", "values", "expected"),
    [
        (rules(Condition("f", low=4), TEXTILES), {"industry": "textiles"}, rising.Missing(1, None)),
        (rules(Condition("f", low=4), TEXTILES), {"industry": "food"}, None),
        (rules(Condition("f", low=4), TEXTILES), {}, None),
        # The bound of the rules lies before the next cut-point, and beyond the last one.
        (rules(Condition("amount", low=140_000), TEXTILES), {"industry": "textiles"}, rising.Missing(None, 2_000)),
        (rules(Condition("amount", low=500_000)), {"amount": 450_000, "m": 5}, rising.Missing(None, 50_000)),
        (rules(Condition("amount", low=500_000)), {"amount": 390_000, "m": 4}, None),  # more than a quarter
        (rules(Condition("orders", low=9)), {"orders": 8, "f": 5}, rising.Missing(1, None)),
        (rules(Condition("potential", low=60)), {"potential": 52}, rising.Missing(None, None, points=("potential", 8))),
        (rules(Condition("potential", low=60)), {"potential": 49}, None),
        (rules(Condition("potential", low=60)), {}, None),
        (rules(Condition("feedback", low=4)), {"feedback": 3}, rising.Missing(None, None, points=("feedback", 1))),
        (rules(Condition("satisfaction", codes=("satisfied",))), {"satisfaction": "neutral"}, None),
        (
            rules(Condition("f", low=4), Condition("m", low=4), TEXTILES),
            {"industry": "textiles"},
            rising.Missing(1, 12_000, "both"),
        ),
        (rules(Condition("amount", low=1), TEXTILES), {"industry": "textiles"}, None),  # is there
    ],
)
def test_what_is_missing(definition: Definition, values: Any, expected: rising.Missing | None) -> None:
    assert lacks(definition, **values) == expected


def some_customers(cast: Cast, seed: int, count: int = 150) -> None:
    chance = random.Random(seed)
    cuts = CutPoints.objects.create(calibrated_on="2026-06-01", r=[365, 180, 90, 30], f=CUTS_F, m=CUTS_M)
    now = timezone.now()
    ScoreRun.objects.create(as_of="2026-06-10", cut_points=cuts, started_at=now, published_at=now)
    industries = [None, *Industry.objects.filter(code__in=["textiles", "food"])]
    for n in range(count):
        made = Customer.objects.create(
            number=f"C{n}", name=f"C{n}", kind="company", owner=cast.wang, industry=chance.choice(industries)
        )
        orders, amount = chance.randint(1, 8), chance.choice([0, 25_000, 70_000, 138_000, 149_000, 380_000, 450_000])
        CustomerFacts.objects.create(
            customer=made,
            r=chance.choice([None, 1, 3, 5]),
            f=rising.score_of(CUTS_F, orders),
            m=rising.score_of(CUTS_M, amount, money=True),
            frequency=orders,
            monetary=amount,
            interaction_score=chance.choice([None, 40, 55, 95]),
            potential=chance.choice([None, 45, 51, 60]),
            health=chance.choice([None, 70]),
            last_csat=chance.choice([None, 2, 3, 5]),
            satisfaction=chance.choice(["", "satisfied", "neutral"]),
            tier=chance.choice(["A", "C"]),
        )
        ScoreBasis.objects.create(
            customer=made,
            **dict.fromkeys(("tries", "answered", "reached", "inbound", "complaints"), 0),
            spend_now=chance.choice([200, 100]),
            spend_before=150,
        )


SETS = {
    "bounds and entries": Definition(
        ("S", "A", "B", "C"),
        (
            Rule("S", (Condition("amount", low=500_000), Condition("orders", low=9))),
            Rule("A", (Condition("amount", low=140_000), TEXTILES)),
            Rule("A", (Condition("f", low=4), Condition("m", low=4), Condition("satisfaction", codes=("satisfied",)))),
            Rule("B", (Condition("r", low=4),)),
            Rule("C"),
        ),
    ),
    "scores": Definition(
        ("A", "C"),
        (
            Rule("A", (Condition("potential", low=60), Condition("interaction", low=50))),
            Rule("A", (Condition("feedback", low=4), Condition("m", low=3))),
            Rule("C"),
        ),
    ),
    "points": Definition(
        ("A", "B", "C"),
        weights=(Weight("f", 40), Weight("m", 30), Weight("potential", 20), Weight("industry", 10, (("food", 100),))),
        thresholds=(Threshold("A", 65), Threshold("B", 40), Threshold("C")),
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("seed", range(2))
def test_the_list_holds_exactly_whom_one_step_leads_there(cast: Cast, name: str, seed: int) -> None:
    definition = SETS[name]
    RuleSet.objects.filter(scheme="b2b").update(
        tiers=list(definition.tiers), definition=tiers.as_stored(definition), effective_on="2026-01-01"
    )
    some_customers(cast, seed)
    ladder.forget()
    found = set(Customer.objects.filter(one_step_below()).values_list("number", flat=True))
    spends = Customer.objects.filter(score_basis__spend_now__gt=150).select_related("facts", "industry")
    assert found == {row.number for row in spends if missing_of(row)}
    assert found


@pytest.mark.django_db
def test_the_list_and_the_file_say_it_in_words(cast: Cast, sign_in: Any) -> None:
    definition = rules(Condition("amount", low=140_000), TEXTILES)
    RuleSet.objects.filter(scheme="b2b").update(
        tiers=["A", "C"], definition=tiers.as_stored(definition), effective_on="2026-01-01"
    )
    some_customers(cast, 1, count=1)
    row = Customer.objects.get(number="C0")
    Customer.objects.filter(pk=row.pk).update(industry=Industry.objects.get(code="textiles"))
    CustomerFacts.objects.filter(pk=row.pk).update(r=3, monetary=138_000, m=3, tier="C", frequency=3, f=3)
    ScoreBasis.objects.filter(pk=row.pk).update(spend_now=200)
    ladder.forget()
    page = sign_in(cast.wang).get(reverse("rising"))
    assert "¥20 more" in page.content.decode()
    assert "¥20 more" in sign_in(cast.wang).get(reverse("customer", args=[row.pk])).content.decode()


@pytest.mark.parametrize(("language", "said"), [("en", "8 points more: potential"), ("zh-hans", "还差 8 分：潜力")])
def test_points_of_a_score_are_named(language: str, said: str) -> None:
    with translation.override(language):
        assert missing_words(rising.Missing(None, None, points=("potential", 8))) == said
