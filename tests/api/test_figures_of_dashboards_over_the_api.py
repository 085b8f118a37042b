"""The figures of the dashboards over the API are those of the pages, of whom the sender counts."""

import pytest
from django.db import transaction

from conftest import cast_made
from core import clock
from segmentation.channels.counting import arrivals_keep
from segmentation.cohorts.nightly import cohorts_keep
from segmentation.models import PreferenceCount, ScoreRun
from segmentation.preferences.nightly import preferences_keep
from segmentation.retention.nightly import retention_keep
from segmentation.retention.selectors import retention_of
from workbench.tests.scored import MONTH_ENDS, score, widen

pytestmark = pytest.mark.django_db
AUGUST, SEPTEMBER = MONTH_ENDS


@pytest.fixture(scope="module")
def company(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        cast = cast_made()
        score(cast)
        widen(cast)
        cohorts_keep(SEPTEMBER)
        retention_keep(SEPTEMBER)
        list(preferences_keep(SEPTEMBER))
        yield cast
        transaction.set_rollback(True)


def run_of(day):
    return ScoreRun.objects.get(as_of=day).pk


@pytest.mark.parametrize("who", ["wang", "lead", "auditor"])
def test_tiers_are_those_of_the_page(api, sign_in, company, db, who):
    user = getattr(company, who)
    for asked in ({}, {"scheme": "b2c"}, {"span": "own", "from": "2026-09-05", "to": "2026-09-30"}):
        page = sign_in(user).get("/segmentation/", {"run": SEPTEMBER, **asked}).context["page"]
        query = "&".join(f"{name}={value}" for name, value in asked.items())
        told = api(user).get(f"scoring-runs/{run_of(SEPTEMBER)}/tiers/?{query}").json()
        assert (told["sold"], told["orders"], told["first"]) == (page.sales, page.orders, str(page.span.first))
        assert {row["tier"]: row["customers"] for row in told["tiers"] if row["customers"]} == {
            code: row.customers for code, row in page.rows.items()
        }
        moves = {(move["from"], move["to"]): move["customers"] for move in told["moves"]}
        assert moves == page.matrix.found


@pytest.mark.parametrize("who", ["wang", "auditor"])
def test_purchases_are_those_of_the_page(api, sign_in, company, db, who):
    user = getattr(company, who)
    for day, grain in ((SEPTEMBER, "quarter"), (AUGUST, "month")):
        context = sign_in(user).get("/segmentation/purchases/", {"run": day, "grain": grain}).context
        told = api(user).get(f"scoring-runs/{run_of(day)}/purchases/?grain={grain}").json()
        heat = context["heat"]
        assert [row["customers"] for row in told["cohorts"]] == [row.customers for row in heat.rows]
        cells = [[cell.count for cell in row.cells if cell.state != "later"] for row in heat.rows]
        assert [[one["customers"] for one in row["again"]] for row in told["cohorts"]] == cells
        months = [(month.sold, month.orders, month.buyers) for month in context["trend"].months]
        assert [(row["net_sales"], row["orders"], row["buyers"]) for row in told["months"]] == months
        assert [row["least"] for row in told["spread"]] == [part.least for part in context["spread"].parts]


@pytest.mark.parametrize("who", ["wang", "auditor"])
def test_what_each_tier_buys_is_that_of_the_page(api, sign_in, company, db, who):
    user = getattr(company, who)
    shown = sign_in(user).get("/segmentation/preferences/", {"run": SEPTEMBER}).context["shown"]
    told = api(user).get(f"scoring-runs/{run_of(SEPTEMBER)}/preferences/").json()
    assert (told["counted"], told["first"], told["before"]) == (True, str(shown.first_day), None)
    bought = {row["tier"]: {one["name"]: one["customers"] for one in row["items"]} for row in told["tiers"]}
    assert bought[""] == {shown.name(item): customers for item, (customers, _net) in shown.all.items()}
    assert bought[""]["Any product"] == shown.buyers > 0
    PreferenceCount.objects.filter(run__as_of=AUGUST).delete()
    told = api(user).get(f"scoring-runs/{run_of(AUGUST)}/preferences/").json()
    assert (told["counted"], told["tiers"], told["demand"]) == (False, [], [])


def test_who_stayed_and_left(api, company, db):
    found = retention_of(company.auditor, "30d")
    told = api(company.auditor).get("scoring-runs/retention/?span=30d").json()
    assert told["begun_on"] == str(found.begun_on)
    assert (told["rates"][0]["customers"], told["rates"][0]["lost"]) == (found.total.base, found.total.churned)
    assert {row["by"] for row in told["rates"]} >= {"all", "tier", "owner"}
    assert api(company.auditor).get("scoring-runs/retention/?span=365d").json()["rates"] == []


def test_what_no_dashboard_knows_is_refused(api, company, db):
    client, run = api(company.manager), run_of(SEPTEMBER)
    assert client.get(f"scoring-runs/{run}/tiers/?owner=1").status_code == 400
    assert client.get(f"scoring-runs/{run}/tiers/?span=own&from=2026-09-30&to=2026-09-01").status_code == 400
    assert client.get(f"scoring-runs/{run}/purchases/?grain=week").status_code == 400
    assert client.get("scoring-runs/retention/?span=1d").status_code == 400
    assert client.get("scoring-runs/999999/tiers/").status_code == 404
    assert client.get(f"scoring-runs/{run}/").json()["as_of"] == "2026-09-30"
    assert client.post("scoring-runs/", {}).status_code == 405


@pytest.mark.parametrize("who", ["wang", "auditor", "agent"])
def test_channels_are_those_of_the_page(api, sign_in, company, db, who):
    user, asked = getattr(company, who), "?span=own&from=2026-01-01&to=2026-12-31"
    assert api(user).get("scoring-runs/channels/").json()["channels"] == []
    arrivals_keep(clock.business_date())
    page = sign_in(user).get(f"/segmentation/channels/{asked}").context["page"]
    told = api(user).get(f"scoring-runs/channels/{asked}").json()
    names = ("channel", "customers", "converted", "net_sales", "upper")
    rows = [(row.pk, row.customers, row.converted, row.revenue, row.upper) for row in page.rows]
    assert [tuple(row[name] for name in names) for row in told["channels"]] == rows
    assert bool(rows) == (who != "agent")
    assert api(user).get("scoring-runs/channels/?span=own&from=x").status_code == 400
    assert api(user).get("scoring-runs/channels/?week=3").status_code == 400
