"""Ten thousand steps of a few customers' lives, in ten walks (followups/tests/walk.py); prints what was done."""

from __future__ import annotations

import json
from typing import Any

import pytest
import time_machine

from followups.tests.walk import BEGINS, Walk

# In transactions of their own, at the end of which the planner empties its tables: in one long transaction they would
# grow with every night.
pytestmark = [pytest.mark.heavy, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("seed", range(10, 20))
def test_a_thousand_steps(cast: Any, seed: int) -> None:
    with time_machine.travel(BEGINS, tick=False) as travel:
        walk = Walk(seed=seed, cast=cast, travel=travel, size=8)
        walk.steps(1000)  # each step asserts what must hold after it
    assert walk.seen.pop("nights that compared few") > 50
    assert walk.seen.total() == 1000
    print(json.dumps({"suite": "plans_walk", "seed": seed, **walk.seen}))  # noqa: T201
