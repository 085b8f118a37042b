"""An ordinary night computes few customers and writes to the byte what a night of everybody would write: over sixty
days in which all happens that can move a score (life.py)."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from segmentation.tests.life import FIRST, Life


@pytest.mark.parametrize("seed", [1])
def test_sixty_days(cast: Any, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    with time_machine.travel(FIRST, tick=False) as travel:
        life = Life(seed, monkeypatch, travel)
        life.live(60)
    assert life.seen["nights of few"] > 20
    assert life.seen["changed by few"] > 100
    assert life.seen["looked at"] < 0.6 * 220 * life.seen["nights of few"], "most are left alone"
