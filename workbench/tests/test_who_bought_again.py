"""The heat map of first purchases: what the night counts, whose it is, and the customers behind each cell."""

from datetime import date

import pytest
from django.urls import reverse

from customers.models import Customer
from sales.models import Order
from segmentation import night
from segmentation.cohorts import periods
from segmentation.cohorts.heat import Heat
from segmentation.cohorts.models import CohortLook, CohortSum
from segmentation.cohorts.nightly import cohorts_keep
from segmentation.cohorts.periods import Grain
from segmentation.pages.figures import Choice, published_runs
from segmentation.pages.spans import Kind, Span
from segmentation.withdraw import runs_withdraw
from workbench.tests.scored import make, order
from workbench.tests.test_a_figure_of_the_tiers_opens_its_list import listed

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 28)
# The worked example of docs/algorithms/dashboard.md: on which days each customer bought.
BOUGHT = {
    "A": ("2026-01-05", "2026-02-01", "2026-05-20", "2026-11-02"),
    "B": ("2026-03-31", "2026-04-01"),
    "C": ("2026-02-10",),
    "D": ("2026-02-11", "2026-10-01", "2026-10-02"),
    "E": ("2026-07-01", "2026-11-27"),
    "OLD": ("2023-05-01", "2026-05-01"),  # a first purchase before the time that is shown
}


@pytest.fixture
def shop(cast):
    """小王's customers, and one of the stranger's."""
    for number, days in BOUGHT.items():
        customer = make(number, cast.wang, cast.shanghai)
        for day in days:
            order(customer, date.fromisoformat(day), 10_000)
    order(make("X", cast.outsider, cast.north), date(2026, 1, 1), 10_000)
    order(make("FREE", cast.wang, cast.shanghai), date(2026, 1, 1), 0)  # a sample is no purchase
    order(make("BACK", cast.wang, cast.shanghai), date(2026, 1, 1), -500)
    late = order(make("NOT", cast.wang, cast.shanghai), date(2026, 1, 2), 900)
    Order.objects.filter(pk=late.pk).update(state=Order.State.CANCELLED)
    order(Customer.objects.get(number="C"), date(2026, 11, 29), 900)  # the day after the run
    night.rescore(ON)
    cohorts_keep(ON)
    return cast


def heat_of(user, grain=Grain.QUARTER, **chosen):
    run = published_runs()[0]
    return Heat(user, Choice(run, Span(Kind.MONTH, run.as_of.replace(day=1), run.as_of), **chosen), grain)


def shown(heat):
    return {
        row.name: (row.customers, [(c.count, c.state) for c in row.cells if c.state != "later"]) for row in heat.rows
    }


def test_the_worked_example(shop):
    heat = heat_of(shop.wang)
    assert shown(heat) == {
        # Of A, B, C and D two bought in the second quarter, nobody in the third, and two so far in the fourth.
        "Q1 2026": (4, [(2, ""), (0, ""), (2, "running")]),
        "Q3 2026": (1, [(1, "running")]),
    }
    assert heat.together[:3] == [(0.5, 4), (0.0, 4), (None, 0)]
    assert heat.title == "Who bought again"  # four are too few for a rate


def test_by_months(shop):
    heat = heat_of(shop.wang, Grain.MONTH)
    assert [row.name for row in heat.rows] == ["Jan 2026", "Feb 2026", "Mar 2026", "Jul 2026"]
    january = [(cell.count, cell.state) for cell in heat.rows[0].cells]
    assert january == [(n, "") for n in (1, 0, 0, 1, 0, 0, 0, 0, 0)] + [(1, "running"), (0, "later")]


@pytest.mark.parametrize("grain", Grain)
@pytest.mark.parametrize("who", ["wang", "outsider", "manager", "auditor"])
def test_every_cell_opens_the_customers_it_counts(shop, grain, who):
    user = getattr(shop, who)
    heat = heat_of(user, grain)
    figures = [(row.url, row.customers) for row in heat.rows]
    figures += [(cell.url, cell.count) for row in heat.rows for cell in row.cells if cell.state != "later"]
    assert figures
    assert [(url, listed(user, url)) for url, _n in figures] == figures


def test_people_count_their_own_under_the_filters_of_the_page(shop):
    assert sum(row.customers for row in heat_of(shop.outsider).rows) == 1
    assert sum(row.customers for row in heat_of(shop.auditor).rows) == 6
    assert heat_of(shop.auditor, team=shop.north).rows[0].customers == 1
    assert heat_of(shop.auditor, scheme="b2b").rows == []
    assert heat_of(shop.li).rows == []


def test_the_page_says_what_is_not_over_and_what_has_not_begun(sign_in, shop):
    client = sign_in(shop.wang)
    text = client.get(reverse("purchases")).content.decode()
    assert all(words in text for words in ("Q1 2026", "so far", "not yet"))
    chip = client.get(heat_of(shop.wang).rows[0].cells[0].url).content.decode()
    assert "first bought in Q1 2026 · bought in Q2 2026" in chip


def test_who_has_no_customers_reads_words_instead_of_an_empty_table(sign_in, shop):
    assert "No first purchases to count" in sign_in(shop.agent).get(reverse("purchases")).content.decode()


def test_before_the_first_night_the_page_says_how_it_begins(sign_in, cast):
    assert "No scores yet" in sign_in(cast.manager).get(reverse("purchases")).content.decode()


def test_a_strange_address_shows_the_quarters(sign_in, shop):
    client = sign_in(shop.wang)
    asked = {"grain": "week", "team": "-1", "channel": "x", "scheme": "?", "run": "2020-01-01"}
    assert client.get(reverse("purchases"), asked).context["grain"] == Grain.QUARTER
    whole = listed(shop.wang, f"{reverse('customer_list')}?view=all&run={ON}")
    for odd in ("0001-01-01", "9999-10-01", "2026-02-01", "nonsense"):
        url = f"{reverse('customer_list')}?view=all&run={ON}&grain=quarter&cohort={odd}&bought={odd}"
        assert listed(shop.wang, url) == whole


def test_a_second_night_counts_anew_and_not_twice(shop):
    before = sorted(CohortSum.objects.values_list("grain", "cohort", "bought", "owner", "customers"))
    cohorts_keep(ON)
    assert sorted(CohortSum.objects.values_list("grain", "cohort", "bought", "owner", "customers")) == before


def test_the_sums_go_with_the_night_that_is_taken_back(shop):
    assert CohortSum.objects.exists()
    runs_withdraw(date(2026, 11, 1))
    assert not CohortLook.objects.exists()


def test_the_sums_are_what_one_by_one_would_count(shop):
    """Against the rule written plainly, for all purchases of the company."""
    for grain in Grain:
        plain: dict[tuple[date, date], set[str]] = {}
        orders = Order.objects.filter(state="completed", amount__gt=0, ordered_on__lte=ON).order_by("ordered_on")
        first: dict[int, date] = {}
        for one in orders:
            cohort = first.setdefault(one.customer_id, periods.begin(one.ordered_on, grain))
            if cohort >= periods.earliest(ON, grain):
                plain.setdefault((cohort, periods.begin(one.ordered_on, grain)), set()).add(one.customer_id)
        assert heat_of(shop.auditor, grain).found == {key: len(found) for key, found in plain.items()}
