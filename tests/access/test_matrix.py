"""A1, A2 and A6: every route x method x role x owner answers what the policy table says, writes nothing when it
refuses, and never shows a text that the reader may not see. Of owners whom the policy table treats alike
for a role, one stands for all; all of them: bin/test --heavy access_matrix."""

from __future__ import annotations

import pytest

from tests.access.matrix import Route
from tests.access.prober import Prober, borders
from tests.access.routes import ALL
from tests.access.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fast")]


@pytest.mark.parametrize("route", ALL, ids=lambda route: route.name)
def test_every_role_gets_what_the_policy_table_says(route: Route, world: World, clients: dict, forbidden: dict) -> None:
    prober = Prober(world, clients, forbidden)
    prober.probe(route)
    assert not prober.wrong, "\n" + "\n".join(prober.wrong[:40])


def test_one_owner_stands_for_those_who_are_treated_alike() -> None:
    """Of those not found the nearest, of those let in the farthest, and nobody's, which a rep sees and can't change."""
    route = Route("customer_edit", {"POST": "customer.change"}, kind="customer")
    owners = ["own", "mate", "other", "none", "deleted"]
    assert borders(route, "rep", owners) == ["mate", "none", "own"]
    assert borders(route, "manager", owners) == ["other", "none", "mate"]
    assert borders(route, "owner", owners) == ["deleted", "none"]
