"""Both sides of a hold-out and the pairs of a month are counted by what their orders, scores and complaints say,
whatever has become of the customers since; each figure opens whom it counts, and too few are told as too few."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import RequestFactory
from django.urls import reverse

from accounts.models import User
from conftest import Cast, cast_made, signed_in
from customers.models import Channel, Customer, CustomerFacts, Interaction
from feedback.models import Complaint
from sales.models import Order
from segmentation.control import services
from segmentation.control.counting import control_count, hold_out_count, month_count
from segmentation.control.differences import Amounts, of_means, of_shares
from segmentation.control.figures import Of, Only, Result, results
from segmentation.control.listing import CONTROL_CUSTOMERS, gone
from segmentation.control.models import Compared, Comparison, HoldOut, HoldOutMember
from segmentation.models import Forecast, ForecastRow, ScoreInterval, ScoreRun
from ui.listing import Asked
from workbench.defaults import ensure_defaults
from workbench.tests.scored import make, order
from workbench.tests.test_does_tiering_work import noon, publish

BEGAN, END = date(2026, 9, 1), date(2026, 10, 31)
CUSTOMERS = 140


def interval(customer: Customer, tier: str, lifecycle: str, *days: Any, **more: Any) -> None:
    first, last = days
    ScoreInterval.objects.create(
        customer=customer, valid_from=first, valid_to=last, tier_scheme="b2c", tier=tier, lifecycle=lifecycle, **more
    )


def log(customer: Customer, day: date, **more: Any) -> None:
    said = {"kind": "call", "direction": "out", "result": "reached", "user": customer.owner} | more
    Interaction.objects.create(customer=customer, occurred_at=noon(day), **said)


@pytest.fixture(scope="module")
def example(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    with django_db_blocker.unblock(), transaction.atomic():
        ensure_defaults()
        cast = cast_made()
        for day in (date(2026, 7, 31), date(2026, 8, 31), date(2026, 9, 30), END):
            publish(day)
        for n in range(CUSTOMERS):
            owner, team = (cast.outsider, cast.north) if n % 10 == 9 else (cast.wang, cast.shanghai)
            customer = make(f"K{n}", owner, team)
            CustomerFacts.objects.filter(pk=customer.pk).update(tier="B", lifecycle="repeat")
            then, now = ("lost", "lost") if n % 20 == 3 else ("repeat", "lost" if n % 7 == 0 else "loyal")
            interval(customer, "B", then, date(2026, 1, 1), date(2026, 9, 9), monetary=100_000 + n)
            interval(customer, "A" if n % 3 == 0 else "B", now, date(2026, 9, 10), None)
        row = HoldOut.objects.create(scheme="b2c", tier="B", share=45, starts_on=BEGAN, created_by=cast.admin)
        services.hold_out_begin(row)
        HoldOut.objects.update(began_on=BEGAN)
        for n, customer in enumerate(Customer.objects.order_by("pk")):
            if n % 2:
                order(customer, date(2026, 9, 5), 10_000 + 100 * n)
            if n % 5 == 0:
                log(customer, date(2026, 9, 15))
        # Dollars count as what they came to in yuan on their day; a return may be larger than what was bought.
        dollars = order(Customer.objects.get(number="K2"), date(2026, 9, 6), 70_000)
        Order.objects.filter(pk=dollars.pk).update(currency="USD", total=10_000, rate=7)
        back = order(Customer.objects.get(number="K4"), date(2026, 9, 7), -50_000)
        Order.objects.filter(pk=back.pk).update(kind="return")
        order(Customer.objects.get(number="K6"), BEGAN - timedelta(days=1), 990_000)  # before it began
        order(Customer.objects.get(number="K8"), END + timedelta(days=1), 990_000)  # after what is rated
        log(Customer.objects.get(number="K1"), date(2026, 9, 15), automatic=True)
        log(Customer.objects.get(number="K3"), date(2026, 9, 15), direction="internal")
        complain(cast, "K10", 5)
        complain(cast, "K12", 2)
        complain(cast, "K14", None)
        Customer.objects.filter(number="K30").update(deleted_at=noon(END))
        hold_out_count(HoldOut.objects.get(), END)
        yield cast
        transaction.set_rollback(True)


def complain(cast: Cast, number: str, csat: int | None) -> None:
    day = date(2026, 9, 20)
    Complaint.objects.create(
        number=f"TS-{number}", customer=Customer.objects.get(number=number), category="product", text="坏了",
        owner=cast.wang, received_at=noon(day), first_response_due_at=noon(day), csat=csat,
        closed_at=noon(day) if csat else None, state="closed" if csat else "received", result="换货" if csat else "",
    )  # fmt: skip


@pytest.fixture
def shop(example: Cast, db: None) -> Cast:
    return example


def of(user: User, comparison: Comparison | None = None) -> Of | None:
    comparison = comparison or Comparison.objects.select_related("hold_out").get(first=None)
    found = results(user, [comparison])[comparison.pk]
    return found[0] if found else None


def told(user: User) -> dict[str, Result]:
    found = of(user)
    return {one.outcome.code: one for one in found.results} if found else {}


def expected(held: bool, owner: User | None = None) -> Counter[str]:
    """What the rows of the company say of a side, one customer after another."""
    found = Counter[str]()
    for member in HoldOutMember.objects.filter(held=held, customer__deleted_at=None).select_related("customer"):
        customer = member.customer
        if owner and customer.owner_id != owner.pk:
            continue
        n = int(customer.number[1:])
        sold = [10_000 + 100 * n] if n % 2 else []
        sold += {2: [70_000], 4: [-50_000]}.get(n, [])
        lost_before = n % 20 == 3
        found["all"] += 1
        found["again"] += bool([one for one in sold if one > 0])
        found["could"] += not lost_before
        found["lost"] += not lost_before and n % 7 == 0
        found["revenue"] += sum(sold)
        found["active"] += n % 5 == 0
        found["high"] += n % 3 == 0
    return found


def test_every_figure_is_what_orders_scores_and_the_log_say(shop: Cast) -> None:
    got, planned, held = told(shop.auditor), expected(held=False), expected(held=True)
    assert planned["all"] + held["all"] == CUSTOMERS - 1  # one was deleted
    for code, hits, base in (
        ("active", "active", "all"), ("again", "again", "all"), ("lost", "lost", "could"), ("high", "high", "all"),
    ):  # fmt: skip
        one = got[code]
        assert (one.treated.hits, one.treated.n) == (planned[hits], planned[base]), code
        assert (one.control.hits, one.control.n) == (held[hits], held[base]), code
        assert one.difference == of_shares(planned[hits], planned[base], held[hits], held[base])
    sales = got["sales"]
    assert (sales.treated.revenue, sales.control.revenue) == (planned["revenue"], held["revenue"])
    sides = [
        [row.capped for row in Compared.objects.filter(comparison__first=None, treated=treated)]
        for treated in (True, False)
    ]
    amounts = [Amounts(len(side), sum(side), float(sum(one * one for one in side))) for side in sides]
    assert sales.difference == of_means(*amounts)
    revenue = sorted(Compared.objects.filter(comparison__first=None).values_list("revenue", flat=True))
    assert max(map(max, sides)) == revenue[int(0.95 * len(revenue))] < revenue[-1]
    assert min(map(min, sides)) >= revenue[0]
    complained = got["complained"]
    assert complained.treated.hits + complained.control.hits == 3
    assert got["satisfied"].verdict == "few"
    assert "at least 30 needed" in got["satisfied"].words
    answered = got["satisfied"]
    assert (answered.treated.hits + answered.control.hits, answered.treated.n + answered.control.n) == (1, 2)


def test_people_count_their_own_and_too_few_are_said_so(shop: Cast) -> None:
    own = told(shop.wang)["active"]
    assert own.treated.n == expected(held=False, owner=shop.wang)["all"]
    theirs = told(shop.outsider)["again"]
    assert (theirs.verdict, theirs.difference) == ("few", None)
    assert f"n {min(theirs.treated.n, theirs.control.n)}, at least 30 needed" in theirs.words
    assert of(shop.li) is None
    assert "None of your customers is in it" in page(shop.li, reverse("hold_out", args=[HoldOut.objects.get().pk]))


@pytest.mark.parametrize("who", ["wang", "outsider", "auditor"])
def test_each_figure_opens_whom_it_counts(shop: Cast, who: str) -> None:
    user = getattr(shop, who)
    found = of(user)
    assert found is not None
    for one in found.results:
        for side, made in (("treated", one.treated), ("control", one.control)):
            assert listed(user, found.url(one.outcome.code, side, "all")) == made.n
            if not one.outcome.amount:
                assert listed(user, found.url(one.outcome.code, side, "hits")) == made.hits
    text = page(user, reverse("tier_control"))
    links = {html.unescape(url) for url in re.findall(r'href="([^"]+)"', text)}
    links = {url for url in links if url.startswith(reverse("control_customers"))}
    assert len(links) > 8
    assert all(asked_of(user, url).ignored == "" for url in links)


@pytest.mark.parametrize("by", ["team", "channel"])
def test_team_and_channel_narrow_the_figures_and_the_lists_behind_them(shop: Cast, by: str) -> None:
    with transaction.atomic():
        channel = Channel.objects.all()[0]
        Customer.objects.filter(number__endswith="5").update(channel=channel)
        only = Only(team=shop.north) if by == "team" else Only(channel=channel.pk)
        asked = {"customer__team": shop.north} if by == "team" else {"customer__channel": channel}
        comparison = Comparison.objects.select_related("hold_out").get(first=None)
        [found] = results(shop.auditor, [comparison], only)[comparison.pk]
        for one in found.results:
            for side, made in (("treated", one.treated), ("control", one.control)):
                assert listed(shop.auditor, found.url(one.outcome.code, side, "all")) == made.n
        high = next(one for one in found.results if one.outcome.code == "high")
        members = HoldOutMember.objects.filter(customer__deleted_at=None, **asked)
        assert high.treated.n + high.control.n == members.count() > 0
        text = page(shop.auditor, f"{reverse('tier_control')}?{by}={only.asked[by]}")
        assert f"{by}={only.asked[by]}" in html.unescape(text)
        nobody = page(shop.auditor, f"{reverse('tier_control')}?channel={Channel.objects.all()[1].pk}")
        assert "None of the customers of this team and channel is in it." in nobody
        transaction.set_rollback(True)


def listed(user: User, url: str) -> int:
    return asked_of(user, url).rows.count()


def asked_of(user: User, url: str) -> Asked:
    request = RequestFactory().get(url)
    request.user = user
    return Asked(CONTROL_CUSTOMERS, request)


def page(user: User, url: str) -> str:
    return signed_in(user).get(url).content.decode()


def test_whoever_goes_or_changes_tier_stays_on_their_side(shop: Cast) -> None:
    with transaction.atomic():
        before, member = told(shop.auditor)["again"], HoldOutMember.objects.filter(held=True).first()
        assert member is not None
        Customer.objects.filter(pk=member.customer_id).update(owner=shop.outsider, team=shop.north)
        CustomerFacts.objects.filter(pk=member.customer_id).update(tier="D")
        found = of(shop.wang)
        assert found is not None
        asked = asked_of(shop.wang, found.url("active", "control", "all"))
        assert gone(asked).startswith("1 of the ")
        hold_out_count(HoldOut.objects.get(), END)
        after = told(shop.auditor)["again"]
        assert (after.control.hits, after.control.n) == (before.control.hits, before.control.n)
        transaction.set_rollback(True)


def test_who_may_not_read_complaints_compares_none(shop: Cast) -> None:
    with transaction.atomic():
        shop.wang.role.grants.filter(permission="complaint.view").delete()
        user = type(shop.wang).objects.get(pk=shop.wang.pk)
        assert {"complained", "satisfied"}.isdisjoint(told(user))
        transaction.set_rollback(True)


def test_nothing_entered_is_no_data_and_all_equal_tells_nothing(shop: Cast) -> None:
    with transaction.atomic():
        Complaint.objects.all().delete()
        Order.objects.all().delete()
        hold_out_count(HoldOut.objects.get(), END)
        got = told(shop.auditor)
        assert {got[code].verdict for code in ("complained", "satisfied", "sales")} == {"no_data"}
        assert got["again"].verdict == "chance"  # nobody bought on either side: 0 of n is known
        for customer in Customer.objects.all():
            order(customer, date(2026, 9, 9), 500)
        hold_out_count(HoldOut.objects.get(), END)
        assert told(shop.auditor)["sales"].verdict == "equal"
        transaction.set_rollback(True)


def test_a_count_that_is_repeated_writes_nothing(shop: Cast) -> None:
    with transaction.atomic():
        written = set(Compared.objects.extra(select={"x": "segmentation_compared.xmin::text"}).values_list("pk", "x"))
        hold_out_count(HoldOut.objects.get(), END)
        again = set(Compared.objects.extra(select={"x": "segmentation_compared.xmin::text"}).values_list("pk", "x"))
        assert written == again
        transaction.set_rollback(True)


def test_pairs_are_of_one_tier_and_nearly_equal_chance_and_sales(shop: Cast) -> None:
    with transaction.atomic():
        forecast = Forecast.objects.create(
            kind="month", as_of=date(2026, 7, 31), horizon_days=90, window_days=365, written_at=noon(END),
            yellow_p=0.5, yellow_drop=0.25, red_p=0.35, red_drop=0.3,
        )  # fmt: skip
        rows = list(Customer.objects.order_by("pk"))
        for n, customer in enumerate(rows):
            ForecastRow.objects.create(
                forecast=forecast, customer=customer, owner=customer.owner_id, percent=40 + n % 2, level="none",
                watched=True, fallen=False, tier_scheme="b2c", tier="B" if n % 4 < 2 else "C",
            )  # fmt: skip
            if n % 4 in (0, 3) or (n % 4 == 1 and n % 8 == 1):
                log(customer, date(2026, 8, 10))
        assert month_count(date(2026, 8, 1))
        comparison = Comparison.objects.get(first=date(2026, 8, 1))
        assert (comparison.since, comparison.until) == (date(2026, 9, 1), date(2026, 9, 30))
        active = set(Interaction.objects.filter(occurred_at=noon(date(2026, 8, 10))).values_list("customer", flat=True))
        percent = {row.customer_id: row.percent for row in ForecastRow.objects.all()}
        pairs = list(Compared.objects.filter(comparison=comparison, treated=True).select_related("partner"))
        assert len(pairs) > 30
        used = [one.customer_id for one in pairs] + [one.partner.customer_id for one in pairs if one.partner]
        assert len(used) == len(set(used)) == 2 * len(pairs)
        for one in pairs:
            assert one.partner is not None
            assert one.tier == one.partner.tier
            assert abs((percent[one.customer_id] or 0) - (percent[one.partner.customer_id] or 0)) < 5
            assert one.customer_id in active
            assert one.partner.customer_id not in active
        found = {
            of.code: {one.outcome.code: one for one in of.results}
            for of in results(shop.auditor, [comparison])[comparison.pk]
        }
        assert sum(tier["high"].treated.n for tier in found.values()) == len(pairs)
        again = found["B"]["again"]
        both = [(one.bought, one.partner.bought) for one in pairs if one.tier == "B" and one.partner]
        assert again.treated.hits == sum(ours for ours, _theirs in both)
        assert again.control.hits == sum(theirs for _ours, theirs in both)
        mine = results(shop.wang, [comparison])[comparison.pk]
        assert sum(tier.results[0].treated.n for tier in mine) == sum(
            {one.owner_id, one.partner.owner_id} == {shop.wang.pk} for one in pairs if one.partner
        )
        for one in mine[0].results:
            if not one.outcome.amount:
                assert listed(shop.wang, mine[0].url(one.outcome.code, "control", "hits")) == one.control.hits
        north = results(shop.auditor, [comparison], Only(team=shop.north))[comparison.pk]
        assert sum(tier.results[0].treated.n for tier in north) == sum(one.team_id == shop.north.pk for one in pairs)
        for side in ("treated", "control"):  # whose pair it is says who had an activity
            assert listed(shop.auditor, north[0].url("high", side, "all")) == north[0].results[0].treated.n
        first = {(one.customer_id, one.partner.customer_id) for one in pairs if one.partner}
        month_count(date(2026, 8, 1))
        rows_again = Compared.objects.filter(comparison=comparison, treated=True).select_related("partner")
        assert {(one.customer_id, one.partner.customer_id) for one in rows_again if one.partner} == first
        text = page(shop.auditor, reverse("tier_control"))
        assert "Weaker than a hold-out" in text
        assert "pairs of your customers" in text
        transaction.set_rollback(True)


def test_the_night_counts_what_can_differ(shop: Cast) -> None:
    with transaction.atomic():
        assert [*control_count(END)][-1] == {"hold_outs": 1, "months": 0}
        HoldOut.objects.update(ended_on=date(2026, 10, 1))
        assert [*control_count(END)][-1] == {"hold_outs": 0, "months": 0}
        Comparison.objects.all().delete()
        assert [*control_count(END)][-1]["hold_outs"] == 1
        assert Comparison.objects.get().until == date(2026, 10, 1)
        ScoreRun.objects.all().delete()
        assert [*control_count(END)][-1] == {"hold_outs": 0, "months": 0}
        transaction.set_rollback(True)


def test_files_and_pages_without_a_hold_out(shop: Cast) -> None:
    pk = HoldOut.objects.get().pk
    answer = signed_in(shop.auditor).get(reverse("tier_control"), {"file": "csv", "table": f"hold-out-{pk}"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines[0].startswith("Tier,Outcome,")
    assert len(lines) == 8
    with transaction.atomic():
        HoldOut.objects.all().delete()
        text = page(shop.wang, reverse("tier_control"))
        assert "No hold-out yet" in text
        assert "No month is paired yet" in text
        transaction.set_rollback(True)
