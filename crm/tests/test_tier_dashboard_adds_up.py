"""The tier dashboard shows sums of published runs over the owners a person may see."""

from datetime import date

import pytest

from core import clock
from crm.dashboards import figures
from customers.models import Customer, CustomerFacts
from sales.models import Order
from segmentation import night

pytestmark = pytest.mark.django_db


def order(customer: Customer, on: date, amount: int) -> Order:
    return Order.objects.create(
        number=f"{customer.number}-{on}-{amount}",
        customer=customer,
        ordered_at=clock.at_local(on, clock.NIGHT_BEGINS.replace(hour=10), clock.company.zone()),
        ordered_on=on,
        currency="CNY",
        total=amount,
        amount=amount,
    )


def make(number: str, owner, team) -> Customer:
    customer = Customer.objects.create(number=number, kind="person", name=number, owner=owner, team=team)
    CustomerFacts.objects.create(customer=customer)
    return customer


@pytest.fixture
def scored(cast):
    """Two customers of 小王's, one of the stranger's, scored at two month ends; one of 小王's moves down."""
    steady, fading, foreign = (
        make("A", cast.wang, cast.shanghai),
        make("B", cast.wang, cast.shanghai),
        make("C", cast.outsider, cast.north),
    )
    for day in (date(2026, 7, 3), date(2026, 7, 20), date(2026, 9, 28)):
        order(steady, day, 50_000)
    order(fading, date(2026, 7, 30), 10_000)
    order(foreign, date(2026, 9, 1), 70_000)
    for as_of in (date(2026, 8, 31), date(2026, 9, 30)):
        night.rescore(as_of)
    return cast


def page_for(sign_in, user, **asked):
    response = sign_in(user).get("/segmentation/", asked)
    assert response.status_code == 200
    return response.context["page"]


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
    with django_assert_max_num_queries(12):
        client.get("/segmentation/")
