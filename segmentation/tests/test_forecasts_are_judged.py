"""What a night or a replay predicted, judged once its days are over: the figures are those of plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from conftest import Cast, cast_made
from core import clock
from customers.models import Customer
from sales.models import Order
from segmentation import backtest, churn, night, selectors
from segmentation.churn_lab import backtest_as_of
from segmentation.models import Forecast, ForecastRow, ForecastSum, ScoreRun
from segmentation.proof import nightly, replay
from segmentation.proof.figures import Figures
from segmentation.proof.selectors import figures_of
from segmentation.tests import worlds
from workbench.defaults import ensure_defaults

DAY = date(2026, 2, 28)
END = DAY + timedelta(days=90)
STORED = ("customer__number", "percent", "level", "watched", "fallen", "value", "bought")


@dataclass
class Company:
    world: worlds.World
    cast: Cast


@pytest.fixture(scope="module")
def scored(django_db_setup: None, django_db_blocker: Any) -> Iterator[Company]:
    """A company whose night of a month's end kept what it predicted, and that was replayed for the same day."""
    with django_db_blocker.unblock(), transaction.atomic():
        ensure_defaults()
        cast, world = cast_made(), worlds.random_world(21, customers=240)
        for deal in world.deals:
            deal.state = "completed" if deal.state == "open" else deal.state  # of open ones a replay knows nothing
        worlds.store(world)
        for place, customer in enumerate(Customer.objects.order_by("number")):
            owner, team = [(cast.wang, cast.shanghai), (cast.outsider, cast.north), (None, None)][place % 3]
            Customer.objects.filter(pk=customer.pk).update(owner=owner, team=team)
        night.rescore(DAY)
        ScoreRun.objects.update(published_at=datetime.combine(DAY + timedelta(days=1), time(2), UTC))
        list(nightly.forecasts_keep(DAY))
        replay.replay_ask(as_of=DAY, by=cast.admin)
        list(replay.reckon_asked(clock.business_date()))
        yield Company(world, cast)
        transaction.set_rollback(True)


@pytest.fixture
def company(scored: Company, db: None) -> Company:
    return scored


@pytest.mark.parametrize("day", [date.min, date(1900, 1, 1), date.max])
def test_a_day_that_orders_know_nothing_of_is_refused(company: Company, day: date) -> None:
    with pytest.raises(ValidationError):
        replay.replay_ask(as_of=day, by=company.cast.admin)


def stored(kind: str) -> list[tuple[Any, ...]]:
    rows = ForecastRow.objects.filter(forecast__kind=kind)
    return list(rows.order_by("customer__number").values_list(*STORED))


def figures(company: Company, kind: str, who: str = "admin") -> Figures:
    forecast = Forecast.objects.get(kind=kind)
    return figures_of(getattr(company.cast, who), [forecast])[forecast.pk]


@dataclass
class Plain:
    """A customer by the pure rules: the chance, the level and whether orders followed."""

    percent: int
    level: str
    watched: bool
    value: int | None
    bought: bool


def plain(world: worlds.World) -> dict[str, Plain]:
    run = selectors.run_as_of(DAY)
    assert run is not None
    assert run.churn_params is not None
    params, found = selectors.parameters(run.churn_params), {}
    for number in sorted(set(world.kinds) - world.binned):
        seen = worlds.seen(world, number, DAY)
        days = sorted(set(seen.order_days))
        if not days or not any((DAY - day).days < 365 for day in seen.bought_days):
            continue
        x, t_x, age = len(days) - 1, (days[-1] - days[0]).days, (DAY - days[0]).days
        look = churn.outlook(params, x, t_x, age, 90)
        level = churn.opening_level(look.p_now, look.drop) if x else churn.NONE
        told = min(look.p_last, np.floor(100 * look.p_now + 0.5) / 100)
        value = round(seen.monetary / seen.frequency * (look.p_last - told)) if x else None
        later = worlds.seen(world, number, END).order_days
        found[number] = Plain(int(100 * look.p_now), level, bool(x), value, any(day > DAY for day in later))
    return found


def test_a_row_is_what_the_pure_rules_say(company: Company) -> None:
    wanted = plain(company.world)
    for kind in ("month", "replay"):
        got = {row[0]: row[1:] for row in stored(kind)}
        assert got.keys() == wanted.keys()
        for number, row in wanted.items():
            percent, level, watched, _fallen, value, bought = got[number]
            assert (percent, level, watched, bought) == (row.percent, row.level, row.watched, row.bought), number
            assert value == row.value or abs(value - row.value) <= 1, number


def test_the_kept_forecast_is_the_replay_where_nothing_was_written_late(company: Company) -> None:
    assert stored("month") == stored("replay")
    assert figures(company, "month").precision == figures(company, "replay").precision


def test_the_figures_are_those_of_plain_python(company: Company) -> None:
    got, rows = figures(company, "replay"), list(plain(company.world).values())
    warned = [row for row in rows if row.level != "none"]
    watched = [row for row in rows if row.watched]
    left = [row for row in watched if not row.bought]
    assert (got.judged.part, got.judged.n) == (sum(not row.bought for row in rows), len(rows))
    assert (got.precision.part, got.precision.n) == (sum(not row.bought for row in warned), len(warned))
    assert (got.recall.part, got.recall.n) == (sum(row.level != "none" for row in left), len(left))
    assert got.red.n == sum(row.level == "red" for row in rows) > 0
    assert got.lift(got.red) == pytest.approx((got.red.part / got.red.n) / (len(left) / len(watched)))
    risk, churned = np.array([-row.percent for row in rows]), np.array([not row.bought for row in rows])
    assert got.auc == pytest.approx(backtest.auc(risk, churned))
    chance = np.array([(row.percent + 0.5) / 100 for row in rows])
    assert got.brier == pytest.approx(backtest.brier(1 - chance, churned))
    assert sum(band.bought.n for band in got.bands) == len(rows)
    for band in got.bands:
        of = [row for row in rows if band.low <= row.percent < band.high]
        assert (band.bought.part, band.bought.n) == (sum(row.bought for row in of), len(of))
    for limit in got.limits:
        called = [row for row in watched if row.percent < limit.below]
        assert limit.calls <= len(called)
        assert limit.caught <= limit.calls
        if limit.below == 50:  # the limit in force: as many calls as there are warnings
            assert (limit.calls, limit.caught) == (got.precision.n, got.precision.part)


def test_the_contracts_command_ranks_alike(company: Company) -> None:
    told, got = backtest_as_of(DAY), figures(company, "replay")
    replayed = Forecast.objects.get(kind="replay")
    assert told["parameters"] == pytest.approx({name: getattr(replayed, name) for name in ("r", "alpha", "a", "b")})
    # It warns who has an order left in the days that count, the night who has a purchase that wasn't taken back.
    assert 0 <= told["warned"] - got.precision.n <= 3
    assert told["precision"] == pytest.approx(got.precision.value, abs=0.05)


def test_each_person_counts_their_own(company: Company) -> None:
    ours, theirs, all_ = (figures(company, "replay", who) for who in ("lead", "outsider", "admin"))
    nobodys = ForecastRow.objects.filter(forecast__kind="replay", owner=None).count()
    assert ours.judged.n == ForecastRow.objects.filter(forecast__kind="replay", owner=company.cast.wang.pk).count()
    assert ours.judged.n + theirs.judged.n + nobodys == all_.judged.n
    assert figures(company, "replay", "li").judged.n == 0


def test_a_night_that_runs_again_changes_nothing(company: Company) -> None:
    def all_of_it() -> list[Any]:
        sums = ForecastSum.objects.order_by("forecast", "whole", "owner", "percent", "level", "watched", "fallen")
        return [*sums.values_list("forecast", "owner", "percent", "customers", "bought", "value"), *stored("month")]

    before = all_of_it()
    list(nightly.forecasts_keep(DAY))
    assert all_of_it() == before
    Forecast.objects.filter(kind="month").update(again=True)
    list(nightly.forecasts_keep(clock.business_date()))
    assert sorted(map(str, all_of_it())) == sorted(map(str, before))


def test_who_was_merged_or_removed_is_left_out(company: Company) -> None:
    before = figures(company, "month")
    gone = ForecastRow.objects.filter(forecast__kind="month", bought=False).first()
    assert gone is not None
    Customer.objects.filter(pk=gone.customer_id).update(deleted_at=timezone.now())
    Forecast.objects.filter(kind="month").update(again=True)
    list(nightly.forecasts_keep(clock.business_date()))
    after = figures(company, "month")
    assert (after.judged.n, after.judged.part, after.left_out) == (before.judged.n - 1, before.judged.part - 1, 1)


def test_an_order_that_came_in_late_is_counted_in_the_coming_night(company: Company) -> None:
    row = ForecastRow.objects.filter(forecast__kind="month", bought=False).first()
    assert row is not None
    on = DAY + timedelta(days=3)
    moment = datetime.combine(on, time(4), UTC)
    values = {"source": "t", "number": "LATE", "customer_id": row.customer_id, "currency": "CNY", "state": "completed"}
    Order.objects.create(**values, ordered_at=moment, ordered_on=on, total=100, amount=100)
    before = figures(company, "month").judged.part
    nightly.import_finished(None, END + timedelta(days=1))  # type: ignore[arg-type]  # which import it was is all one
    list(nightly.forecasts_keep(clock.business_date()))
    assert figures(company, "month").judged.part == before
    nightly.import_finished(None, on)  # type: ignore[arg-type]
    list(nightly.forecasts_keep(clock.business_date()))
    assert figures(company, "month").judged.part == before - 1


def test_at_a_months_end_what_was_typed_late_is_looked_for(company: Company) -> None:
    Forecast.objects.update(judged_at=datetime.combine(END, time(20), UTC))
    assert nightly.due(date(2026, 6, 29)) == []
    assert [row.kind for row in nightly.due(date(2026, 6, 30))] == ["month", "replay"]
    assert nightly.due(date(2026, 9, 30)) == []  # longer ago than three months


def test_an_import_that_is_taken_back_takes_its_customers_along(company: Company) -> None:
    gone = ForecastRow.objects.filter(forecast__kind="month").first()
    assert gone is not None
    before = figures(company, "month").judged.n
    Order.all_objects.filter(customer=gone.customer_id).update(customer=None, return_of=None)
    Customer.all_objects.filter(pk=gone.customer_id).delete()
    nightly.import_undone(None, None)  # type: ignore[arg-type]
    list(nightly.forecasts_keep(clock.business_date()))
    assert figures(company, "month").judged.n == before - 1


def test_rows_go_after_a_while_and_figures_stay(company: Company) -> None:
    before = figures(company, "month").precision
    nightly.forget(DAY + timedelta(days=401))
    assert ForecastRow.objects.filter(forecast__kind="month").exists()  # kept a short while ago
    Forecast.objects.filter(kind="month").update(asked_at=datetime.combine(DAY, time(4), UTC))
    nightly.forget(DAY + timedelta(days=401))
    assert not ForecastRow.objects.filter(forecast__kind="month").exists()
    assert ForecastRow.objects.filter(forecast__kind="replay").exists()
    assert figures(company, "month").precision == before
    assert not Forecast.objects.get(kind="month").rows_kept


def test_days_that_are_not_over_are_refused(company: Company) -> None:
    latest = replay.latest_day()
    assert latest is not None
    with pytest.raises(ValidationError, match="would look like somebody who left"):
        replay.replay_ask(as_of=latest + timedelta(days=1), by=company.cast.admin)
    replay.replay_ask(as_of=latest, by=company.cast.admin)
    replay.replay_ask(as_of=latest, by=company.cast.admin)  # a second press
    assert Forecast.objects.filter(kind="replay").count() == 2


def test_a_day_before_all_orders_says_so(company: Company) -> None:
    """The orders known by then may have been taken back since it was asked for."""
    row = replay.replay_ask(as_of=DAY - timedelta(days=1), by=company.cast.admin)
    Forecast.objects.filter(pk=row.pk).update(as_of=date(2020, 1, 1))
    assert list(replay.reckon_asked(clock.business_date()))[-1] == {"replays": 1}
    assert Forecast.objects.get(as_of=date(2020, 1, 1)).refused == "nobody"


def test_a_killed_replay_begins_again_and_comes_to_the_same(company: Company) -> None:
    before = stored("replay")
    replay.replay_ask(as_of=DAY, by=company.cast.admin)
    steps = replay.reckon_asked(clock.business_date())
    next(steps)
    next(steps)
    steps.close()
    assert Forecast.objects.get(kind="replay").judged_at is None
    list(replay.reckon_asked(clock.business_date()))
    assert stored("replay") == before


def test_by_the_fixed_rule_there_are_warnings_and_no_other_limits(company: Company) -> None:
    settings = selectors.scoring_settings()
    settings.fixed_rule = True
    settings.save()
    day = DAY - timedelta(days=30)
    row = replay.replay_ask(as_of=day, by=company.cast.admin)
    list(replay.reckon_asked(clock.business_date()))
    row.refresh_from_db()
    got = figures_of(company.cast.admin, [row])[row.pk]
    assert row.fixed_rule
    silent = {n for n in company.world.kinds if n not in company.world.binned and _silent(company.world, n, day)}
    warned = set(
        ForecastRow.objects.filter(forecast=row).exclude(level="none").values_list("customer__number", flat=True)
    )
    assert silent <= warned
    assert got.precision.n == len(warned) > 0


def _silent(world: worlds.World, number: str, day: date) -> bool:
    seen = worlds.seen(world, number, day)
    bought = [(day - one).days for one in seen.bought_days]
    return len(set(seen.order_days)) >= 2 and min(bought, default=999) < 365 and (day - max(seen.order_days)).days >= 90


def test_only_a_months_end_that_was_reckoned_in_time_is_a_prediction(company: Company) -> None:
    run = ScoreRun.objects.get(as_of=DAY)
    assert nightly.is_prediction(run)
    run.published_at = timezone.now()
    assert not nightly.is_prediction(run)
    run.published_at, run.as_of = datetime.combine(DAY, time(20), UTC), DAY - timedelta(days=1)
    assert not nightly.is_prediction(run)
