"""The access matrix with the rows of every owner, also of those whom the policy table treats alike."""

from __future__ import annotations

import pytest

from tests.access.conftest import clients, fast, forbidden, world  # noqa: F401 (fixtures)
from tests.access.matrix import Route
from tests.access.prober import Prober
from tests.access.routes import ALL
from tests.access.world import World

pytestmark = [pytest.mark.heavy, pytest.mark.django_db, pytest.mark.usefixtures("fast")]


@pytest.mark.parametrize("route", ALL, ids=lambda route: route.name)
def test_every_role_on_the_row_of_every_owner(
    route: Route,
    world: World,  # noqa: F811
    clients: dict,  # noqa: F811
    forbidden: dict,  # noqa: F811
) -> None:
    prober = Prober(world, clients, forbidden, everything=True)
    prober.probe(route)
    assert not prober.wrong, "\n" + "\n".join(prober.wrong[:40])
