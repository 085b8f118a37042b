"""Odd values at every field of every route; a file of its own, as its rows stay for all of its tests.

FUZZ_ODD_ALL tries all odd values at each place; FUZZ_SEED replays a run.
"""

from __future__ import annotations

import os
import time
from typing import Any

import pytest

from tests.access.conftest import clients, world  # noqa: F401 (fixtures)
from tests.access.odd_input import Thrower, every, some
from tests.access.routes import ALL
from tests.heavy.test_fuzz_api import SEED, report

pytestmark = [pytest.mark.heavy, pytest.mark.django_db]
ODD_ONCE = not os.environ.get("FUZZ_ODD_ALL")  # one odd value at each place; all of them take hours


@pytest.mark.parametrize("role", ["administrator", "rep"])
def test_every_odd_value_for_every_field(role: str, world: Any, clients: dict) -> None:  # noqa: F811
    began = time.monotonic()
    thrower = Thrower(world, clients[role], role, some(SEED, 1) if ODD_ONCE else every)
    for route in ALL:
        thrower.throw_at(route)
    report(f"odd values {role}", thrower.sent, thrower.wrong, began)
