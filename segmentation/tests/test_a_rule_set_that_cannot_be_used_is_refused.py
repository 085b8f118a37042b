"""A rule set that can't be used is refused at the place that is to be mended, in the reader's language."""

from __future__ import annotations

import pytest
from django.utils import translation

from segmentation import tiers
from segmentation.rules.problems import rule_set_problems
from segmentation.tiers import Condition, Definition, Rule, Threshold, Weight, box

LAST = Rule("B")
AB = ("A", "B")


def rules(*made: Rule, codes: tuple[str, ...] = AB) -> Definition:
    return Definition(codes, made)


def points(*weights: Weight, limits: tuple[int | None, ...] = (50, None), codes: tuple[str, ...] = AB) -> Definition:
    return Definition(codes, weights=weights, thresholds=tuple(map(Threshold, codes, limits)))


def condition(*conditions: Condition) -> Definition:
    return rules(Rule("A", conditions), LAST)


R100 = Weight("r", 100)


@pytest.mark.parametrize(
    ("definition", "path", "says"),
    [
        (rules(LAST, codes=("B",)), "tiers", "from 2 to 8 tiers; here are 1"),
        (rules(LAST, codes=("A", "B", "B")), "tiers", "The tier B is there twice"),
        (rules(LAST, codes=("高", "B")), "tiers", "“高” can't be the code"),
        (rules(box("A", f=(4, 5))), "rules", "no lowest tier"),
        (rules(), "rules", "no lowest tier"),
        (rules(box("X", f=(4, 5)), LAST), "rules.0.tier", "no tier “X”"),
        (rules(Rule("A"), LAST), "rules.0.tier", "takes everybody"),
        (rules(*[box("A", f=(4, 5))] * 8000, LAST), "rules", "There are 8,001 rules; at most 60 fit"),
        (condition(*[Condition("f", low=4)] * 61), "rules.0.tier", "at most 60 conditions; here are 61"),
        (condition(Condition("luck", low=1)), "rules.0.all.0", "no criterion “luck”"),
        (condition(Condition("f", low=4), Condition("r")), "rules.0.all.1", "from which value on"),
        (condition(Condition("f", low=6)), "rules.0.all.0", "F, orders goes from 1 to 5"),
        (condition(Condition("potential", low=0, high=101)), "rules.0.all.0", "potential goes from 0 to 100"),
        (condition(Condition("potential", low=60, high=40)), "rules.0.all.0", "above the upper end"),
        (condition(Condition("loyalty")), "rules.0.all.0", "Choose at least one"),
        (condition(Condition("loyalty", codes=("x",))), "rules.0.all.0", "isn't one of the choices"),
        (rules(box("A", f=(3, 5)), box("B", f=(4, 5)), Rule("A")), "rules.1.tier", "rule 1 takes them all"),
        (
            rules(box("A", f=(3, 5)), box("A", m=(4, 5)), box("B", f=(2, 5), m=(4, 5)), LAST),
            "rules.2.tier",
            "rules 1, 2 take them all",
        ),
        (points(Weight("r", 40), Weight("f", 50)), "weights", "they add up to 90"),
        (points(Weight("r", 50), Weight("r", 50)), "weights", "R, last purchase is there twice"),
        (points(Weight("r", 0), Weight("f", 100)), "weights.0", "from 1 to 100"),
        (points(Weight("amount", 100)), "weights.0", "could be weighed"),
        (points(Weight("loyalty", 100)), "weights.0", "how many points"),
        (points(Weight("loyalty", 100, (("advocate", 101),))), "weights.0", "from 0 to 100"),
        (condition(Condition("industry")), "rules.0.all.0", "Choose at least one"),
        (
            condition(Condition("industry", codes=("textiles", "luck"))),
            "rules.0.all.0",
            "The list “industry” of the company has no entry with the code “luck”",
        ),
        (
            points(Weight("company_size", 100, (("1-9", 20), ("huge", 100)))),
            "weights.0",
            "The list “company size” of the company has no entry with the code “huge”",
        ),
        (points(Weight("loyalty", 100, (("advocate", 100), ("fan", 50)))), "weights.0", "“fan” isn't one"),
        (points(Weight("market_standing", 100)), "weights.0", "how many points"),
        (points(R100, limits=(50, 20)), "thresholds", "no lowest tier"),
        (points(R100, limits=(None, None)), "thresholds.0", "from how many points on"),
        (points(R100, limits=(101, None)), "thresholds.0", "from 1 to 100"),
        (points(R100, limits=(50, 50, None), codes=("A", "B", "C")), "thresholds.1", "below the tier above, 50"),
        (points(R100, limits=(50, 60, None), codes=("A", "B", "C")), "thresholds.1", "below the tier above, 50"),
    ],
)
def test_it_is_said_where(defaults: None, definition: Definition, path: str, says: str) -> None:
    with translation.override("en"):
        wrong = rule_set_problems(definition)
    assert says in wrong.get(path, ""), wrong


@pytest.mark.parametrize("scheme", tiers.SCHEMES)
def test_the_shipped_ones_can_be_used(scheme: str) -> None:
    assert rule_set_problems(tiers.DEFAULTS[scheme]) == {}


@pytest.mark.parametrize(
    "definition",
    [
        points(Weight("r", 40), Weight("loyalty", 60, (("advocate", 100),))),
        rules(LAST),  # A is given by hand only
        # A customer without a potential passes the first rule by: the second may find somebody.
        rules(Rule("A", (Condition("potential", low=0),)), box("A", f=(1, 4)), LAST),
    ],
)
def test_what_looks_odd_but_makes_sense_is_left_alone(definition: Definition) -> None:
    assert rule_set_problems(definition) == {}
