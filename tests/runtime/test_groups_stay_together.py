"""Tests that share something outside the database run in one process, one after the other."""

import pytest

pytestmark = pytest.mark.xdist_group("together")


def test_a_group_is_known_to_the_scheduler(request: pytest.FixtureRequest) -> None:
    # The scheduler reads the group from the end of the test's id; pytest 9.2 with pytest-xdist 3.8 lost it there, and
    # two groups of real workers took each other's messages.
    if not request.config.getoption("loadgroup", default=False):
        pytest.skip("only where tests are shared out among processes")
    assert request.node.nodeid.endswith("@together")
