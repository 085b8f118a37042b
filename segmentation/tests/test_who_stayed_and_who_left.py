"""Churn and retention per tier, owner and channel: the night's sums, and the rows that each figure opens."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core import memo
from customers.models import Channel, Customer, CustomerFacts
from segmentation import selectors
from segmentation.models import RetentionSum, ScoreInterval, ScoreRun
from segmentation.retention.nightly import begin_of, retention_keep
from segmentation.retention.selectors import retention_of

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 28)
BEGIN = ON - timedelta(days=365)


@pytest.fixture
def history(cast):
    now = timezone.now()
    for day in (BEGIN, ON):
        ScoreRun.objects.create(as_of=day, started_at=now, published_at=now)
    shops = list(Channel.objects.all()[:2])

    def make(number, owner, tier, before, after, channel=None):
        made = Customer.objects.create(
            number=number, name=number, owner=owner, team=owner.team if owner else None, channel=channel
        )
        CustomerFacts.objects.create(customer=made, lifecycle=after)
        common = {"customer": made, "tier_scheme": "b2c", "tier": tier}
        until = BEGIN + timedelta(days=99)
        ScoreInterval.objects.create(valid_from=BEGIN, valid_to=until, lifecycle=before, **common)
        ScoreInterval.objects.create(valid_from=until + timedelta(days=1), lifecycle=after, **common)

    for n in range(40):
        make(f"A{n}", cast.wang, "A", "loyal", "lost" if n < 2 else "loyal", shops[0])
    for n in range(10):
        make(f"C{n}", cast.li, "C", "dormant", "lost" if n < 5 else "repeat", shops[1])
    make("NEVER", cast.wang, "unrated", "prospect", "prospect")
    make("GONE", cast.wang, "C", "lost", "lost")
    make("ELSE", cast.outsider, "A", "repeat", "lost")
    retention_keep(ON)


def test_the_worked_example(cast, history):
    found = retention_of(cast.lead, "365d")
    assert (found.begun_on, found.on) == (BEGIN, ON)
    assert (found.total.base, found.total.churned) == (50, 7)
    tiers = {rate.label: (rate.base, rate.churned) for rate in found.tiers}
    assert tiers == {"A High-value": (40, 2), "C Standard": (10, 5)}
    assert found.tiers[0].churn == pytest.approx(0.05)
    assert found.tiers[0].retention == pytest.approx(0.95)
    assert [rate.few for rate in found.tiers] == [False, True]


def test_each_figure_opens_its_rows(sign_in, cast, history):
    client, found = sign_in(cast.lead), retention_of(cast.lead, "365d")
    rates = [found.total, *found.tiers, *found.owners, *found.channels]
    assert len(rates) == 1 + 2 + 2 + 2
    for rate in rates:
        assert client.get(rate.url).context["list"].total == str(rate.base)
        assert client.get(rate.churned_url).context["list"].total == str(rate.churned)


def test_people_count_their_own(cast, history):
    assert (retention_of(cast.wang, "365d").total.base, retention_of(cast.li, "365d").total.base) == (40, 10)
    assert retention_of(cast.outsider, "365d").total.churned == 1


def test_a_span_before_the_history_is_no_data_yet(sign_in, cast, history):
    RetentionSum.at_all_levels.all().delete()
    assert retention_of(cast.lead, "365d") is None
    page = sign_in(cast.lead).get(reverse("warning_results")).content.decode()
    assert "No data yet" in page


def test_a_second_night_counts_anew_and_not_twice(cast, history):
    before = RetentionSum.objects.count()
    retention_keep(ON)
    assert RetentionSum.objects.count() == before


def test_the_page_of_results_shows_the_card(sign_in, cast, history):
    page = sign_in(cast.lead).get(reverse("warning_results")).content.decode()
    assert "86.0%" in page  # retention of all: 43 of 50
    assert "too few" in page


def test_of_a_past_that_only_months_ends_tell_the_nearest_begins_a_span(db):
    """The last one before would make sixty days of a month, called "a month" all the same."""
    for day in ("2026-07-31", "2026-08-31", "2026-09-30", "2026-10-31", "2026-11-29"):
        when = timezone.now()
        ScoreRun.objects.create(as_of=day, started_at=when, published_at=when)
    on = date(2026, 11, 29)
    assert begin_of(on, 30) == date(2026, 10, 31)
    assert begin_of(on, 91) == date(2026, 8, 31)
    assert begin_of(on, 365) is None


def test_a_span_that_nobody_counted_says_so_and_the_page_begins_with_one_that_is(sign_in, cast, history):
    RetentionSum.at_all_levels.exclude(span="365d").delete()
    client = sign_in(cast.lead)
    assert client.get(reverse("retention")).context["list"].total
    page = client.get(reverse("retention"), {"span": "30d"}).content.decode()
    assert "No data yet" in page
    assert "Take one of the filters away" not in page


@pytest.mark.parametrize("few_of", [1, 50], ids=["named", "asked in memory"])
def test_the_lists_of_many_are_the_same_in_each_order(sign_in, cast, history, monkeypatch, few_of):
    """However the customers behind are looked up: named, or asked of each in the list's order."""
    client = sign_in(cast.lead)

    def listed():
        asked = [{"view": view, "sort": sort} for view in ("churned", "kept", "all") for sort in ("-bought", "name")]
        return [[row.pk for row in client.get(reverse("retention"), one).context["list"].drawn] for one in asked]

    before = listed()
    ScoreRun.objects.update(counts={"customers": 60})
    monkeypatch.setattr(selectors, "FEW_BEHIND", 0)
    monkeypatch.setattr(selectors, "FEW_OF", few_of)
    memo.forget_all()
    assert listed() == before
    assert [len(rows) for rows in before] == [7, 7, 43, 43, 50, 50]
