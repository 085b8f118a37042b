"""An import that dies anywhere is finished by the next run of the same command, with the very same result."""

import hashlib
import json

import pytest
from django.db import connection

from customers.models import Customer
from intake import engine, stage
from intake.models import ImportJob
from sales.imports import steps
from sales.models import Order, OrderLine, Product

MAP = "order_no=no,ordered_at=at,customer_no=customer,sku=sku,quantity=qty,unit_price=price"
ROWS = [
    f"{n // 2 + 1},2026-01-{n % 28 + 1:02d} 10:00,{n // 2 % 11 or ''},S{n % 7},{n % 5 - 1},{n % 13}.25"
    for n in range(120)
]


class KilledError(BaseException):
    """Like kill -9: nothing of ours may catch it."""


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(steps, "LINES_A_BATCH", 25)
    monkeypatch.setattr(steps, "ORDERS_A_BATCH", 13)
    monkeypatch.setattr(steps, "PEOPLE_A_BATCH", 4)


def digest() -> str:
    orders = Order.objects.order_by("number").values_list(
        "number", "customer__number", "kind", "total", "amount", "ordered_at", "content_hash", "version"
    )
    lines = OrderLine.objects.order_by("order__number", "product__sku", "quantity", "unit_price").values_list(
        "order__number", "product__sku", "quantity", "unit_price", "amount"
    )
    people = Customer.objects.order_by("number").values_list(
        "number", "owner__name", "stage", "facts__first_order_on", "facts__last_order_on", "facts__orders_total"
    )
    everything = [list(rows) for rows in (orders, lines, people, Product.objects.order_by("sku").values_list("sku"))]
    return hashlib.sha256(json.dumps(everything, default=str).encode()).hexdigest()


def wipe() -> None:
    for model in (OrderLine, Order, Customer, Product, ImportJob):
        getattr(model, "all_objects", model.objects).all().delete()


def die_at(monkeypatch, batch: int) -> None:
    """The process is gone right behind its `batch`-th commit."""
    seen = iter(range(1000))
    original = engine._tick

    def tick(run):
        original(run)
        if next(seen) == batch:
            raise KilledError

    monkeypatch.setattr(engine, "_tick", tick)


@pytest.mark.parametrize("batch", range(14))
def test_at_any_batch(run_import, table, cast, monkeypatch, batch):
    path = table("no,at,customer,sku,qty,price", *ROWS)
    whole = run_import(path, MAP, owner="round-robin:Shanghai")
    wanted = digest()
    wipe()
    with monkeypatch.context() as patch:
        die_at(patch, batch)
        with pytest.raises(KilledError):
            run_import(path, MAP, owner="round-robin:Shanghai")
    assert ImportJob.objects.get().state == "running"
    result = run_import(path, MAP, owner="round-robin:Shanghai")
    assert digest() == wanted
    assert {**result, "seconds": 0} == {**whole, "seconds": 0}, "the figures are those of the whole, not of the rest"
    assert ImportJob.objects.get().state == "done"


def test_in_the_middle_of_a_batch_nothing_of_it_stays(run_import, table, monkeypatch):
    path = table("no,at,customer,sku,qty,price", *ROWS)
    with monkeypatch.context() as patch:
        patch.setattr(steps, "order_facts_refresh", lambda ids: (_ for _ in ()).throw(KilledError))
        with pytest.raises(KilledError):
            run_import(path, MAP)
    assert not Order.objects.exists()
    result = run_import(path, MAP)
    assert result["orders"] + result["returns"] == Order.objects.count() == 60


@pytest.mark.parametrize("batch", [0, 8])  # while the file is read, and when it lies in the database
def test_from_where_the_file_was_moved_to(run_import, table, monkeypatch, tmp_path, batch):
    path = table("no,at,customer,sku,qty,price", *ROWS)
    with monkeypatch.context() as patch:
        die_at(patch, batch)
        with pytest.raises(KilledError):
            run_import(path, MAP)
    moved = path.rename(tmp_path / "moved.csv")
    run_import(moved, MAP)
    job = ImportJob.objects.get()
    assert (job.state, job.path, job.file_name) == ("done", str(moved), "moved.csv")
    assert Order.objects.count() == 60


def test_a_database_that_lost_the_staged_rows_starts_the_file_again(run_import, table, monkeypatch):
    path = table("no,at,customer,sku,qty,price", *ROWS)
    with monkeypatch.context() as patch:
        die_at(patch, 8)
        with pytest.raises(KilledError):
            run_import(path, MAP)
    stage.execute(f"TRUNCATE {stage.name(ImportJob.objects.get())}")
    run_import(path, MAP)
    assert Order.objects.count() == 60


def test_nothing_is_left_behind(run_import, table):
    run_import(table("no,at,customer,sku,qty,price", *ROWS), MAP)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'import_stage%%'")
        assert cursor.fetchone()[0] == 0


def test_a_cancelled_job_stops_at_the_next_batch(run_import, table, monkeypatch):
    path = table("no,at,customer,sku,qty,price", *ROWS)
    original = engine._tick

    def cancel(run):
        original(run)
        ImportJob.objects.update(state="cancelled")

    monkeypatch.setattr(engine, "_tick", cancel)
    with pytest.raises(Exception, match="cancelled"):
        run_import(path, MAP)
    assert not Order.objects.exists()
