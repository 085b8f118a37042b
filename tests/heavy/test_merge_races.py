"""A merge at the same moment as an edit, another merge, a deletion or a new row, 25 times each: 200 rounds."""

from __future__ import annotations

from typing import Any

import pytest

from crm.tests.merging.races import ACTS, race

pytestmark = [pytest.mark.heavy, pytest.mark.django_db(transaction=True)]
ROUNDS = 200 // len(ACTS)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_no_round_loses_a_row(act: Any, cast: Any) -> None:
    assert [fault for n in range(ROUNDS) for fault in race(act, cast, n)] == []
