"""How sales are spread over customers: the curve, its tenths, whose they are, and the customers behind each of them."""

import itertools
from datetime import date

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Customer
from customers.services.owners import customer_transfer
from segmentation import night
from segmentation.cohorts.amounts import EDGES, Concentration, Point, curve, ends
from segmentation.cohorts.models import AmountSum
from segmentation.cohorts.nightly import cohorts_keep
from segmentation.pages.figures import Choice, published_runs
from segmentation.pages.spans import Kind, Span
from workbench.tests.scored import make, order
from workbench.tests.test_a_figure_of_the_tiers_opens_its_list import listed

ON = date(2026, 11, 28)
# Minor units: the worked example of docs/algorithms/dashboard.md.
SALES = (500_000, 200_000, 100_000, 50_000, 50_000, 40_000, 30_000, 15_000, 10_000, 5_000)


@pytest.fixture
def shop(cast, db):
    """Ten customers of 小王's, one of the stranger's, and two who brought nothing in the end."""
    for n, amount in enumerate(SALES):
        order(make(f"S{n}", cast.wang, cast.shanghai), date(2026, 10, 1), amount)
    order(make("X", cast.outsider, cast.north), date(2026, 10, 1), 777)
    back = make("BACK", cast.wang, cast.shanghai)
    order(back, date(2026, 10, 1), 900)
    order(back, date(2026, 10, 2), -900)
    order(make("OLD", cast.wang, cast.shanghai), date(2024, 1, 1), 10_000)
    night.rescore(ON)
    cohorts_keep(ON)
    return cast


def spread_of(user, *, on=ON, **chosen):
    run = published_runs().get(as_of=on)
    return Concentration(user, Choice(run, Span(Kind.MONTH, run.as_of.replace(day=1), run.as_of), **chosen))


def test_the_worked_example(shop):
    spread = spread_of(shop.wang)
    assert (spread.customers, spread.revenue) == (10, 1_000_000)
    # Two brought the same: no step parts them, so the fourth and the fifth stand together.
    assert [part.customers for part in spread.parts] == [1, 1, 1, 2, 1, 1, 1, 1, 1]
    assert [round(part.sales_upto, 3) for part in spread.parts] == [0.5, 0.7, 0.8, 0.9, 0.94, 0.97, 0.985, 0.995, 1]
    assert sum(part.revenue for part in spread.parts) == spread.revenue
    assert spread.title == "How sales are spread over customers"  # ten are too few for a finding


@pytest.mark.parametrize("who", ["wang", "outsider", "manager", "auditor"])
def test_every_part_opens_the_customers_it_counts(shop, who):
    user = getattr(shop, who)
    parts = spread_of(user).parts
    assert parts
    assert [(part.url, listed(user, part.url)) for part in parts] == [(part.url, part.customers) for part in parts]


def test_past_months_are_told_as_of_their_end_by_whose_customers_they_were(sign_in, shop):
    """What came since isn't in the month, and who went away since is: the list says so and shows what was counted."""
    then = date(2026, 10, 31)
    order(Customer.objects.get(number="S9"), date(2026, 11, 10), 900_000)
    night.rescore(then)
    night.rescore(ON)
    customer_transfer(customer=Customer.objects.get(number="S0"), to=shop.outsider, by=shop.admin)
    cohorts_keep(ON)
    spread = spread_of(shop.wang, on=then)
    assert (spread.customers, spread.revenue) == (10, 1_000_000)
    assert spread_of(shop.outsider, on=then).customers == 1
    assert spread_of(shop.wang).revenue == 1_900_000
    client = sign_in(shop.wang)
    for part in spread.parts:
        answer = client.get(part.url)
        rows, gone = answer.context["list"].drawn, answer.context["gone"]
        if part is spread.parts[0]:
            assert (len(rows), gone[:18]) == (0, "1 more was counted")
            continue
        assert (len(rows), gone) == (part.customers, "")
        assert sum(row.counted for row in rows) == part.revenue
    text = client.get(reverse("purchases"), {"run": then.isoformat()}).content.decode()
    assert "table=spread" in text
    assert set(AmountSum.objects.values_list("run__as_of", flat=True)) == {then, ON}


def test_people_count_their_own_under_the_filters_of_the_page(shop):
    assert spread_of(shop.outsider).customers == 1
    assert spread_of(shop.auditor).customers == 11
    assert spread_of(shop.auditor, team=shop.north).customers == 1
    assert spread_of(shop.auditor, scheme="b2b").parts == []
    assert spread_of(shop.li).parts == []


def test_the_page_shows_it_and_the_chip_says_from_which_sales_on(sign_in, shop):
    client = sign_in(shop.wang)
    text = client.get(reverse("purchases")).content.decode()
    assert "How sales are spread over customers" in text
    assert "sales from ¥" in client.get(spread_of(shop.wang).parts[1].url).content.decode()


def test_who_has_no_customers_reads_no_curve(sign_in, shop):
    assert "How sales are spread" not in sign_in(shop.agent).get(reverse("purchases")).content.decode()


def test_odd_amounts_in_an_address_narrow_nothing(shop):
    whole = listed(shop.wang, f"{reverse('customer_list')}?view=all&run={ON}")
    for odd in ("x", "-5", "1.5", "9" * 40):
        url = f"{reverse('customer_list')}?view=all&run={ON}&least={odd}&below={odd}"
        assert listed(shop.wang, url) == whole


def test_a_second_night_counts_anew_and_not_twice(shop):
    before = sorted(AmountSum.objects.values_list("steps", "customers", "revenue"))
    cohorts_keep(ON)
    assert sorted(AmountSum.objects.values_list("steps", "customers", "revenue")) == before


def test_steps_begin_with_one_and_only_rise():
    assert EDGES[0] == 1
    assert all(low < high for low, high in itertools.pairwise(EDGES))
    assert EDGES[-1] < 2**63


@given(st.lists(st.tuples(st.integers(1, 500), st.integers(1, 50), st.integers(1, 10**6)), min_size=1, max_size=60))
def test_tenths_part_everybody_once(rows):
    """Each part ends further down than the one above, and the last one with the last customer."""
    by_step = {step: (step, customers, revenue) for step, customers, revenue in rows}
    points = curve(list(by_step.values()))
    parts = ends(points)
    assert parts[-1] == points[-1] == Point(min(by_step), *map(sum, list(zip(*by_step.values(), strict=True))[1:]))
    assert all(above.customers < below.customers for above, below in itertools.pairwise(parts))
    assert len(parts) <= 10
