"""The tier dashboard shows sums of published runs over the owners a person may see."""

from datetime import date

import pytest

from segmentation import night
from segmentation.pages import figures
from workbench.tests.scored import make, score

pytestmark = pytest.mark.django_db


@pytest.fixture
def scored(cast):
    score(cast)
    return cast


def page_for(sign_in, user, **asked):
    response = sign_in(user).get("/segmentation/", asked)
    assert response.status_code == 200
    return response.context["page"]


def test_the_table_of_tiers_adds_up_to_all_customers(sign_in, scored):
    """A customer without an order is in the sum, so it needs a row as well."""
    make("D", scored.wang, scored.shanghai)
    night.rescore(date(2026, 10, 1))
    page = page_for(sign_in, scored.wang)
    assert sum(row["row"].customers for row in page.effect) == page.total.customers == 3


def test_a_rep_sees_own_customers_only(sign_in, scored):
    assert page_for(sign_in, scored.wang).total.customers == 2
    assert page_for(sign_in, scored.outsider).total.customers == 1


def test_a_manager_sees_the_team_and_an_auditor_everybody(sign_in, scored):
    assert page_for(sign_in, scored.manager).total.customers == 2
    assert page_for(sign_in, scored.auditor).total.customers == 3


def test_revenue_is_the_net_of_the_window(sign_in, scored):
    assert page_for(sign_in, scored.wang).total.revenue == 160_000


def test_month_sales_are_those_of_the_runs_month(sign_in, scored):
    page = page_for(sign_in, scored.wang, run="2026-09-30")
    assert page.total.month_revenue == 50_000


def test_the_matrix_counts_each_customer_once(sign_in, scored):
    page = page_for(sign_in, scored.wang)
    assert sum(map(sum, page.matrix.counts)) == 2


def test_an_unpublished_run_is_never_shown(sign_in, scored):
    figures.ScoreRun.objects.filter(as_of=date(2026, 9, 30)).update(published_at=None)
    page = page_for(sign_in, scored.wang, run="2026-09-30")
    assert page.choice.run.as_of == date(2026, 8, 31)


def test_a_strange_address_falls_back_to_the_latest_run(sign_in, scored):
    page = page_for(sign_in, scored.wang, run="nonsense", team="-1", channel="999999999999", scheme="x")
    assert page.choice.run.as_of == date(2026, 9, 30)


def test_without_any_run_the_page_says_how_it_begins(sign_in, cast):
    response = sign_in(cast.manager).get("/segmentation/")
    assert "No scores yet" in response.content.decode()


def test_half_a_month_is_not_compared_with_a_whole_one(sign_in, scored):
    night.rescore(date(2026, 10, 15))
    page = page_for(sign_in, scored.wang)
    assert page.kpis[0]["delta"] == ""


def test_the_number_of_queries_does_not_grow(sign_in, scored, django_assert_max_num_queries):
    client = sign_in(scored.manager)
    client.get("/segmentation/")
    with django_assert_max_num_queries(13):
        client.get("/segmentation/")
