"""One customer's score on demand equals what the night then publishes, for every customer of random companies."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from django.urls import reverse

from conftest import Cast
from core import clock
from customers.models import Customer
from segmentation import night, night_params, selectors
from segmentation.models import ChurnCase, ScoreInterval, ScoreRun, ScoringSettings, TierOverride
from segmentation.now import reckoning
from segmentation.now.reckoning import Score, score_now
from segmentation.tests import worlds

# Two nights that calibrate and fit, and then those that are foretold: none of them a month's end.
BEFORE = [date(2025, 6, 30), date(2025, 8, 14)]
FORETOLD = [date(2025, 8, 16), date(2025, 9, 20), date(2026, 3, 3)]
STORED = (*worlds._COLUMNS, "rated_tier")


def foretell(day: date) -> dict[str, Score | None]:
    """By number; what all customers share is read once, not for each of them."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name in ((reckoning, "latest_run"), (reckoning, "scoring_settings"), (reckoning, "rating_as_of")):
            patch.setattr(module, name, cache(getattr(module, name)))
        return _foretold(day)


def _foretold(day: date) -> dict[str, Score | None]:
    rows = Customer.objects.select_related("facts").filter(deleted_at=None)
    return {row.number: score_now(row, day) for row in rows}


def compare(day: date, foretold: dict[str, Score | None]) -> int:
    """How many customers; every stored column and both chances are equal."""
    run = selectors.run_as_of(day)
    assert run is not None
    rows = ScoreInterval.objects.filter(selectors.in_force(day), customer__deleted_at=None)
    seen = 0
    for row in rows.select_related("customer"):
        said = foretold[row.customer.number]
        assert said is not None
        now: dict[str, Any] = asdict(said)
        assert {name: now[name] for name in STORED} == {name: getattr(row, name) for name in STORED}
        outlook = selectors.reading(row, run).outlook
        assert (said.p_buy, said.p_buy_at_last) == ((outlook.p_now, outlook.p_last) if outlook else (None, None))
        seen += 1
    return seen


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """No night fits anew: what it rates by is what is known before it."""
    monkeypatch.setattr(night_params, "REFIT_AFTER", timedelta(days=10_000))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("openers", [[], ["FREQ_DOWN", "AMOUNT_DOWN", "LONG_SILENT"]])
def test_for_every_customer_of_random_companies(defaults: None, frozen: None, seed: int, openers: list[str]) -> None:
    ScoringSettings.objects.update_or_create(pk=1, defaults={"openers": openers})
    worlds.store(worlds.random_world(seed, customers=280))
    for day in BEFORE:
        night.rescore(day)
    _people_act()
    for day in FORETOLD:
        foretold = foretell(day)
        night.rescore(day)
        assert compare(day, foretold) > 150


def test_by_the_fixed_rule(defaults: None, frozen: None) -> None:
    ScoringSettings.objects.update_or_create(pk=1, defaults={"fixed_rule": True})
    worlds.store(worlds.random_world(7, customers=280))
    for day in BEFORE:
        night.rescore(day)
    foretold = foretell(FORETOLD[0])
    night.rescore(FORETOLD[0])
    assert compare(FORETOLD[0], foretold) > 150


def test_nothing_is_written(defaults: None) -> None:
    worlds.store(worlds.random_world(8, customers=120))
    night.rescore(BEFORE[0])
    counts = ScoreInterval.objects.count(), ScoreRun.objects.count(), ChurnCase.objects.count()
    foretell(FORETOLD[0])
    assert (ScoreInterval.objects.count(), ScoreRun.objects.count(), ChurnCase.objects.count()) == counts


def test_before_the_first_night_there_is_nothing_to_rate_by(defaults: None) -> None:
    worlds.store(worlds.random_world(9, customers=5))
    assert set(foretell(FORETOLD[0]).values()) == {None}


def _people_act() -> None:
    """Some tiers are set by hand, and some warnings closed as false alarms."""
    for row in Customer.objects.order_by("pk")[:12]:
        TierOverride.objects.create(
            customer=row,
            tier_scheme=selectors.scheme_of(row),
            tier="B",
            reason="x",
            expires_on=FORETOLD[0] + timedelta(days=30),
        )


def test_the_page_shows_both_and_says_when_it_counts(customer: Customer, cast: Cast, sign_in: Any) -> None:
    worlds.store_deal(worlds.Deal(customer.number, clock.last_ended_day() - timedelta(days=100), 500_000))
    night.rescore()
    worlds.store_deal(worlds.Deal(customer.number, clock.business_date(), 500_000))
    url = reverse("score_now", args=[customer.pk])
    browser = sign_in(cast.wang)
    assert url in browser.get(reverse("customer", args=[customer.pk])).content.decode()
    for headers in ({}, {"HX-Request": "true"}):
        text = browser.get(url, headers=headers).content.decode()
        assert "it counts from tonight" in text
        assert "At once move" in text
    said = browser.get(f"/api/v1/scores/now/?customer={customer.pk}").json()
    assert (said["frequency"], said["recency_days"]) == (2, 0)
    assert ScoreInterval.objects.get(customer=customer).frequency == 1
    assert sign_in(cast.outsider).get(url).status_code == 404
    assert sign_in(cast.outsider).get(f"/api/v1/scores/now/?customer={customer.pk}").status_code == 404
    assert browser.get("/api/v1/scores/now/").status_code == 404


def test_before_the_first_night_the_page_says_so(customer: Customer, cast: Cast, sign_in: Any) -> None:
    browser = sign_in(cast.wang)
    assert "No night has rated" in browser.get(reverse("score_now", args=[customer.pk])).content.decode()
    assert browser.get(f"/api/v1/scores/now/?customer={customer.pk}").status_code == 409
