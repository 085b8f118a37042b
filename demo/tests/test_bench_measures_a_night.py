"""`bench --only night` measures a night of everybody and one of few beside the floor, and leaves nothing behind."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from customers.models import CustomerFacts
from sales.models import Order
from segmentation import night, subjects
from segmentation.models import ScoreRun, ToRate
from segmentation.tests import worlds


def test_both_nights_and_the_floor(cast: Any, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subjects, "MANY", 1)
    worlds.store(worlds.random_world(5, customers=220))
    night.rescore(date(2026, 4, 10))
    before = (Order.objects.count(), ScoreRun.objects.count(), set(CustomerFacts.objects.values_list("pk", "health")))
    call_command("bench", "--only", "night", "--json")
    said = capsys.readouterr().out.strip().splitlines()
    floor, everybody, few = json.loads(said[-1])["night"]
    assert (floor["ratio"], everybody["of"], few["of"]) == (1.0, "floor", "everybody")
    assert 0 < few["looked_at"] < everybody["looked_at"]
    assert few["changed"] == everybody["changed"]
    after = (Order.objects.count(), ScoreRun.objects.count(), set(CustomerFacts.objects.values_list("pk", "health")))
    assert after == before
    assert not ToRate.objects.exists()


def test_without_a_night_before_it_says_what_to_do(cast: Any) -> None:
    with pytest.raises(CommandError, match="run rescore first"):
        call_command("bench", "--only", "night")
