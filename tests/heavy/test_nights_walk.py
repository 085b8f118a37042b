"""Nights of few over six hundred days of ten small companies (segmentation/tests/life.py); prints what was done."""

from __future__ import annotations

import json
from typing import Any

import pytest
import time_machine

from segmentation.tests.life import FIRST, Life

pytestmark = [pytest.mark.heavy, pytest.mark.django_db]


@pytest.mark.parametrize("seed", range(10, 20))
def test_sixty_days(cast: Any, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    with time_machine.travel(FIRST, tick=False) as travel:
        life = Life(seed, monkeypatch, travel)
        life.live(60)  # after each night what it wrote is compared
    assert life.seen["nights of few"] > 15
    print(json.dumps({"suite": "nights_walk", "seed": seed, **life.seen}))  # noqa: T201
