"""Nights missed for up to 7 business dates are scored in order, by the company's own midnight."""

from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from zoneinfo import ZoneInfo

import pytest
import time_machine

from core import clock, company
from core.jobs import ensure_nightly
from core.models import Company
from segmentation import night
from segmentation.models import ScoreRun
from segmentation.tests import worlds


def in_zone(zone: str) -> None:
    Company.objects.filter(pk=1).update(time_zone=zone)
    company.forget()


def at(zone: str, *moment: int) -> datetime:
    return datetime(*moment, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def scored() -> list[date]:
    return list(ScoreRun.objects.order_by("as_of").values_list("as_of", flat=True))


def test_a_worker_that_was_away_catches_up_seven_days_and_no_more(defaults: None) -> None:
    worlds.store(worlds.random_world(1, customers=30))
    with time_machine.travel(at("Asia/Shanghai", 2026, 6, 1, 3), tick=False):
        assert ensure_nightly([night.NIGHTLY]) == 7
    with time_machine.travel(at("Asia/Shanghai", 2026, 6, 4, 9), tick=False):
        assert ensure_nightly([night.NIGHTLY]) == 3
        assert ensure_nightly([night.NIGHTLY]) == 0
    assert scored() == [date(2026, 5, 25) + timedelta(days=n) for n in range(10)]


def test_a_night_begins_at_two_in_the_company_zone(defaults: None) -> None:
    worlds.store(worlds.random_world(1, customers=30))
    with time_machine.travel(at("Asia/Shanghai", 2026, 6, 1, 1, 59), tick=False):
        ensure_nightly([night.NIGHTLY])
        assert scored()[-1] == date(2026, 5, 30)
    with time_machine.travel(at("Asia/Shanghai", 2026, 6, 1, 2, 0), tick=False):
        ensure_nightly([night.NIGHTLY])
        assert scored()[-1] == date(2026, 5, 31)


@pytest.mark.parametrize(
    ("zone", "day"),
    [("America/New_York", date(2026, 3, 7)), ("America/New_York", date(2026, 10, 31))]
    + [("Europe/Paris", date(2026, 3, 28)), ("Asia/Shanghai", date(2026, 3, 28))],
)
def test_clock_changes_give_one_run_per_business_date(defaults: None, zone: str, day: date) -> None:
    in_zone(zone)
    worlds.store(worlds.random_world(1, customers=20))
    for hours in range(60):
        moment = clock.at_local(day, clock_time(23, 30), ZoneInfo(zone)) + timedelta(hours=hours)
        with time_machine.travel(moment, tick=False):
            ensure_nightly([night.NIGHTLY])
    assert scored() == [day + timedelta(days=n) for n in range(-7, 3)]


def test_a_day_that_has_not_ended_in_the_company_zone_is_refused(defaults: None) -> None:
    worlds.store(worlds.random_world(1, customers=20))
    with time_machine.travel(at("Asia/Shanghai", 2026, 6, 1, 23, 59), tick=False):
        with pytest.raises(night.CannotScoreError, match="2026-06-01"):
            night.rescore(date(2026, 6, 1))
        assert night.rescore()["as_of"] == "2026-05-31"
    with time_machine.travel(at("Asia/Shanghai", 2026, 6, 2, 0, 1), tick=False):
        assert night.rescore()["as_of"] == "2026-06-01"
