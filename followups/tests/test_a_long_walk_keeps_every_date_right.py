"""A hundred and fifty steps of a few customers' lives (walk.py); `bin/test --heavy plans_walk` goes ten thousand."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from followups.tests.walk import BEGINS, Walk


@pytest.mark.django_db
def test_a_hundred_and_fifty_steps(cast: Any) -> None:
    with time_machine.travel(BEGINS, tick=False) as travel:
        walk = Walk(seed=1, cast=cast, travel=travel)
        walk.steps(150)
    assert walk.seen["night"] > 10
