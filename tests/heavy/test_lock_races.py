"""Every pair of acts on one customer, ten times at the same moment; the ordinary suite has four rounds of them."""

from __future__ import annotations

from typing import Any

import pytest

from followups.tests.conftest import make
from followups.tests.test_nobody_waits_for_each_other import PAIRS, race

__all__ = ["make"]
pytestmark = [pytest.mark.heavy, pytest.mark.django_db(transaction=True)]
ROUNDS = 10


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: " and ".join(act.__name__ for act in pair))
def test_neither_fails_in_ten_rounds(pair: Any, make: Any, cast: Any, sign_in: Any) -> None:
    assert race(pair, make, cast, sign_in, ROUNDS) == []
