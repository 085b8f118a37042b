"""Two processes with the same file at the same time: each order is stored once, and neither fails."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from customers.models import Customer
from intake.models import ImportJob
from sales.imports import steps
from sales.models import Order
from workbench.defaults import ensure_defaults

ROWS = [f"{n},2026-01-01,{n % 40 + 1},{n}" for n in range(1, 401)]
MAP = "order_no=no,ordered_at=at,customer_no=customer,amount=amount"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sources", [("import", "import"), ("import", "shop")])
def test_each_order_once(run_import, table, monkeypatch, sources):
    ensure_defaults()
    monkeypatch.setattr(steps, "ORDERS_A_BATCH", 20)
    path = table("no,at,customer,amount", *ROWS)

    def work(source: str) -> dict:
        try:
            return run_import(path, MAP, source=source)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(work, sources))
    assert Order.objects.count() == 400 * len(set(sources))
    assert Customer.objects.count() == 40
    assert sum(result["customers_created"] for result in results) in (40, 80)  # one job told twice, or two jobs
    assert set(ImportJob.objects.values_list("state", flat=True)) == {"done"}
