"""What a night sums up and notes as moved is what its intervals say; each person reads the scores in reach."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import transaction

from conftest import Cast, cast_made
from customers.models import Customer
from segmentation import night, selectors
from segmentation.models import RunSum, ScoreInterval, TierMove
from segmentation.tests import worlds
from workbench.defaults import ensure_defaults

BEFORE, NOW = date(2026, 3, 31), date(2026, 4, 30)


@pytest.fixture(scope="module")
def scored(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """A company whose customers belong to 小王, to 外组 and to nobody in turn; scored twice, once for all tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        ensure_defaults()
        cast = cast_made()
        worlds.store(worlds.random_world(12))
        owners = [(cast.wang, cast.shanghai), (cast.outsider, cast.north), (None, None)]
        for place, customer in enumerate(Customer.objects.order_by("number")):
            owner, team = owners[place % 3]
            Customer.objects.filter(pk=customer.pk).update(owner=owner, team=team)
        night.rescore(BEFORE)
        night.rescore(NOW)
        yield cast
        transaction.set_rollback(True)


@pytest.fixture
def owned(scored: Cast, db: None) -> Cast:
    return scored


def test_sums_add_up_to_the_intervals(owned: Cast) -> None:
    rows = ScoreInterval.objects.filter(selectors.in_force(NOW), customer__deleted_at=None)
    sums = list(RunSum.objects.filter(run__as_of=NOW))
    assert sum(row.customers for row in sums) == rows.count()
    assert sum(row.revenue for row in sums) == sum(rows.values_list("monetary", flat=True))
    assert sum(row.warned for row in sums) == rows.exclude(warning="none").count()
    assert sum(row.active_customers for row in sums) == rows.filter(frequency__gte=1).count()


def test_moves_are_what_differs_between_two_runs(owned: Cast) -> None:
    then, now = worlds.stored(BEFORE, ["tier"]), worlds.stored(NOW, ["tier"])
    rows = TierMove.objects.filter(run__as_of=NOW)
    assert {row.customer.number for row in rows} == {number for number in now if then[number] != now[number]}
    assert all(row.up == ("SABCDunrated".find(row.tier_after) < "SABCDunrated".find(row.tier_before)) for row in rows)


def test_scores_as_of_follow_the_scope_and_only_published_runs(owned: Cast) -> None:
    mine = selectors.scores_as_of(owned.wang, NOW)
    assert {row.customer.owner_id for row in mine.select_related("customer")} == {owned.wang.pk}
    assert mine.count() == Customer.objects.filter(owner=owned.wang).count()
    assert selectors.scores_as_of(owned.wang, date(2026, 4, 29)).count() == 0


def test_a_reading_computes_what_is_not_stored(owned: Cast) -> None:
    run = selectors.latest_run()
    row = selectors.scores_as_of(owned.admin, NOW).filter(x__gte=2, r__isnull=False).first()
    got = selectors.reading(row, run)
    assert got.recency_days == (NOW - row.last_on).days
    assert 0 < got.outlook.p_now <= got.outlook.p_last < 1
    assert got.frequency_class in ("high", "mid", "low")
    assert got.amount_class in ("large", "mid", "small", "")
