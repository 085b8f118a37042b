"""An order belongs to the company-zone date of its moment, whatever UTC says."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from conftest import Cast
from core import company
from core.models import Company
from customers.models import Customer
from sales.services.orders import Line, order_create
from segmentation import night
from segmentation.models import ScoreInterval


@pytest.mark.parametrize(
    ("zone", "moment", "recency"),
    [
        ("Asia/Shanghai", (2026, 5, 31, 23, 30), 0),
        ("America/New_York", (2026, 5, 31, 23, 30), 0),
        ("America/New_York", (2026, 6, 1, 0, 30), None),
        ("Europe/Paris", (2026, 3, 29, 3, 0), 63),
        ("America/New_York", (2026, 3, 8, 0, 5), 84),
    ],
)
def test_recency_counts_company_days(
    cast: Cast, customer: Customer, zone: str, moment: tuple[int, ...], recency: int | None
) -> None:
    Company.objects.filter(pk=1).update(time_zone=zone)
    company.forget()
    at = datetime(*moment, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    lines = [Line(quantity=Decimal(1), unit_price=Decimal(100), description="x")]
    order_create(customer=customer, by=cast.wang, ordered_at=at, lines=lines)
    night.rescore(date(2026, 5, 31))
    row = ScoreInterval.objects.get(customer=customer)
    assert (date(2026, 5, 31) - row.last_on).days == recency if recency is not None else row.last_on is None
