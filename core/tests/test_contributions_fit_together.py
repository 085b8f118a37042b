"""Two apps that say the same thing, a handler of nothing and jobs in a circle stop the start."""

import pytest

from core.contributions import Contribution, DoubleContributionError, Handler, NightlyJob, Registry, Resource, registry

BOAT = Resource("boat", "boats", {"rep": {"own": "view"}})


def test_the_same_thing_twice_is_refused():
    with pytest.raises(DoubleContributionError, match="boat"):
        _ = Registry([Contribution("a", resources=(BOAT,)), Contribution("b", resources=(BOAT,))]).resources


def test_a_handler_needs_an_event():
    with pytest.raises(KeyError, match="boat_sunk"):
        _ = Registry([Contribution("a", handlers=(Handler("boat_sunk", print),))]).handlers


@pytest.mark.parametrize("after", [("b",), ("nobody",)])
def test_jobs_that_can_never_run_are_refused(after):
    jobs = (NightlyJob("a", lambda _day: {}, after=after), NightlyJob("b", lambda _day: {}, after=("a",)))
    with pytest.raises(ValueError, match="wait for each other"):
        _ = Registry([Contribution("x", nightly_jobs=jobs)]).nightly_jobs


def test_every_event_is_heard_by_somebody():
    assert [name for name, calls in registry().handlers.items() if not calls] == []
