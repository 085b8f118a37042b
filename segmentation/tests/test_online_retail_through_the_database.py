"""The Online Retail log scored by the night equals the reference file in every column: 0 differences."""

import csv
import io
from datetime import UTC, date

import pytest
from django.core.management import call_command

from customers.models import Customer
from sales.models import Order
from segmentation import night
from segmentation.tests import logs
from segmentation.tests.test_rfm_online_retail import NAMES, code11

AS_OF = date(2011, 12, 9)


@pytest.fixture
def retail(defaults: None) -> list[dict[str, str]]:
    """The log in the database; gives the reference rows."""
    folder, orders = logs.online_retail_folder(), logs.online_retail_orders()
    Customer.objects.bulk_create(
        Customer(number=number, kind="unknown", name=number) for number in {order[1] for order in orders}
    )
    ids = dict(Customer.objects.values_list("number", "pk"))
    Order.all_objects.bulk_create(
        Order(
            source="import",
            number=invoice,
            customer_id=ids[customer],
            kind="return" if cents < 0 else "purchase",
            ordered_at=moment.replace(tzinfo=UTC),
            ordered_on=moment.date(),
            currency="CNY",
            total=cents,
            amount=cents,
        )
        for invoice, customer, moment, cents in orders
    )
    with (folder / "ref_rfm_online_retail.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def exported() -> dict[str, dict[str, str]]:
    out = io.StringIO()
    call_command("export_scores", stdout=out, stderr=io.StringIO())
    return {row["customer_no"]: row for row in csv.DictReader(io.StringIO(out.getvalue()))}


def test_scores_and_groups_equal_the_reference_also_after_a_backfill(retail: list[dict[str, str]]) -> None:
    night.rescore(AS_OF)
    rows = exported()
    assert len(rows) == 4372
    assert sum(row["r"] != "" for row in rows.values()) == len(retail) == 4264
    assert [row["customer_id"] for row in retail if _wanted(row) != _got(rows[row["customer_id"]])] == []
    night.rescore(date(2011, 11, 30))
    night.rescore(AS_OF)
    rows = exported()
    assert [row["customer_id"] for row in retail if _wanted(row) != _got(rows[row["customer_id"]])] == []
    assert night.rescore(AS_OF)["changed"] == 0


def _wanted(row: dict[str, str]) -> tuple[str, ...]:
    groups = [
        NAMES[name][row[column]] for name, column in (("segment8", "seg8"), ("group5", "seg5"), ("grade4", "grade4"))
    ]
    numbers = [row["recency_days"], row["frequency"], f"{float(row['monetary']):.2f}"]
    return (*numbers, row["r"], row["f"], row["m"], row["total"], *groups, code11(row["seg11"]))


def _got(row: dict[str, str]) -> tuple[str, ...]:
    names = "recency_days frequency monetary r f m total segment8 group5 grade4 segment11"
    return tuple(row[name] for name in names.split())
