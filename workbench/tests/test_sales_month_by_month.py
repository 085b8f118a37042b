"""Net sales by month on the purchase analysis: those of the tier dashboard, by tier, and who bought behind each sum."""

import csv
import io

import pytest
from django.urls import reverse

from segmentation.cohorts.nightly import cohorts_keep
from workbench.tests.scored import MONTH_ENDS, score, widen

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
