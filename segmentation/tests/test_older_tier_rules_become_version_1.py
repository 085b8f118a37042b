"""Rules that a company set before there were versions rate as before, as version 1."""

from __future__ import annotations

import random
from importlib import import_module
from itertools import product

import pytest

from segmentation import tiers
from segmentation.rules.problems import rule_set_problems

closed = import_module("segmentation.migrations.0010_rule_sets").closed
CELLS = list(product(range(1, 6), repeat=3))
Box = tuple[str, dict[str, tuple[int, int]]]


def by_boxes(boxes: list[Box], cell: tuple[int, int, int]) -> str:
    """As the rules of before were read: the first box that holds the scores."""
    scores = dict(zip("rfm", cell, strict=True))
    return next(code for code, box in boxes if all(low <= scores[of] <= high for of, (low, high) in box.items()))


def some_boxes(chance: random.Random) -> list[Box]:
    """Boxes that cover every score: the last ones halve what is left."""
    boxes: list[Box] = []
    for _ in range(chance.randint(0, 4)):
        sides = {of: tuple(sorted((chance.randint(1, 5), chance.randint(1, 5)))) for of in "rfm"}
        boxes.append((chance.choice("SABC"), sides))  # type: ignore[arg-type]
    cut = chance.randint(1, 4)
    return [*boxes, ("B", {"r": (1, cut)}), ("C", {"r": (cut + 1, 5)})]


@pytest.mark.parametrize("seed", range(20))
def test_the_last_box_takes_everybody_else(seed: int) -> None:
    boxes = some_boxes(random.Random(seed))
    kept = closed(tuple(tiers.box(code, **box) for code, box in boxes))
    definition = tiers.Definition(tuple("SABC"), kept)
    for cell in CELLS:
        assert tiers.tier_by(definition, dict(zip("rfm", cell, strict=True))) == by_boxes(boxes, cell)
    assert "rules" not in rule_set_problems(definition)


def test_what_stood_behind_a_rule_for_everybody_goes() -> None:
    assert closed((tiers.Rule("A"), tiers.Rule("B"))) == (tiers.Rule("A"),)
    assert closed(()) == ()
