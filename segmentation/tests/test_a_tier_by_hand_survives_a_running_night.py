"""A tier that is set or ended while the night computes, or writes, is never lost and never comes back.

Each test lets a person act at one point of a real night, on a connection of its own. The twins take the guard away.
"""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import User
from conftest import Cast, cast_made
from core import clock
from customers.models import Customer, CustomerFacts
from customers.services import customer_delete, customer_restore
from segmentation import night, services
from segmentation.models import ScoreInterval, TierOverride
from segmentation.tests import worlds
from tests.races import beside
from workbench.defaults import ensure_defaults

pytestmark = pytest.mark.django_db(transaction=True)
Act = Callable[[], object]
WAITS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
# The night has read what was set by hand; its run is about to be published; it was, and has found whose facts differ;
# it holds them; it has written them.
POINTS = ("scores", "cases", "differ", "hold", "facts")


@pytest.fixture
def people() -> Cast:
    ensure_defaults()
    return cast_made()


@pytest.fixture
def customer(people: Cast) -> Customer:
    """A good customer of 小王's whom the first night has rated."""
    row = Customer.objects.create(number="K1", kind="company", name="恒远", owner=people.wang, team=people.shanghai)
    day = clock.business_date() - timedelta(days=20)
    for back in range(0, 200, 20):
        worlds.store_deal(worlds.Deal("K1", day - timedelta(days=back), 900_000))
    night.rescore(clock.last_ended_day() - timedelta(days=1))
    return row


@pytest.fixture
def interrupted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """`interrupted(point, act, ...)` runs the night of yesterday; `act` happens after that statement of it."""
    threads: list[Thread] = []

    def run(point: str, act: Act, *, without: frozenset[str] = frozenset()) -> None:
        real = night.run_sql

        def stopping(cursor: Any, name: str, **params: Any) -> Any:
            done = cursor if name in without else real(cursor, name, **params)
            if name == point:
                threads.append(beside(act))
            return done

        monkeypatch.setattr(night, "run_sql", stopping)
        night.rescore()
        for thread in threads:
            thread.join()
        monkeypatch.setattr(night, "run_sql", real)

    yield run
    for thread in threads:
        thread.join()


def set_tier(customer: Customer, by: User, tier: str = "C") -> Act:
    until = clock.business_date() + timedelta(days=30)
    return lambda: services.tier_override(customer=customer, tier=tier, reason="new owner", until=until, by=by)


def slowly(act: Act) -> Act:
    """The same in a transaction that is open until the night waits for it."""

    def run() -> None:
        with transaction.atomic():
            act()
            for _turn in range(100):
                with connection.cursor() as cursor:
                    cursor.execute(WAITS)
                    if cursor.fetchone()[0]:
                        return
                time.sleep(0.05)

    return run


def shown(customer: Customer) -> str:
    return CustomerFacts.objects.get(customer=customer).tier


def rated(customer: Customer) -> str:
    return ScoreInterval.objects.get(customer=customer, valid_to=None).rated_tier


@pytest.mark.parametrize("point", POINTS)
def test_set_meanwhile_it_stands(customer: Customer, people: Cast, interrupted: Any, point: str) -> None:
    worlds.store_deal(worlds.Deal("K1", clock.last_ended_day(), 9_000_000))  # so that there are facts to write
    interrupted(point, set_tier(customer, people.manager))
    assert rated(customer) != "C"
    assert shown(customer) == "C"
    night.rescore()
    assert (shown(customer), ScoreInterval.objects.get(customer=customer, valid_to=None).tier) == ("C", "C")


@pytest.mark.parametrize("point", POINTS)
def test_ended_meanwhile_it_does_not_come_back(customer: Customer, people: Cast, interrupted: Any, point: str) -> None:
    set_tier(customer, people.manager)()
    interrupted(point, lambda: services.tier_override_end(customer=customer, by=people.manager))
    assert shown(customer) == rated(customer) != "C"


@pytest.mark.parametrize("point", POINTS)
def test_who_ends_it_meanwhile_sees_what_this_night_rates(
    customer: Customer, people: Cast, interrupted: Any, point: str
) -> None:
    """Rated B the night before and A tonight: no page shows the B of before."""
    set_tier(customer, people.manager)()
    before = rated(customer)
    ScoreInterval.objects.filter(customer=customer, valid_to=None).update(rated_tier="B")
    interrupted(point, lambda: services.tier_override_end(customer=customer, by=people.manager))
    assert before != "B"
    assert shown(customer) == rated(customer) == before


@pytest.mark.parametrize("point", POINTS)
def test_set_and_undone_meanwhile_nothing_is_left_of_it(
    customer: Customer, people: Cast, interrupted: Any, point: str
) -> None:
    def both() -> None:
        set_tier(customer, people.manager)()
        services.tier_override_undo(customer=customer, by=people.manager)

    interrupted(point, both)
    assert shown(customer) == rated(customer)
    assert TierOverride.objects.filter(ended_at=None).count() == 0


def test_a_customer_put_into_the_bin_meanwhile_keeps_it_for_when_it_comes_back(
    customer: Customer, people: Cast, interrupted: Any
) -> None:
    def put_away() -> None:
        set_tier(customer, people.manager)()
        customer_delete(customer=customer, by=people.manager)

    interrupted("scores", put_away)
    customer.refresh_from_db()
    customer_restore(customer=customer, by=people.manager)
    night.rescore()
    assert shown(customer) == "C"


def test_set_while_the_facts_are_being_written_it_stands(customer: Customer, people: Cast, interrupted: Any) -> None:
    worlds.store_deal(worlds.Deal("K1", clock.last_ended_day(), 9_000_000))
    interrupted("scores", slowly(set_tier(customer, people.manager)))
    assert shown(customer) == "C"


def test_twin_without_holding_the_facts_it_is_written_over(customer: Customer, people: Cast, interrupted: Any) -> None:
    worlds.store_deal(worlds.Deal("K1", clock.last_ended_day(), 9_000_000))
    interrupted("scores", slowly(set_tier(customer, people.manager)), without=frozenset({"hold"}))
    assert shown(customer) != "C"
    assert TierOverride.objects.filter(ended_at=None).count() == 1
