"""No request of any role is answered with a failure: an odd value for some fields of every form, body and address.

FUZZ_SEED takes other fields and values; `bin/test --heavy fuzz` tries all of them.
"""

import os
from typing import Any

import pytest

from tests.access.matrix import OPEN
from tests.access.odd_input import Thrower, some
from tests.access.routes import ALL

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fast")]
SEED = int(os.environ.get("FUZZ_SEED", "20261128"))
OPENS = [route for route in ALL if OPEN not in route.methods.values()]


@pytest.mark.parametrize(("role", "one_in"), [("administrator", 24), ("rep", 36), ("service_agent", 48)])
def test_odd_values_are_answered_in_words(role: str, one_in: int, world: Any, clients: dict) -> None:
    thrower = Thrower(world, clients[role], role, some(SEED, one_in))
    for route in OPENS:
        thrower.throw_at(route)
    assert not thrower.wrong, "\n" + "\n".join(thrower.wrong[:40])
    assert thrower.sent > 200
