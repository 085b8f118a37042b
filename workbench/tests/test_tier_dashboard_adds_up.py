"""The tier dashboard shows sums of published runs over the owners a person may see."""

from datetime import date

import pytest
from django.test import RequestFactory
from django.urls import resolve

from core import clock
from customers.models import Customer, CustomerFacts
from sales.models import Order
from segmentation import night
from segmentation.pages import figures
from ui.listing import Asked
from workbench.customer_list.listing import CUSTOMERS

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
    with django_assert_max_num_queries(12):
        client.get("/segmentation/")


# --- a number opens the list behind it -------------------------------------------------------------------------------
@pytest.fixture
def wide(scored):
    """Beside them a company, one without purchase, one that came after the first month, and one nobody owns."""
    firm = Customer.objects.create(number="F", kind="company", name="F", owner=scored.li, team=scored.shanghai)
    fresh = make("N", scored.lead, scored.shanghai)
    for customer in (firm, make("P", scored.wang, scored.shanghai), make("O", None, None)):
        CustomerFacts.objects.get_or_create(customer=customer)
    for day in (date(2026, 7, 2), date(2026, 7, 5), date(2026, 8, 9)):
        order(firm, day, 90_000)
    order(fresh, date(2026, 9, 20), 30_000)
    for as_of in (date(2026, 8, 31), date(2026, 9, 30)):
        night.rescore(as_of)
    return scored


def listed(user, url: str) -> int:
    """How many customers the address shows to this person, without drawing the page each time."""
    assert resolve(url.partition("?")[0]).url_name == "customer_list"
    request = RequestFactory().get(url)
    request.user = user
    asked = Asked(CUSTOMERS, request)
    assert asked.ignored == ""
    return int(asked.total)


def figures_of(page) -> list[tuple[str, int]]:
    """(address, count) of every figure that counts customers."""
    if page.matrix.before:
        arrived, left = (page.arrived_url, page.arrived), (page.left_url, page.left)
        rows = [cell for row in page.matrix_rows for cell in (*row["cells"], row["left"], row["total"]) if cell.url]
        cells = [(cell.url, cell.count) for cell in rows] + [arrived, left]
    else:
        cells = []  # the page shows no matrix then
    tiers = [(row["url"], row["customers"]) for row in page.legend]
    effect = [
        pair
        for row in page.effect
        for pair in (
            (row["url"], row["row"].customers),
            (row["repeat_url"], row["row"].repeat),
            (row["warned_url"], row["row"].warned),
        )
    ]
    _sales, repurchase, promoted, warned, prospects = page.kpis
    return [
        *cells,
        *tiers,
        *effect,
        (repurchase["href"], page.total.active),
        (page.repeat_url, page.total.repeat),
        (page.warned_url, page.total.warned),
        (page.rated_url, page.rated),
        (promoted["href"], int(promoted["note"].split(" / ")[0])),
        (warned["href"], page.total.warned),
        (prospects["href"], int(prospects["value"])),
    ]


@pytest.mark.parametrize("run", ["2026-08-31", "2026-09-30"])
@pytest.mark.parametrize("scheme", ["", "b2c", "b2b"])
@pytest.mark.parametrize("who", ["wang", "lead", "manager", "auditor", "admin"])
def test_every_figure_opens_as_many_customers_as_it_says(sign_in, wide, who, run, scheme):
    user = getattr(wide, who)
    client = sign_in(user)
    for team in ("", wide.east.pk, wide.north.pk):
        page = client.get("/segmentation/", {"run": run, "scheme": scheme, "team": team}).context["page"]
        assert [(url, listed(user, url)) for url, _n in figures_of(page)] == figures_of(page)


@pytest.mark.parametrize("scheme", ["", "b2c", "b2b"])
@pytest.mark.parametrize("who", ["wang", "manager", "auditor"])
def test_the_flows_end_in_the_customers_that_the_bars_count(sign_in, wide, who, scheme):
    """A tier has one figure a month: the columns of the matrix, first ratings included, add up to it."""
    page = sign_in(getattr(wide, who)).get("/segmentation/", {"run": "2026-09-30", "scheme": scheme}).context["page"]
    columns = zip(*[[cell.count for cell in row["cells"]] for row in page.matrix_rows], strict=True)
    assert [sum(column) for column in columns] == [item["customers"] for item in page.legend]
    if who == "auditor" and not scheme:
        assert (page.arrived, page.matrix_rows[-1]["tier"]) == (2, None)


def test_the_page_names_who_was_rated_for_the_first_time(sign_in, wide):
    page = sign_in(wide.auditor).get("/segmentation/", {"run": "2026-09-30"}).content.decode()
    assert "Another 2 customers were rated for the first time" in page


def test_the_sales_of_the_month_open_who_bought_in_it(sign_in, wide):
    client = sign_in(wide.auditor)
    page = client.get("/segmentation/", {"run": "2026-09-30"}).context["page"]
    rows = client.get(page.kpis[0]["href"]).context["page"].rows
    assert {row.number for row in rows} == {"A", "C", "N"}


def test_the_figures_of_the_team_open_as_many_customers_as_they_say(sign_in, wide):
    Customer.objects.filter(number__in="AF").update(updated_at=clock.now())
    CustomerFacts.objects.filter(customer__number__in="AFN").update(tier="S", tier_rank=1, lifecycle="repeat")
    CustomerFacts.objects.filter(customer__number="N").update(lifecycle="lost")
    client = sign_in(wide.manager)
    context = client.get("/team/").context
    assert context["silent"] == listed(wide.manager, context["silent_url"]) == 2
    make("later", wide.wang, wide.shanghai)
    for row in client.get("/team/").context["rows"]:
        assert listed(wide.manager, row.customers_url) == row.person.customers
        assert listed(wide.manager, row.silent_url) == row.person.silent


def test_who_came_after_the_run_is_not_behind_its_figures(sign_in, wide):
    make("later", wide.wang, wide.shanghai)
    client = sign_in(wide.manager)
    page = client.get("/segmentation/").context["page"]
    shown = [(url, int(client.get(url).context["list"].total)) for url, _n in figures_of(page)]
    assert shown == figures_of(page)


def test_who_has_no_customers_reads_words_instead_of_zeros(sign_in, wide):
    page = sign_in(wide.agent).get("/segmentation/")
    assert "No customers to count" in page.content.decode()
    assert "moved up" not in page.content.decode()


def test_more_customers_in_the_lowest_tier_is_not_painted_as_good(sign_in, wide):
    page = page_for(sign_in, wide.auditor)
    assert any(item["change"] for item in page.legend)
    for item in page.legend:
        rising = item["change"] > 0
        expected = {"S": rising, "A": rising, page.codes[-1]: item["change"] < 0}
        assert item["good"] == expected.get(item["tier"].code, "neither")
