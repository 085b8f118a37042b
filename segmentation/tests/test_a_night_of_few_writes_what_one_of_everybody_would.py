"""An ordinary night computes few customers and writes to the byte what a night of everybody would write: over twenty
days in which all happens that can move a score (life.py); `bin/test --heavy nights_walk` goes ten times sixty."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from segmentation.tests.life import FIRST, Life


@pytest.mark.parametrize("seed", [1])
def test_twenty_days(cast: Any, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    with time_machine.travel(FIRST, tick=False) as travel:
        life = Life(seed, monkeypatch, travel)
        life.live(20)
    assert life.seen["nights of few"] > 5
    assert life.seen["changed by few"] > 30
    assert life.seen["looked at"] < 0.6 * 220 * life.seen["nights of few"], "most are left alone"
