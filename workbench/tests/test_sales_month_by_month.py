"""Net sales by month on the purchase analysis: those of the tier dashboard, by tier, and who bought behind each sum."""

import csv
import io

import pytest
from django.urls import reverse

from customers.models import Customer
from segmentation import night
from segmentation.cohorts.nightly import cohorts_keep
from segmentation.models import RunSum
from workbench.tests.scored import MONTH_ENDS, order, score, widen
from workbench.tests.test_a_figure_of_the_tiers_opens_its_list import listed

pytestmark = pytest.mark.django_db


@pytest.fixture
def scored(cast):
    score(cast)
    widen(cast)
    cohorts_keep(MONTH_ENDS[-1])
    return cast


@pytest.mark.parametrize("who", ["wang", "lead", "manager", "auditor"])
def test_a_month_is_what_the_tier_dashboard_says_of_it(sign_in, scored, who):
    client = sign_in(getattr(scored, who))
    months = client.get(reverse("purchases")).context["trend"].months
    assert [month.name for month in months] == ["Aug 2026", "Sep 2026"]
    for month, day in zip(months, MONTH_ENDS, strict=True):
        page = client.get(reverse("segmentation"), {"run": day.isoformat()}).context["page"]
        assert month.sold == page.sales == sum(month.by_tier)


def test_a_sum_opens_who_bought_in_its_month(sign_in, scored):
    client = sign_in(scored.auditor)
    months = client.get(reverse("purchases")).context["trend"].months
    found = [{row.number for row in client.get(month.url).context["page"].rows} for month in months]
    assert found == [{"F"}, {"A", "C", "N"}]


@pytest.mark.parametrize("who", ["wang", "lead", "auditor"])
def test_orders_and_buyers_of_a_month_are_counted_and_buyers_open(sign_in, scored, who):
    user = getattr(scored, who)
    months = sign_in(user).get(reverse("purchases")).context["trend"].months
    assert [month.buyers for month in months] == [listed(user, month.buyers_url) for month in months]
    if who == "auditor":
        assert [(month.orders, month.buyers) for month in months] == [(1, 1), (3, 3)]


def test_who_only_returned_something_is_no_buyer_and_a_night_of_the_past_counts_alike(sign_in, scored):
    order(Customer.objects.get(number="P"), MONTH_ENDS[0], -5_000)
    order(Customer.objects.get(number="N"), MONTH_ENDS[0], 5_000)
    night.rescore(MONTH_ENDS[0])
    august = sign_in(scored.auditor).get(reverse("purchases")).context["trend"].months[0]
    assert (august.sold, august.orders, august.buyers) == (90_000, 2, 2)
    assert (listed(scored.auditor, august.buyers_url), listed(scored.auditor, august.url)) == (2, 3)


def test_months_that_no_night_has_counted_have_no_data_yet(sign_in, scored):
    RunSum.at_all_levels.update(month_orders=None, month_buyers=None)
    client = sign_in(scored.auditor)
    august = client.get(reverse("purchases")).context["trend"].months[0]
    assert (august.orders, august.buyers) == (None, None)
    assert "order" not in client.get(reverse("segmentation")).context["page"].kpis[0]["note"]


def test_it_goes_out_as_a_file(sign_in, scored):
    answer = sign_in(scored.auditor).get(reverse("purchases"), {"file": "csv", "table": "sales"})
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row[:2] for row in rows] == [["Month", "Net sales (CNY)"], ["Aug 2026", "900.00"], ["Sep 2026", "1500.00"]]


def test_too_few_months_are_compared_with_nothing(sign_in, scored):
    assert sign_in(scored.auditor).get(reverse("purchases")).context["trend"].title == "Net sales by month"


def test_three_months_are_compared_with_the_three_before(sign_in, scored):
    trend = sign_in(scored.auditor).get(reverse("purchases")).context["trend"]
    august, september = trend.months
    trend.months = [august, august, august, september, september, september]
    assert trend.title == "Net sales of the last three whole months: up 66.7% on the three before"
    trend.months.reverse()
    assert trend.title == "Net sales of the last three whole months: down 40.0% on the three before"
