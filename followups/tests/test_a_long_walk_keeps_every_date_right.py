"""Three hundred steps of a few customers' lives (walk.py); `bin/test --heavy plans_walk` goes ten thousand."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from followups.tests.walk import BEGINS, Walk


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2])
def test_three_hundred_steps(cast: Any, seed: int) -> None:
    with time_machine.travel(BEGINS, tick=False) as travel:
        walk = Walk(seed=seed, cast=cast, travel=travel)
        walk.steps(150)
    assert walk.seen["night"] > 10
