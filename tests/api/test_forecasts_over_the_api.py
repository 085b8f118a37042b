"""How good the warnings were, over the API: figures over the customers in the sender's reach."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from conftest import Cast
from customers.models import Customer
from segmentation.models import Forecast, ForecastRow
from segmentation.proof.writing import sums_write

pytestmark = pytest.mark.django_db
SPEC: dict[str, Any] = {"horizon_days": 90, "window_days": 365, "yellow_p": 0.5, "red_p": 0.35, "yellow_drop": 0.25}


@pytest.fixture
def forecast(cast: Cast) -> Forecast:
    day, now = date(2026, 5, 31), timezone.now()
    made = Forecast.objects.create(kind="month", as_of=day, judged_at=now, written_at=now, red_drop=0.3, **SPEC)
    for n in range(70):
        owner = cast.wang if n < 40 else cast.outsider
        customer = Customer.objects.create(number=f"F{n}", name=f"Buyer {n}", owner=owner)
        said = {"percent": n, "level": "red" if n < 35 else "none", "watched": True, "fallen": True, "value": 100}
        ForecastRow.objects.create(forecast=made, customer=customer, owner=owner.pk, bought=n % 2 == 0, **said)
    with connection.cursor() as cursor:
        sums_write(cursor, made, judged=True)
    return made


def test_figures_are_over_whom_the_sender_counts(cast: Cast, api: Any, forecast: Forecast) -> None:
    client = api(cast.lead)
    (row,) = client.get("churn-forecasts/?kind=month").json()["results"]
    got = row["figures"]
    assert got["precision"] == {"part": 17, "n": 35, "share": pytest.approx(17 / 35)}
    assert got["judged"]["n"] == 40
    assert got["recall"] == {"part": 17, "n": 20, "share": None}
    (limit,) = [one for one in got["limits"] if one["below"] == 35]
    assert (limit["calls"], limit["caught"], limit["value_at_risk"]) == (35, 17, 1700)
    assert client.get(f"churn-forecasts/{forecast.pk}/").json() == row
    assert api(cast.admin).get(f"churn-forecasts/{forecast.pk}/").json()["figures"]["judged"]["n"] == 70


def test_who_sees_no_orders_reads_no_money(cast: Cast, api: Any, forecast: Forecast) -> None:
    cast.wang.role.grants.filter(permission="order.view").delete()
    got = api(cast.wang).get(f"churn-forecasts/{forecast.pk}/").json()["figures"]
    assert {limit["value_at_risk"] for limit in got["limits"]} == {None}


def test_the_model_in_use_is_told(cast: Cast, api: Any) -> None:
    assert api(cast.wang).get("churn-forecasts/model/").json() == {
        **dict.fromkeys(("ladder", "model", "method", "fitted_on", "r", "alpha", "a", "b"), None),
        **dict.fromkeys(("log_likelihood", "customers", "auc"), None),
        "horizon_days": 90,
        "fixed_rule": True,
    }


def test_nothing_is_written(cast: Cast, api: Any, forecast: Forecast) -> None:
    client = api(cast.admin)
    assert client.post("churn-forecasts/", {"as_of": "2026-05-01"}).status_code == 405
    assert client.delete(f"churn-forecasts/{forecast.pk}/").status_code == 405
    assert client.get("churn-forecasts/?yellow_p=0.5").status_code == 400
