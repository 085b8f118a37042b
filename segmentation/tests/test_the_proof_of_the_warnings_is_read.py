"""The page of the proof: each figure opens the rows it counts, and a limit that pays is put in force with a reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import AuditEntry, User
from conftest import Cast, cast_made
from core import clock
from customers.models import Customer
from sales.models import Order
from segmentation.cases.models import CaseAction
from segmentation.costs.models import CostSettings
from segmentation.models import ChurnCase, Forecast, ForecastRow
from segmentation.proof import services
from segmentation.proof.figures import Bin, Figures, best_of, worth_of
from segmentation.proof.listing import listing_of
from segmentation.proof.words import calibration_title
from segmentation.proof.writing import judge
from segmentation.selectors import scoring_settings
from ui.listing import Asked
from workbench.defaults import ensure_defaults

SignIn = Callable[..., Client]
DAY = date(2026, 5, 31)
PAGE = "/segmentation/churn-model/"
LIMIT = f"{PAGE}limit/"
SPEC: dict[str, Any] = {"kind": "replay", "horizon_days": 90, "window_days": 365, "yellow_p": 0.5, "red_p": 0.35}


@pytest.fixture(scope="module")
def judged(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """240 customers of 小王, 外组 and nobody with chances from 0 to 99 per cent; the smaller, the more of them left."""
    with django_db_blocker.unblock(), transaction.atomic():
        ensure_defaults()
        cast = cast_made()
        owners = [(cast.wang, cast.shanghai), (cast.wang, cast.shanghai), (cast.outsider, cast.north), (None, None)]
        made = Customer.objects.bulk_create(
            Customer(number=f"P{n}", name=f"Buyer {n}", owner=owners[n % 4][0], team=owners[n % 4][1])
            for n in range(240)
        )
        spec = {**SPEC, "yellow_drop": 0.25, "red_drop": 0.3, "r": 1.0, "alpha": 1.0, "a": 1.0, "b": 1.0}
        forecast = Forecast.objects.create(as_of=DAY, written_at=timezone.now(), **spec)
        ForecastRow.objects.bulk_create(
            ForecastRow(
                forecast=forecast,
                customer=customer,
                owner=customer.owner_id,
                percent=n * 7 % 100,
                level="red" if n * 7 % 100 < 35 and n % 5 else "yellow" if n * 7 % 100 < 50 and n % 5 else "none",
                watched=n % 5 != 0,
                fallen=n % 5 != 0,
                value=1000 * n if n % 5 else None,
                tier_scheme="b2c",
                tier="A",
            )
            for n, customer in enumerate(made)
        )
        on = DAY + timedelta(days=9)
        moment = clock.now() - timedelta(days=100)
        spec = {"source": "t", "currency": "CNY", "state": "completed", "total": 100, "amount": 100}
        Order.objects.bulk_create(
            Order(number=f"P{n}", customer=customer, ordered_at=moment, ordered_on=on, **spec)
            for n, customer in enumerate(made)
            if n * 7 % 100 > 40 or n % 7 == 0
        )
        judge(forecast)
        yield cast
        transaction.set_rollback(True)


@pytest.fixture
def cast(judged: Cast, db: None) -> Cast:
    return judged


def words(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


def test_every_figure_opens_exactly_the_customers_it_counts(cast: Cast, sign_in: SignIn) -> None:
    for person in (cast.lead, cast.admin, cast.outsider):
        client = sign_in(person)
        page = client.get(PAGE, {"call": "10", "won": "30"})
        text = page.content.decode()
        links = re.findall(r'href="(/segmentation/churn-model/\d+/customers/[^"]*)"[^>]*>([\d,]+)<', text)
        assert len(links) > 30
        for url, shown in {*links}:
            assert listed(person, url.replace("&amp;", "&")) == int(shown.replace(",", "")), url
        proof = page.context["proof"]
        for of in (proof.precision, proof.red, proof.base, proof.judged, proof.yellow, proof.recall):
            assert (listed(person, of.url), listed(person, of.all_url)) == (of.share.part, of.share.n)
        assert client.get(proof.precision.url).context["list"].total == str(proof.precision.share.part)


def listed(person: User, url: str) -> int:
    """How many rows the list of this address has."""
    request = RequestFactory().get(url)
    request.user = person
    return Asked(listing_of(Forecast.objects.get(), money=True), request).rows.count()


def test_people_see_figures_over_the_customers_in_their_reach(cast: Cast, sign_in: SignIn) -> None:
    seen = {name: sign_in(getattr(cast, name)).get(PAGE) for name in ("lead", "outsider", "li", "admin")}
    judged = {name: page.context["proof"].figures.judged.n for name, page in seen.items()}
    assert judged == {"lead": 120, "outsider": 60, "li": 0, "admin": 240}
    assert "too few" in words(seen["li"])
    assert "Of 10 customers with a warning" in words(seen["admin"])


def test_the_list_says_how_many_are_no_longer_theirs(cast: Cast, sign_in: SignIn) -> None:
    pk = Forecast.objects.get().pk
    ours = ForecastRow.objects.filter(owner=cast.wang.pk, level="red")
    given, removed = ours[0].customer_id, ours[1].customer_id
    Customer.objects.filter(pk=given).update(owner=cast.outsider, team=cast.north)
    Customer.objects.filter(pk=removed).update(deleted_at=timezone.now())
    client = sign_in(cast.lead)
    page = client.get(reverse("forecast_list", args=[pk]), {"level": "red"})
    assert "2 more were counted that are no longer yours" in words(page)
    # nor does the new owner find one that the figure doesn't count for them
    theirs = sign_in(cast.outsider).get(reverse("forecast_list", args=[pk]), {"level": "red"})
    assert "no longer yours" not in words(theirs)
    assert f"/customers/{given}/" not in theirs.content.decode()


def test_the_limit_that_pays_is_the_one_of_the_worked_example() -> None:
    """docs/algorithms/churn.md"""
    bins = [
        Bin(12, "red", watched=True, fallen=True, customers=40, bought=4, value=400_000, value_left=360_000),
        Bin(37, "yellow", watched=True, fallen=True, customers=60, bought=24, value=500_000, value_left=300_000),
        Bin(47, "yellow", watched=True, fallen=True, customers=100, bought=80, value=700_000, value_left=120_000),
        Bin(80, "none", watched=True, fallen=False, customers=200, bought=190, value=0, value_left=0),
    ]
    figures = Figures(bins)
    worth = {one.limit.below: one for one in worth_of(figures.limits, call=1_000, won=0.3)}
    assert [(worth[n].limit.calls, worth[n].cost, worth[n].gain, worth[n].net) for n in (15, 40, 50)] == [
        (40, 40_000, 108_000, 68_000),
        (100, 100_000, 198_000, 98_000),
        (200, 200_000, 234_000, 34_000),
    ]
    best = best_of(list(worth.values()))
    assert best is not None
    assert best.limit.below == 40
    assert (figures.precision.part, figures.precision.n) == (92, 200)
    assert (figures.recall.part, figures.recall.n) == (92, 102)
    assert figures.lift(figures.red) == pytest.approx(0.9 / 0.255)
    assert figures.tenth is not None
    assert (figures.tenth[0], figures.tenth[1].n) == (13, 40)
    assert figures.auc == pytest.approx((36 * (294 + 2) + 36 * (270 + 12) + 20 * (190 + 40) + 10 * 95) / (102 * 298))
    assert best_of(worth_of(figures.limits, call=100_000, won=0.3)) is None


def test_nothing_is_reckoned_before_cost_and_share_are_typed(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    page = client.get(PAGE)
    assert page.context["proof"].best_words == ""
    assert "Type what you assume" in words(page)
    page = client.get(PAGE, {"call": "10", "won": "40"})
    assert "pays best" in words(page)
    assert "Use this limit" in words(page)
    assert "Use this limit" not in words(sign_in(cast.wang).get(PAGE, {"call": "10", "won": "40"}))
    page = client.get(PAGE, {"call": "much", "won": "400"})
    assert "Enter a share from 1 to 99 per cent" in words(page)


def test_the_share_begins_with_what_calls_have_won_back(cast: Cast, sign_in: SignIn) -> None:
    customers = list(Customer.objects.filter(owner=cast.wang)[:30])
    now = timezone.now()
    cases = ChurnCase.objects.bulk_create(
        ChurnCase(
            customer=customer,
            level="red",
            state="won_back" if n < 12 else "lost",
            opened_on=DAY,
            level_since=DAY,
            closed_at=now,
            closed_on=clock.business_date(),
        )
        for n, customer in enumerate(customers)
    )
    spec = {"kind": "call", "done_on": clock.business_date(), "done_by": cast.wang}
    CaseAction.objects.bulk_create(CaseAction(case=case, **spec) for case in cases)
    page = sign_in(cast.lead).get(PAGE)
    assert "Of 30 warnings with a call that ended in the last year, 12 were won back" in words(page)
    assert 'value="40"' in page.content.decode()


def test_a_call_costs_its_minutes_of_an_hour(cast: Cast, sign_in: SignIn) -> None:
    assert "minutes at" not in words(sign_in(cast.manager).get(PAGE))
    CostSettings.objects.update_or_create(pk=1, defaults={"hourly_cost": 90, "minutes_call": 8})
    page = sign_in(cast.manager).get(PAGE)
    assert page.context["form"]["call"].value() == "12"
    assert "A call takes 8 minutes at ¥90 an hour" in words(page)
    assert "minutes at" not in words(sign_in(cast.agent).get(PAGE))  # who sees no costs


def test_a_limit_is_used_with_a_reason_and_taken_back(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    page = client.get(LIMIT, {"below": "40"})
    form = {name: page.context["form"][name].value() for name in (*services.LIMITS, "version")}
    form = {name: page.context["form"].fields[name].prepare_value(value) for name, value in form.items()}
    assert form["yellow_p"] == "40"
    assert client.post(LIMIT, {**form, "reason": " "}).status_code == 422
    assert scoring_settings().yellow_p == 0.5
    said = client.post(LIMIT, {**form, "reason": "calls cost ten each"}, follow=True)
    assert "from the coming night on" in words(said)
    assert scoring_settings().yellow_p == 0.4
    line = AuditEntry.objects.get(act="scoring_settings.change")
    assert (line.details["reason"], line.details["changed"]) == ("calls cost ten each", {"yellow_p": [0.5, 0.4]})
    assert "already" in words(client.post(LIMIT, {**form, "version": "2", "reason": "again"}))
    assert "Only your own last change" in words(sign_in(cast.admin).post(f"{LIMIT}undo/", follow=True))
    client = sign_in(cast.manager)
    client.post(f"{LIMIT}undo/")
    assert scoring_settings().yellow_p == 0.5
    client.post(f"{LIMIT}undo/")
    assert scoring_settings().yellow_p == 0.5


@pytest.mark.parametrize("odd", ["0050" + "0" * 400, "00501", "²", "9" * 5000, "-1"])
def test_an_odd_limit_in_the_address_prefills_nothing(cast: Cast, sign_in: SignIn, odd: str) -> None:
    page = sign_in(cast.manager).get(LIMIT, {"below": odd})
    assert page.status_code == 200
    assert page.context["form"].initial["yellow_p"] == 0.5


def test_the_other_limits_move_along(cast: Cast, sign_in: SignIn) -> None:
    row = scoring_settings()
    for below in (5, 20, 40, 60, 70, 90):
        services.limits_use(
            row=row, limits=services.beside(row, below), reason="try", version=row.version, by=cast.admin
        )
        row = scoring_settings()
        assert row.yellow_p == below / 100


def test_who_changed_the_limits_meanwhile_is_named(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    row = scoring_settings()
    services.limits_use(row=row, limits={"yellow_p": 0.45}, reason="x", version=row.version, by=cast.admin)
    form = {"yellow_p": "40", "red_p": "35", "red_falls_p": "45", "eased_p": "60", "version": "1", "reason": "y"}
    answer = client.post(LIMIT, form)
    assert answer.status_code == 422
    assert "Somebody else changed the limits" in words(answer)


def test_only_who_sets_rules_replays_days(cast: Cast, sign_in: SignIn) -> None:
    rep, manager = sign_in(cast.wang), None
    assert rep.post(f"{PAGE}replay/", {"as_of": "2026-05-01"}).status_code == 403
    assert "Replay a day" not in words(rep.get(PAGE))
    manager = sign_in(cast.manager)
    assert "Replay a day" in words(manager.get(PAGE))
    refused = manager.post(f"{PAGE}replay/", {"as_of": DAY.isoformat()})
    assert refused.status_code == 422
    assert "would look like somebody who left" in words(refused)
    day = "2026-03-01"
    one = Order.objects.earliest("ordered_on")
    Order.objects.filter(pk=one.pk).update(ordered_on="2026-02-01")
    assert "no orders by then" in words(manager.post(f"{PAGE}replay/", {"as_of": "2026-01-01"}))
    manager.post(f"{PAGE}replay/", {"as_of": day})
    row = Forecast.objects.get(as_of=day)
    page = manager.get(PAGE)
    assert "A worker is at it" in words(page)
    assert 'hx-trigger="every 2s"' in page.content.decode()
    part = manager.get(PAGE, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert "HX-Refresh" not in part
    manager.post(reverse("replay_remove", args=[row.pk]))
    assert not Forecast.objects.filter(pk=row.pk).exists()
    assert "HX-Refresh" not in manager.get(PAGE, headers={"HX-Request": "true"})  # somebody may be typing
    Forecast.objects.all().delete()
    assert "Go back to a past day" in words(manager.get(PAGE))
    assert manager.get(PAGE, {"alone": "1"}, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert list(AuditEntry.objects.filter(act__startswith="replay.").values_list("act", flat=True).order_by("pk")) == [
        "replay.ask",
        "replay.remove",
    ]


def test_the_tables_go_out_as_files(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    asked = {"call": "10", "won": "40", "file": "csv"}
    text = b"".join(client.get(PAGE, asked | {"table": "limits"}).streaming_content).decode()
    assert text.splitlines()[0].endswith("Net (CNY)")
    assert len(text.splitlines()) == 1 + len(client.get(PAGE).context["proof"].limits)
    assert b"".join(client.get(PAGE, {"file": "csv", "table": "chances"}).streaming_content)
    book = client.get(PAGE, {"file": "xlsx"})
    assert book["Content-Type"].endswith("sheet")
    assert b"".join(book.streaming_content)[:2] == b"PK"


def test_the_lifts_and_the_lists_go_out_as_files_too(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.admin)
    client.cookies["django_language"] = "en"
    page = client.get(PAGE)
    proof = page.context["proof"]
    text = b"".join(client.get(PAGE, {"file": "csv", "table": "lifts"}).streaming_content).decode()
    assert len(text.splitlines()) == 1 + len(proof.lifts)
    address = proof.precision.url.replace("/customers/", "/customers/export/")
    assert "/customers/export/" in client.get(proof.precision.url).content.decode()
    file = b"".join(client.post(address, {"reason": "to talk of them", "file": "csv"}).streaming_content).decode()
    assert len(file.splitlines()) == 1 + proof.precision.share.part
    assert "Value at risk" in file.splitlines()[0]
    assert AuditEntry.objects.filter(act="forecast.export").exists()
    # Nobody was warned whose chance hadn't fallen enough: the limits end there and say so.
    assert ("A limit above" in words(page)) == (proof.limits[-1].below < 95)
    menu = re.findall(r'<a href="([^"]*)" aria-current="page"', page.content.decode())
    assert "/segmentation/warnings/" in menu
    assert "/segmentation/" not in menu


def test_one_band_is_too_few_for_a_headline() -> None:
    one = [Bin(45, "none", True, True, 40, 18)]
    with translation.override("en"):
        assert calibration_title(Figures(one)).startswith("Too few customers")
        assert not calibration_title(Figures([*one, Bin(75, "none", True, True, 40, 30)])).startswith("Too few")


def test_who_sees_no_orders_sees_no_value_at_risk(cast: Cast, sign_in: SignIn) -> None:
    cast.wang.role.grants.filter(permission="order.view").delete()
    client = sign_in(cast.wang)
    page = client.get(PAGE, {"call": "10", "won": "40"})
    assert "Value at risk" not in words(page)
    assert "pays best" not in words(page)
    assert "Value at risk" not in words(client.get(reverse("forecast_list", args=[Forecast.objects.get().pk])))


def test_a_page_costs_the_same_with_many_days(cast: Cast, sign_in: SignIn, django_assert_max_num_queries: Any) -> None:
    client = sign_in(cast.manager)
    client.get(PAGE)
    Forecast.objects.bulk_create(
        Forecast(as_of=DAY - timedelta(days=n), judged_at=timezone.now(), yellow_drop=0.25, red_drop=0.3, **SPEC)
        for n in range(1, 20)
    )
    with django_assert_max_num_queries(25):
        page = client.get(PAGE)
    assert len(page.context["days"]) == 12
    assert "Show the earlier days too" in words(page)
    assert len(client.get(PAGE, {"all": "1"}).context["days"]) == 20
    assert page.content.decode().count("<") < 3_000
