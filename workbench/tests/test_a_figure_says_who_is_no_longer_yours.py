"""A figure counts by whose customers they were: its list holds those who still are, and says how many aren't."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import RequestFactory
from django.urls import resolve
from django.utils import timezone

from conftest import cast_made
from customers.models import Customer
from customers.services.files import customer_delete
from customers.services.owners import customer_transfer
from segmentation.cohorts.nightly import cohorts_keep
from segmentation.models import ScoreRun
from segmentation.retention.listing import RETENTION_LIST
from segmentation.retention.listing import gone as gone_of_rates
from segmentation.retention.nightly import retention_keep
from segmentation.retention.selectors import retention_of
from ui.listing import Asked
from workbench.customer_list.listing import CUSTOMERS
from workbench.tests.scored import MONTH_ENDS, make, order, score, widen
from workbench.tests.test_a_figure_of_the_tiers_opens_its_list import figures_of

pytestmark = pytest.mark.django_db
NIGHT = MONTH_ENDS[-1]


def give(number, to, cast):
    customer_transfer(customer=Customer.objects.get(number=number), to=to, by=cast.admin)


@pytest.fixture(scope="module")
def company(django_db_setup, django_db_blocker):
    """After the night A goes from 小王 to another team and on to a colleague of hers, C comes to 小王, B is deleted, P
    goes to a team mate, G goes away and comes back."""
    with django_db_blocker.unblock(), transaction.atomic():
        cast = cast_made()
        order(make("G", cast.wang, cast.shanghai), NIGHT, 20_000)
        score(cast)
        widen(cast)
        cohorts_keep(NIGHT)
        retention_keep(NIGHT)
        ScoreRun.objects.update(published_at=timezone.now() - timedelta(hours=9))
        Customer.objects.update(created_at=timezone.now() - timedelta(days=90))
        give("A", cast.outsider, cast)
        give("A", cast.li, cast)
        give("C", cast.wang, cast)
        give("P", cast.li, cast)
        give("G", cast.outsider, cast)
        give("G", cast.wang, cast)
        customer_delete(customer=Customer.objects.get(number="B"), by=cast.manager)
        yield cast
        transaction.set_rollback(True)


def opened(user, url: str) -> tuple[int, str]:
    """How many customers the address shows to this person, and what it says of others."""
    assert resolve(url.partition("?")[0]).url_name == "customer_list"
    request = RequestFactory().get(url)
    request.user = user
    asked = Asked(CUSTOMERS, request)
    assert asked.ignored == ""
    return asked.rows.count(), asked.narrowing.gone


def said(words: str) -> int:
    return int(words.split()[0]) if words else 0


@pytest.mark.parametrize(
    ("who", "asked"),
    [
        ("wang", {"run": "2026-08-31"}),
        ("wang", {"span": "own", "from": "2026-09-05"}),
        ("li", {"scheme": "b2c"}),
        ("lead", {"run": "2026-08-31", "scheme": "b2c"}),
        ("outsider", {}),
        ("manager", {"span": "own", "from": "2026-09-05"}),
        ("manager", {"team": "east"}),
        ("auditor", {"team": "north"}),
    ],
)
def test_the_list_and_those_who_are_gone_make_the_figure(sign_in, company, db, who, asked):
    user = getattr(company, who)
    team = {"team": getattr(company, asked["team"]).pk} if "team" in asked else {}
    page = sign_in(user).get("/segmentation/", {**asked, **team}).context["page"]
    figures = {url: n for url, n in figures_of(page) if url}
    found = {url: opened(user, url) for url in figures}
    assert {url: here + said(words) for url, (here, words) in found.items()} == figures
    assert any(words for _here, words in found.values()) == (who != "li")


@pytest.mark.parametrize("who", ["wang", "li", "manager"])
def test_rates_of_who_stayed_and_left_say_it_too(company, db, who):
    user = getattr(company, who)
    found = retention_of(user, "30d")
    rates = [found.total, *found.tiers, *(rate for rate in found.owners if rate.label), *found.channels]
    figures = [(rate.url, rate.base) for rate in rates] + [(rate.churned_url, rate.churned) for rate in rates]
    together = []
    for url, _n in figures:
        request = RequestFactory().get(url)
        request.user = user
        asked = Asked(RETENTION_LIST, request)
        together.append((url, int(asked.total) + said(gone_of_rates(asked))))
    assert together == figures


def test_the_page_says_it_in_words(sign_in, company, db):
    page = sign_in(company.wang).get("/segmentation/").context["page"]
    text = sign_in(company.wang).get(page.rated_url).content.decode()
    assert "2 more were counted that are no longer yours: handed over, deleted or merged since." in text
    assert "no longer yours" not in sign_in(company.wang).get(f"{page.rated_url}&q=A").content.decode()
    assert "no longer yours" not in sign_in(company.wang).get("/customers/?view=all").content.decode()


@pytest.mark.parametrize("who", ["wang", "outsider"])
def test_who_bought_again_and_how_sales_are_spread_say_it_too(sign_in, company, db, who):
    user = getattr(company, who)
    context = sign_in(user).get("/segmentation/purchases/", {"grain": "month"}).context
    heat, parts = context["heat"], context["spread"].parts
    figures = [(row.url, row.customers) for row in heat.rows] + [(part.url, part.customers) for part in parts]
    figures += [(cell.url, cell.count) for row in heat.rows for cell in row.cells if cell.count]
    together = [(url, n + said(words)) for url, _n in figures for n, words in [opened(user, url)]]
    assert figures
    assert together == figures
