"""A month, a quarter, a year or own days: the tier dashboard follows, and its figures open the customers they count."""

from datetime import date

import pytest
from django.db import transaction

from conftest import cast_made
from segmentation import night
from segmentation.models import ScoreRun
from workbench.tests.scored import score, widen
from workbench.tests.test_a_figure_of_the_tiers_opens_its_list import figures_of, listed

pytestmark = pytest.mark.django_db
QUARTER = {"span": "quarter", "run": "2026-09-30"}
OWN = {"span": "own", "from": "2026-07-01", "to": "2026-08-31"}


@pytest.fixture(scope="module")
def company(django_db_setup, django_db_blocker):
    """Scored at the month ends from June to September, once for all tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        cast = cast_made()
        score(cast)
        widen(cast)
        for day in (date(2026, 6, 30), date(2026, 7, 31)):
            night.rescore(day)
        yield cast
        transaction.set_rollback(True)


@pytest.fixture
def wide(company, db):
    return company


def page_of(client, asked):
    return client.get("/segmentation/", asked).context["page"]


@pytest.mark.parametrize("who", ["wang", "lead", "auditor"])
@pytest.mark.parametrize("asked", [QUARTER, OWN, OWN | {"scheme": "b2c"}], ids=["quarter", "own", "scheme"])
def test_every_figure_of_a_span_opens_as_many_customers_as_it_says(sign_in, wide, who, asked):
    user = getattr(wide, who)
    page = page_of(sign_in(user), asked)
    shown = [(url, listed(user, url)) for url, _n in figures_of(page)]
    assert shown == figures_of(page)


def test_who_moved_is_counted_from_before_the_span(sign_in, wide):
    page = page_of(sign_in(wide.auditor), QUARTER)
    assert page.matrix.before == date(2026, 6, 30)
    # Nobody had bought by then: all who have a tier now were rated for the first time.
    assert (page.arrived, page.upgrades, page.downgrades) == (page.rated, 0, 0)


def test_a_month_that_is_asked_for_as_own_days_says_the_same(sign_in, wide):
    client = sign_in(wide.auditor)
    month = page_of(client, {"run": "2026-09-30"})
    own = page_of(client, {"span": "own", "from": "2026-09-01", "to": "2026-09-30"})
    assert figures_of(month) == figures_of(own)
    assert month.sales == own.sales == month.total.month_revenue


def test_the_history_says_of_a_month_what_the_night_added_up(sign_in, wide, monkeypatch):
    client = sign_in(wide.lead)
    added = page_of(client, {"run": "2026-09-30"}).matrix.found
    monkeypatch.setattr("segmentation.pages.tier_dashboard.Page.of_month", False)
    assert page_of(client, {"run": "2026-09-30"}).matrix.found == added


def test_sales_of_a_quarter_are_those_of_its_months(sign_in, wide):
    client = sign_in(wide.auditor)
    page = page_of(client, QUARTER)
    months = [page_of(client, {"run": day}).sales for day in ("2026-07-31", "2026-08-31", "2026-09-30")]
    assert page.sales == sum(months) == sum(row["sold"] for row in page.effect)
    assert all(months)
    bought = client.get(page.kpis[0]["href"]).context["page"].rows
    assert {row.number for row in bought} == {"A", "B", "C", "F", "N"}


def test_a_month_is_compared_with_the_one_before(sign_in, wide):
    sales = page_of(sign_in(wide.wang), {"run": "2026-09-30"}).kpis[0]
    assert (sales["delta"], "before" in sales["note"]) == ("", False)  # nothing was sold in August
    sales = page_of(sign_in(wide.li), {"run": "2026-08-31"}).kpis[0]
    assert (sales["delta"], sales["direction"]) == ("50.0%", -1)
    assert sales["note"] == "1 order · Jul 2026 before: ¥1,800"


def test_every_figure_on_top_says_of_how_many(sign_in, wide):
    sales, repurchase, promoted, warned, prospects = page_of(sign_in(wide.auditor), QUARTER).kpis
    page = page_of(sign_in(wide.auditor), QUARTER)
    assert sales["note"].startswith(f"{page.orders} orders")
    assert repurchase["note"].startswith(f"n = {page.total.active},")
    assert promoted["note"].endswith(f" / {sum(page.matrix.counts[page.codes.index('B')])}")
    assert warned["note"].endswith(f" of {page.total.customers}")
    assert prospects["note"].endswith(f" of {page.total.customers}")


def test_a_month_in_between_that_was_never_counted_leaves_no_sales(sign_in, wide):
    ScoreRun.objects.filter(as_of=date(2026, 8, 31)).update(published_at=None)
    page = page_of(sign_in(wide.auditor), QUARTER)
    assert (page.sales, page.kpis[0]["value"]) == (None, None)


def test_days_that_cannot_be_are_told_beside_their_fields(sign_in, wide):
    answer = sign_in(wide.manager).get("/segmentation/", {"span": "own", "from": "2026-09-30", "to": "2026-09-01"})
    text = answer.content.decode()
    assert "The first day comes after the last one." in text
    assert 'aria-describedby="span-problem"' in text
    assert answer.context["page"].of_month


def test_a_span_costs_as_many_queries_whatever_it_holds(sign_in, wide, django_assert_max_num_queries):
    client = sign_in(wide.manager)
    client.get("/segmentation/", QUARTER)
    with django_assert_max_num_queries(13):
        client.get("/segmentation/", QUARTER)
