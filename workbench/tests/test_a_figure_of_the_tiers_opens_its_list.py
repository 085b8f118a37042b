"""Each figure of the tier dashboard and of the team opens a list of as many customers as it says."""

from datetime import time
from functools import cache

import pytest
from django.db import transaction
from django.test import RequestFactory
from django.urls import resolve

from accounts.models import RoleGrant, User
from conftest import cast_made
from core import clock, memo
from core.company import zone as company_zone
from customers.models import Customer, CustomerFacts, Interaction
from segmentation import night, selectors
from segmentation.models import CutPoints, PotentialSum
from ui.listing import Asked
from workbench.customer_list.listing import CUSTOMERS
from workbench.tests.scored import MONTH_ENDS, make, score, widen

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def company(django_db_setup, django_db_blocker):
    """Scored once for all tests: each takes back what it changes."""
    with django_db_blocker.unblock(), transaction.atomic():
        cast = cast_made()
        score(cast)
        widen(cast)
        yield cast
        transaction.set_rollback(True)


@pytest.fixture
def wide(company, db):
    return company


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


@pytest.mark.parametrize(
    ("run", "scheme"), [("2026-08-31", ""), ("2026-09-30", ""), ("2026-09-30", "b2c"), ("2026-09-30", "b2b")]
)
@pytest.mark.parametrize("who", ["wang", "lead", "manager", "auditor", "admin"])
def test_every_figure_opens_as_many_customers_as_it_says(sign_in, wide, who, run, scheme):
    user = getattr(wide, who)
    client = sign_in(user)
    shown = cache(lambda url: listed(user, url))  # an address stands behind several figures
    for team in ("", wide.east.pk, wide.north.pk):
        page = client.get("/segmentation/", {"run": run, "scheme": scheme, "team": team}).context["page"]
        assert [(url, shown(url)) for url, _n in figures_of(page)] == figures_of(page)


@pytest.mark.parametrize("rated", [8, 100])
def test_lists_of_many_hold_the_same(sign_in, wide, monkeypatch, rated):
    """Of a company where nobody counts as few: figures of most of its customers, and of a part of them."""
    monkeypatch.setattr(selectors, "FEW_BEHIND", 0)
    monkeypatch.setattr(selectors, "_customers_rated", lambda: rated)
    for run in ("2026-08-31", "2026-09-30"):
        page = sign_in(wide.auditor).get("/segmentation/", {"run": run}).context["page"]
        assert [(url, listed(wide.auditor, url)) for url, _n in figures_of(page)] == figures_of(page)


@pytest.fixture(scope="module")
def known(company, django_db_blocker):
    """Calls that reached somebody: some potentials are high, some low, of some customers nothing is known."""
    with django_db_blocker.unblock():
        at = clock.at_local(MONTH_ENDS[-1], time(9), company_zone())
        rows = Customer.objects.filter(number__in="ABP")
        Interaction.objects.bulk_create(
            Interaction(customer=row, kind="call", result=result, occurred_at=at)
            for row in rows
            for result in (["reached"] * 6 if row.number == "A" else ["no_answer"])
        )
        cuts = CutPoints.objects.order_by("pk").last()
        CutPoints.objects.filter(pk=cuts.pk).update(amount_classes=[100_000, 20_000])
        night.rescore(MONTH_ENDS[-1])


@pytest.mark.parametrize(  # each role, and each scheme with a team's and with everybody's customers
    ("who", "scheme"),
    [("wang", ""), ("lead", ""), ("manager", ""), ("auditor", ""), ("admin", "")]
    + [("manager", "b2c"), ("admin", "b2c"), ("lead", "b2b"), ("auditor", "b2b")],
)
def test_every_cell_of_value_and_potential_opens_the_customers_it_counts(sign_in, known, wide, who, scheme):
    user = getattr(wide, who)
    for team in ("", wide.east.pk, wide.north.pk):
        page = sign_in(user).get("/segmentation/", {"scheme": scheme, "team": team}).context["page"]
        cells = [cell for row in page.grid.rows for cell in (*row["cells"], row["total"])] + page.grid.totals
        assert [(cell.url, cell.count) for cell in cells] == [(cell.url, listed(user, cell.url)) for cell in cells]
        everybody = page.grid.totals[-1]
        assert (everybody.count, everybody.revenue) == (page.total.customers, page.total.revenue)
        assert sum(cell.revenue for row in page.grid.rows for cell in row["cells"]) == page.total.revenue


def test_the_grid_knows_high_low_and_unknown_potentials(sign_in, known, wide):
    page = sign_in(wide.auditor).get("/segmentation/").context["page"]
    assert {band for (_amount, band), (n, _net) in page.grid.found.items() if n} >= {"low", ""}
    assert {amount for amount, _band in page.grid.found} >= {"large", "mid", ""}
    assert page.grid.rows[-1]["name"] == "No sales"


def test_a_company_with_few_customers_reads_why_nobody_is_parted(sign_in, known, wide):
    CutPoints.objects.update(amount_classes=None)
    night.rescore(MONTH_ENDS[-1])
    answer = sign_in(wide.auditor).get("/segmentation/")
    assert "Nobody is parted by sales yet" in answer.content.decode()
    assert answer.context["page"].grid.rows[-1]["name"] == "No data yet"


def test_of_a_past_month_no_potential_is_said_but_where_the_latest_stands(sign_in, known, wide):
    answer = sign_in(wide.manager).get("/segmentation/", {"run": "2026-08-31", "scheme": "b2c"})
    assert answer.context["page"].grid is None
    text = answer.content.decode()
    assert "Potential is known as of the last night only." in text
    assert 'href="/segmentation/?scheme=b2c#potential"' in text


def test_who_may_not_see_scores_sees_no_grid_of_them(sign_in, known, wide):
    RoleGrant.objects.filter(permission="score.view").delete()
    memo.forget_all()
    text = sign_in(User.objects.get(pk=wide.manager.pk)).get("/segmentation/").content.decode()
    assert "What each tier" in text or "The high tiers" in text
    assert 'id="potential"' not in text


def test_a_night_about_the_past_leaves_the_grid_of_the_latest(wide, known):
    before = set(PotentialSum.objects.values_list("run__as_of", "amount_class", "potential", "customers", "revenue"))
    night.rescore(MONTH_ENDS[0])
    assert before == set(
        PotentialSum.objects.values_list("run__as_of", "amount_class", "potential", "customers", "revenue")
    )
    assert {as_of for as_of, *_rest in before} == {MONTH_ENDS[-1]}


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
    page = sign_in(wide.auditor).get("/segmentation/").context["page"]
    assert any(item["change"] for item in page.legend)
    for item in page.legend:
        rising = item["change"] > 0
        expected = {"S": rising, "A": rising, page.codes[-1]: item["change"] < 0}
        assert item["good"] == expected.get(item["tier"].code, "neither")
