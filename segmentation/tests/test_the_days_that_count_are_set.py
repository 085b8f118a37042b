"""The days that count: set by managers, counted from the coming night on, and named by every page that shows scores."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from conftest import Cast
from core import clock
from customers.models import Customer, CustomerFacts
from segmentation import night, rfm, selectors, services
from segmentation.models import ChurnCase, CutPoints, ScoreInterval, ScoringSettings
from segmentation.now.reckoning import score_now
from segmentation.points import points_of
from segmentation.rules.checks import SETTABLE, settings_problems
from segmentation.selectors import days_that_count, scoring_settings
from segmentation.tests import worlds
from segmentation.tests.worlds import Deal

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
DAYS = [date(2025, 6, 30), date(2025, 8, 14), date(2026, 3, 3)]


def count(days: int, **more: Any) -> None:
    ScoringSettings.objects.update_or_create(pk=1, defaults={"window_days": days, "fixed_days": 20, **more})


def replay(world: worlds.World, window: int, before: dict[str, worlds.State], days: list[date]) -> dict[str, Any]:
    """Night by night what the pure rules say of this window."""
    count(window)
    for day in days:
        night.rescore(day)
        run = selectors.run_as_of(day)
        assert run is not None
        assert (run.window_days, run.cut_points.window_days) == (window, window)
        cuts = selectors.cut_points(run.cut_points)
        before = worlds.expected(world, day, before, cuts, run.churn_params, window)
        assert worlds.stored(day) == before
    return before


@pytest.mark.parametrize(("seed", "window"), [(1, 30), (2, 90), (3, 179), (4, 730), (5, 1095)])
def test_the_night_says_what_the_pure_rules_say_of_any_window(defaults: None, seed: int, window: int) -> None:
    world = worlds.random_world(seed)
    worlds.store(world)
    state = replay(world, window, {}, DAYS)
    stages = {row["lifecycle"] for row in state.values()}
    assert {"dormant", "repeat"} <= stages
    assert ("lost" in stages) == (window < 800)  # the companies are 800 days old


def test_also_from_one_window_to_another_and_back(defaults: None) -> None:
    world = worlds.random_world(6)
    worlds.store(world)
    state = replay(world, 365, {}, DAYS[:1])
    state = replay(world, 120, state, DAYS[1:2])
    replay(world, 365, state, DAYS[2:])
    assert [run.window_days for run in selectors.published_runs()] == [365, 120, 365]


def test_other_days_are_calibrated_anew_and_those_frozen_before_count_again(defaults: None) -> None:
    worlds.store(worlds.random_world(9))
    used = []
    for day, window in ((1, 365), (2, 90), (3, 90), (4, 365)):
        count(window, calibrate_monthly=False)
        night.rescore(date(2026, 3, day))
        used.append(selectors.run_as_of(date(2026, 3, day)).cut_points)
    assert used[1] == used[2] != used[0] == used[3]
    assert used[1].f[-1] < used[0].f[-1]


def test_the_shipped_cut_points_fit_the_window_and_typed_ones_stay(defaults: None, cast: Cast) -> None:
    worlds.store(worlds.random_world(9, customers=40))
    for day, window, recency in ((1, 365, [365, 180, 90, 30]), (2, 30, [30, 14, 7, 2])):
        count(window)
        night.rescore(date(2026, 3, day))
        assert selectors.run_as_of(date(2026, 3, day)).cut_points.r == recency
    typed = services.manual_cut_points_set(cuts=rfm.manual_cut_points(2, 30), by=cast.manager)
    assert typed.window_days == 30
    count(60)
    night.rescore()
    assert selectors.latest_run().cut_points == typed


def test_recency_reaches_at_most_over_the_window(cast: Cast, defaults: None, sign_in: SignIn) -> None:
    count(90)
    with pytest.raises(ValidationError) as refused:
        services.manual_cut_points_set(cuts=rfm.manual_cut_points(), by=cast.manager)
    assert list(refused.value.message_dict) == ["r"]
    client = sign_in(cast.manager)
    client.cookies["django_language"] = "en"
    page = client.get(reverse("cut_points_new")).content.decode()
    assert "F: orders in 90 days" in page
    answer = client.post(reverse("cut_points_new"), {"r5": "91"})
    assert "Enter a whole number from 0 to 90." in answer.content.decode()
    assert not CutPoints.objects.exists()


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"window_days": 29}, "window_days"),
        ({"window_days": 1096}, "window_days"),
        ({"window_days": 90}, "window_days"),  # warnings open after 90 days: nobody would be there to warn
        ({"window_days": 91}, ""),
        ({"window_days": 30, "fixed_days": 29}, ""),
        ({"fixed_days": 365}, "fixed_days"),
        ({"window_days": 1095, "fixed_days": 1094}, ""),
    ],
)
def test_windows_that_cant_be_are_named(changes: dict[str, int], named: str) -> None:
    values = {name: getattr(ScoringSettings(), name) for name in SETTABLE} | changes
    assert list(settings_problems(values, changes)) == ([named] if named else [])


def test_a_manager_sets_them_and_pages_say_from_when_they_count(
    cast: Cast, defaults: None, sign_in: SignIn, django_capture_on_commit_callbacks: Any
) -> None:
    worlds.store(worlds.random_world(9))
    with django_capture_on_commit_callbacks(execute=True):
        night.rescore()
    client, path = sign_in(cast.manager), reverse("cut_points")
    client.cookies["django_language"] = "en"
    sent = {"window_days": "80", "calibrate_monthly": "on", "version": "1"}
    refused = client.post(path, sent)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["window_days"])
    assert client.post(path, sent | {"window_days": "120"}).status_code == 302
    assert scoring_settings().window_days == 120
    assert AuditEntry.objects.get(act="scoring_settings.change").details == {"changed": {"window_days": [365, 120]}}
    coming = "From the coming night on 120 days count; the scores shown now are of 365."
    for name in ("cut_points", "tier_rules"):
        assert coming in client.get(reverse(name)).content.decode()
    assert "in the last 365 days" in client.get(reverse("tier_rules")).content.decode()
    assert days_that_count() == 365
    with django_capture_on_commit_callbacks(execute=True):
        night.rescore()
    assert days_that_count() == 120
    page = client.get(reverse("tier_rules")).content.decode()
    assert "in the last 120 days" in page
    assert "From the coming night" not in page


def test_only_who_may_change_rules_sets_them(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.wang).post(reverse("cut_points"), {"window_days": "120", "version": "1"})
    assert (answer.status_code, scoring_settings().window_days) == (403, 365)


def test_fewer_days_make_lost_whoever_hasnt_bought_within_them(defaults: None) -> None:
    world = worlds.random_world(3)
    worlds.store(world)
    night.rescore(DAYS[1])
    open_before = set(ChurnCase.objects.filter(closed_at=None).values_list("customer_id", flat=True))
    count(60)
    night.rescore(DAYS[1] + timedelta(days=1))
    lost = set(ScoreInterval.objects.filter(valid_to=None, lifecycle="lost").values_list("customer_id", flat=True))
    assert open_before & lost
    ended = ChurnCase.objects.filter(customer_id__in=open_before & lost)
    assert {case.state for case in ended} <= {"lost"}
    assert not ChurnCase.objects.filter(customer_id__in=lost, closed_at=None).exists()


def test_a_past_month_says_the_days_that_counted_then(cast: Cast, defaults: None, sign_in: SignIn) -> None:
    worlds.store(worlds.random_world(9))
    night.rescore(date(2026, 3, 31))
    count(120)
    night.rescore(date(2026, 4, 15))
    client = sign_in(cast.admin)
    client.cookies["django_language"] = "en"
    for day, own, other in (("2026-03-31", "365", "120"), ("2026-04-15", "120", "365")):
        page = client.get(reverse("segmentation"), {"run": day}).content.decode()
        assert f"Net sales of the {own} days until" in page
        assert (f"are of {other} days" in page) == (day == "2026-04-15")
        listed = client.get(reverse("customer_list"), {"view": "all", "run": day, "orders": "2"}).content.decode()
        assert f"at least 2 orders in {own} days" in listed


def test_the_customers_page_names_the_days(defaults: None, customer: Customer) -> None:
    worlds.store_deal(Deal(customer.number, clock.last_ended_day() - timedelta(days=3), 9_900))
    count(45)
    night.rescore()
    days_that_count.forget()
    facts = CustomerFacts.objects.get(pk=customer.pk)
    facts.last_order_on = facts.rated_order_on
    assert [point.text for point in points_of(facts, clock.business_date())][1:] == [
        "1 order in 45 days",
        "¥99 in 45 days",
    ]


def test_a_score_as_of_now_counts_the_days_of_the_last_night_until_the_coming_one(defaults: None) -> None:
    worlds.store(worlds.random_world(9))
    night.rescore(date(2026, 3, 3))
    count(120, calibrate_monthly=False)
    row = Customer.objects.select_related("facts").filter(deleted_at=None).first()
    assert score_now(row, date(2026, 3, 4)).window_days == 365
    night.rescore(date(2026, 3, 4))
    for one in Customer.objects.select_related("facts").filter(deleted_at=None)[:40]:
        said = score_now(one, date(2026, 3, 5))
        assert said.window_days == 120
    night.rescore(date(2026, 3, 5))
    stored = ScoreInterval.objects.get(customer=one, valid_to=None)
    assert (said.r, said.frequency, said.monetary, said.lifecycle) == (
        stored.r, stored.frequency, stored.monetary, stored.lifecycle,
    )  # fmt: skip
