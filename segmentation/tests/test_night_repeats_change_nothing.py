"""A run repeated on unchanged data changes nothing, however often; a run with changed data changes only what moved."""

from datetime import date

import pytest
from django.db import connection

from customers.models import Customer, CustomerFacts
from segmentation import night
from segmentation.models import RunSum, ScoreInterval
from segmentation.nightsql import VALUES
from segmentation.tests import worlds

DAY = date(2026, 5, 31)
TABLES = (
    "segmentation_scoreinterval",
    "segmentation_tiermove",
    "segmentation_churncase",
    "segmentation_churnreason",
    "segmentation_cutpoints",
    "segmentation_churnparams",
    "customers_customerfacts",
    "customers_customer",
)


def digest() -> dict[str, str]:
    """A checksum of every table that a night may write, ids included."""
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT md5(COALESCE(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t")
            found[table] = cursor.fetchone()[0]
    return found


def sums() -> set[tuple[object, ...]]:
    """The published sums without their ids, which are written anew."""
    names = [field.name for field in RunSum._meta.fields if field.name != "id"]
    return set(RunSum.objects.values_list(*names))


@pytest.fixture
def world(defaults: None) -> worlds.World:
    made = worlds.random_world(3)
    worlds.store(made)
    night.rescore(date(2026, 3, 31))
    return made


def test_ten_runs_write_what_one_writes(world: worlds.World) -> None:
    first = night.rescore(DAY)
    before, added = digest(), sums()
    for _ in range(10):
        again = night.rescore(DAY)
    assert (digest(), sums()) == (before, added)
    assert first["changed"] > 0
    moved = ("changed", "tier_moves", "warnings_opened", "warnings_closed")
    assert {name: again[name] for name in moved} == dict.fromkeys(moved, 0)


def test_full_changes_nothing_either(world: worlds.World) -> None:
    night.rescore(DAY)
    before = digest()
    assert night.rescore(DAY, full=True)["changed"] == 0
    assert digest() == before


def test_a_late_order_moves_only_its_customer(world: worlds.World) -> None:
    night.rescore(DAY)
    quiet = ScoreInterval.objects.filter(lifecycle="prospect", valid_to=None).first().customer
    others = ScoreInterval.objects.exclude(customer=quiet)
    before = set(others.values_list("pk", "valid_from", "valid_to", "r", "f", "m", "tier", "warning"))
    worlds.store_deal(worlds.Deal(quiet.number, DAY, 30_000))
    counts = night.rescore(DAY, full=True)
    assert counts["changed"] == 1
    assert set(others.values_list("pk", "valid_from", "valid_to", "r", "f", "m", "tier", "warning")) == before
    assert CustomerFacts.objects.get(customer=quiet).lifecycle == "first_time"


def test_the_night_never_touches_the_customer_row(world: worlds.World) -> None:
    before = set(Customer.all_objects.values_list("pk", "version", "updated_at"))
    night.rescore(DAY)
    assert set(Customer.all_objects.values_list("pk", "version", "updated_at")) == before


def test_an_interval_begins_only_where_something_moved(world: worlds.World) -> None:
    night.rescore(DAY)
    for row in ScoreInterval.objects.filter(valid_from=DAY).select_related("customer"):
        earlier = ScoreInterval.objects.filter(customer=row.customer, valid_to__lt=DAY).order_by("-valid_to").first()
        names = [name for name in VALUES if getattr(row, name) != getattr(earlier, name)]
        assert names
