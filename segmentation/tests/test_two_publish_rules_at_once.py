"""Of two people who publish over the same version at the same moment one is asked; both never get one number."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError

from conftest import Cast
from core import clock
from core.versions import StaleVersionError
from segmentation.models import RuleSet, TierScheme
from segmentation.rules.services import rule_set_publish
from segmentation.tiers import Definition, Rule, box
from tests.races import at_once

TWO = Definition(("A", "B"), (box("A", m=(4, 5)), Rule("B")))


def publish_at_once(cast: Cast, over: int | None) -> list[str]:
    people = [cast.manager, cast.admin]

    def publish(turn: int) -> str:
        try:
            day = clock.business_date()
            rule_set_publish(
                scheme="b2b", definition=TWO, reason=f"{turn}", effective_on=day, by=people[turn], over=over
            )
        except (StaleVersionError, IntegrityError) as error:
            return type(error).__name__
        return "published"

    return sorted(at_once(publish, 2))


@pytest.mark.django_db(transaction=True)
def test_one_of_them_is_asked(cast: Cast) -> None:
    assert publish_at_once(cast, 1) == ["StaleVersionError", "published"]
    assert list(RuleSet.objects.filter(scheme="b2b").values_list("number", flat=True)) == [2, 1]


@pytest.mark.django_db(transaction=True)
def test_who_asks_nobody_comes_one_after_the_other(cast: Cast) -> None:
    assert publish_at_once(cast, None) == ["published", "published"]
    assert list(RuleSet.objects.filter(scheme="b2b").values_list("number", flat=True)) == [3, 2, 1]


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_they_would_take_one_number(cast: Cast) -> None:
    """The twin: with the guard off one of them breaks."""
    seen: list[Any] = []
    unlocked = TierScheme.objects.all()
    with mock.patch.object(TierScheme.objects, "select_for_update", return_value=unlocked):
        for _ in range(5):
            seen += publish_at_once(cast, None)
    assert "IntegrityError" in seen
