"""What became of the customers of each tier: the worked example of docs/algorithms/tier-effect.md, whose figures they
are, and the customers behind each of them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.test import RequestFactory
from django.urls import reverse

from accounts.models import User
from conftest import Cast, cast_made, signed_in
from core import memo
from customers.models import Customer, CustomerFacts, Interaction
from feedback.models import Complaint
from followups.models import Outcome
from sales.models import Order, OrderLine, Product
from segmentation.effect import figures
from segmentation.effect.counting import effect_keep, month_count
from segmentation.effect.figures import Effects, Value
from segmentation.effect.listing import EFFECT_CUSTOMERS, BehindRow
from segmentation.effect.models import EffectMonth, EffectSum, Standing
from segmentation.models import RunSum, ScoreInterval, ScoreRun
from segmentation.pages.figures import Choice
from segmentation.pages.spans import Kind, Span
from ui.listing import Asked
from workbench.defaults import ensure_defaults
from workbench.tests.scored import make, order

BEGIN, END = date(2026, 9, 30), date(2026, 10, 31)
# Number: (tier, lifecycle) at the begin and at the end.
EXAMPLE = {
    "1": (("A", "loyal"), ("A", "loyal")),
    "2": (("A", "dormant"), ("A", "lost")),
    "3": (("B", "repeat"), ("A", "loyal")),
    "4": (("B", "lost"), ("B", "lost")),
    "5": (("unrated", "prospect"), ("B", "first_time")),
    "6": (("unrated", "prospect"), ("unrated", "prospect")),
}
BOUGHT = {
    "1": ((date(2026, 10, 1), 200), (date(2026, 10, 31), 100)),
    "3": ((date(2026, 10, 9), 600),),
    "5": ((date(2026, 10, 20), 50),),
}


def noon(day: date) -> datetime:
    return datetime.combine(day, time(4), UTC)


def publish(day: date) -> ScoreRun:
    return ScoreRun.objects.create(as_of=day, started_at=noon(day), published_at=noon(day) + timedelta(hours=18))


@pytest.fixture(scope="module")
def example(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    with django_db_blocker.unblock(), transaction.atomic():
        ensure_defaults()
        cast = cast_made()
        begin, end = publish(BEGIN), publish(END)
        for number, scores in EXAMPLE.items():
            interval(make(number, cast.wang, cast.shanghai), *scores)
        for number, yuan in (("1", 7_300), ("2", 730), ("3", 3_650)):
            ScoreInterval.objects.filter(customer__number=number).update(monetary=yuan * 100)
        interval(make("ELSE", cast.outsider, cast.north), ("A", "loyal"), ("A", "lost"))
        for number, bought in BOUGHT.items():
            for day, yuan in bought:
                order(Customer.objects.get(number=number), day, yuan * 100)
        RunSum.objects.create(
            run=end, owner=cast.wang, team=cast.shanghai, tier_scheme="b2c", tier="A", lifecycle="loyal",
            customers=3, active_customers=2, repeat_customers=2,
        )  # fmt: skip
        complain(cast, END - timedelta(days=3))
        complain(cast, END - timedelta(days=2), csat=5)
        complain(cast, END + timedelta(days=1), csat=1)
        activity(cast, "1", date(2026, 10, 1), orders=1)
        activity(cast, "3", date(2026, 10, 8), orders=0)
        month_count(begin, end)
        yield cast
        transaction.set_rollback(True)


def interval(customer: Customer, before: tuple[str, str], after: tuple[str, str]) -> None:
    until = BEGIN + timedelta(days=9)
    for (tier, lifecycle), days in ((before, (BEGIN, until)), (after, (until + timedelta(days=1), None))):
        ScoreInterval.objects.create(
            customer=customer, valid_from=days[0], valid_to=days[1], tier_scheme="b2c", tier=tier, lifecycle=lifecycle,
            frequency=2 if tier == "A" and lifecycle == "loyal" else 1,
        )  # fmt: skip
    CustomerFacts.objects.filter(customer=customer).update(tier=after[0], lifecycle=after[1])


def complain(cast: Cast, day: date, csat: int | None = None) -> None:
    Complaint.objects.create(
        number=f"TS-{day}", customer=Customer.objects.get(number="1"), category="product", text="坏了", owner=cast.wang,
        received_at=noon(day), first_response_due_at=noon(day), csat=csat, closed_at=noon(day) if csat else None,
        state="closed" if csat else "received", result="换货" if csat else "",
    )  # fmt: skip


def activity(cast: Cast, number: str, day: date, *, orders: int) -> None:
    customer = Customer.objects.get(number=number)
    logged = Interaction.objects.create(
        customer=customer, user=cast.wang, kind="call", direction="out", result="reached", occurred_at=noon(day)
    )
    Outcome.objects.create(
        interaction=logged, customer=customer, user=cast.wang, day=day, method="call", answered=True,
        stage="long_term", orders=orders,
    )  # fmt: skip


@pytest.fixture
def shop(example: Cast, db: None) -> Cast:
    return example


def effects(user: Any, **chosen: Any) -> Effects:
    months = figures.months()
    run = months[-1].run
    return Effects(user, Choice(run, Span(Kind.MONTH, run.as_of.replace(day=1), run.as_of), **chosen), months)


def told(page: Effects, code: str) -> dict[str, tuple[int, int]]:
    figure = next(one for one in page.figures if one.code == code)
    values = {tier.code if tier else "": figure.value(sums) for tier, sums in page.rows(page.months[-1])}
    return {tier: (value.hits, value.base) for tier, value in values.items() if value.hits or value.base}


# --- the figures -----------------------------------------------------------------------------------------------------
def test_the_worked_example(shop: Cast) -> None:
    page = effects(shop.wang)
    assert told(page, "customers") == {"A": (2, 0), "B": (2, 0), "": (2, 0)}
    assert told(page, "high") == {"A": (2, 2), "B": (1, 2), "": (0, 1)}
    assert told(page, "lost") == {"A": (1, 2), "B": (0, 1)}
    assert told(page, "revenue") == {"A": (30_000, 0), "B": (60_000, 0), "": (5_000, 0)}
    assert told(page, "change") == {"A": (30_000, 68_200), "B": (60_000, 31_000), "": (5_000, 0)}
    assert told(page, "complained") == {"A": (1, 2), "B": (0, 2), "": (0, 2)}
    assert told(page, "satisfied") == {"A": (1, 1)}
    assert told(page, "followed") == {"A": (1, 1), "B": (0, 1)}
    assert told(page, "repeat") == {"A": (2, 2)}


def test_new_and_existing_customers(shop: Cast) -> None:
    page = effects(shop.wang)
    existing, new, none = (page.standing(page.months[-1], one) for one in Standing)
    assert (new.customers, new.buyers, new.orders, new.revenue) == (1, 1, 1, 5_000)
    assert (existing.customers, existing.buyers, existing.orders, existing.revenue) == (4, 2, 3, 90_000)
    assert none.customers == 1


def test_values_say_too_few_and_nothing_to_count() -> None:
    assert Value("share", 0, 0).number is None
    assert (Value("share", 1, 29).few, Value("share", 1, 30).few) == (True, False)
    assert Value("change", 300, 500).words == "−40.0%"
    assert Value("change", 600, 300).words == "+100.0%"
    assert Value("change", 600, 0).words == "—"


def test_margin_is_of_the_lines_whose_cost_is_known(shop: Cast) -> None:
    with transaction.atomic():
        product = Product.objects.create(sku="T", name="T", unit_cost=Decimal(30))
        fee = Product.objects.create(sku="F", name="F", flag="fee")
        bought = Order.objects.get(customer__number="3", ordered_on=date(2026, 10, 9))
        for goods, price, cost in ((product, 100, None), (product, 100, 40), (None, 390, None), (fee, 10, None)):
            OrderLine.objects.create(
                order=bought, product=goods, quantity=1, unit_price=price, unit_cost=cost, amount=Decimal(price)
            )
        month_count(*ScoreRun.objects.order_by("as_of"))
        row = EffectSum.objects.get(tier="B", standing="existing")
        # 100 - 30 by the product, 100 - 40 by the line, 10 of a fee; of 390 nothing is known.
        assert (row.costed, row.margin) == (21_000, 14_000)
        transaction.set_rollback(True)


# --- whose, and the rows behind --------------------------------------------------------------------------------------
def test_people_count_their_own_under_the_filters_of_the_page(shop: Cast) -> None:
    assert told(effects(shop.outsider), "lost") == {"A": (1, 1)}
    assert told(effects(shop.auditor), "lost") == {"A": (2, 3), "B": (0, 1)}
    assert told(effects(shop.auditor, team=shop.north), "lost") == {"A": (1, 1)}
    assert told(effects(shop.auditor, scheme="b2b"), "customers") == {}
    assert told(effects(shop.li), "customers") == {}


def test_who_may_not_read_complaints_sees_no_figure_of_them(shop: Cast) -> None:
    with transaction.atomic():
        shop.wang.role.grants.filter(permission="complaint.view").delete()
        user = type(shop.wang).objects.get(pk=shop.wang.pk)
        page = effects(user)
        assert {"complained", "satisfied"}.isdisjoint(one.code for one in page.figures)
        assert not page.total(page.months[-1]).parts["complained"].n
        answer = signed_in(user).get(page.url(page.months[-1], "complained"))
        assert answer.context["list"].total == "6"
        assert "These filters could not be read and were left out: Figure" in answer.content.decode()
        transaction.set_rollback(True)


@pytest.mark.parametrize("who", ["wang", "outsider", "auditor", "li"])
def test_every_figure_opens_the_customers_it_counts(shop: Cast, who: str) -> None:
    user = getattr(shop, who)
    page = effects(user)
    month = page.months[-1]
    counts = {"customers": "customers", "repeat": "repeat", "high": "high", "lost": "lost"}
    opened = 0
    for tier in ("A", "B", "unrated", ""):
        sums = page.of_tier(month, tier) if tier else page.total(month)
        expected = {code: getattr(sums, name) for code, name in counts.items()} | {"bought": sums.buyers}
        expected |= {code: sums.parts[code].customers for code in ("complained", "satisfied", "followed")}
        for code, count in expected.items():
            if count:
                assert listed(user, page.url(month, code, tier)) == str(count), (tier, code)
                opened += 1
    for standing in Standing:
        if count := page.standing(month, standing).customers:
            assert listed(user, f"{page.url(month, 'customers')}&standing={standing.value}") == str(count)
    assert opened or who == "li"


@pytest.mark.parametrize("figure", ["lost", "repeat", "customers"])
def test_every_link_of_the_page_opens_a_list_that_knows_its_filters(shop: Cast, figure: str) -> None:
    text = signed_in(shop.wang).get(reverse("tier_effect"), {"figure": figure}).content.decode()
    page = reverse("tier_effect_customers")
    links = {html.unescape(url) for url in re.findall(r'href="([^"]+)"', text) if url.startswith(page)}
    assert len(links) > 20
    for url in {*links, f"{page}?month=2026-10&figure=customers&standing=new"}:
        assert asked_of(shop.wang, url).ignored == "", url


def test_a_list_is_called_what_it_holds(shop: Cast) -> None:
    page = effects(shop.wang)
    named = {}
    for code in ("repeat", "followed", "complained"):
        chips = asked_of(shop.wang, page.url(page.months[-1], code, "A")).chips
        named[code] = [(str(chip.label), str(chip.value)) for chip in chips]
    assert ("Tier at the end", "A Key / High-value") in named["repeat"]
    assert ("Tier then", "A Key / High-value") in named["followed"]
    assert ("Figure", "had an activity") in named["followed"]
    assert ("Figure", "had a complaint") in named["complained"]


def listed(user: User, url: str) -> str:
    return str(asked_of(user, url).total)


def drawn(user: User, url: str) -> list[BehindRow]:
    asked = asked_of(user, url)
    return list(EFFECT_CUSTOMERS.draw(asked, list(asked.page.rows)))


def asked_of(user: User, url: str) -> Asked:
    request = RequestFactory().get(url)
    request.user = user
    return Asked(EFFECT_CUSTOMERS, request)


@pytest.mark.parametrize("code", ["sold", "change"])
def test_the_rows_behind_sales_add_up_to_the_figure(shop: Cast, code: str) -> None:
    page = effects(shop.wang)
    month = page.months[-1]
    for tier in ("A", "B", "unrated", ""):
        sums = page.of_tier(month, tier) if tier else page.total(month)
        rows = drawn(shop.wang, page.url(month, code, tier))
        assert sum(row.brought or 0 for row in rows) == sums.revenue
        if code == "change":
            assert sum(row.usual or 0 for row in rows) == sums.usual
    text = signed_in(shop.wang).get(page.url(month, code, "B")).content.decode()
    assert "¥600, as the figure says." in text
    with transaction.atomic():
        Customer.objects.filter(number="3").update(owner=shop.outsider, team=shop.north)
        text = signed_in(shop.wang).get(page.url(month, code, "B")).content.decode()
        assert "¥0. The night counted ¥600" in text
        transaction.set_rollback(True)


def test_a_list_of_heads_has_no_column_of_sales(shop: Cast) -> None:
    page = effects(shop.wang)
    rows = drawn(shop.wang, page.url(page.months[-1], "lost"))
    assert {row.brought for row in rows} == {None}


def test_the_list_says_how_many_have_gone_to_somebody_else(shop: Cast) -> None:
    with transaction.atomic():
        Customer.objects.filter(number="3").update(owner=shop.outsider, team=shop.north)
        answer = signed_in(shop.wang).get(effects(shop.wang).url(figures.months()[-1], "high", "B"))
        assert answer.context["list"].total == "0"
        assert "1 of the 1 whom the night counted is no longer yours or was deleted" in answer.content.decode()
        transaction.set_rollback(True)


def test_the_page_shows_the_month_and_what_has_no_data(shop: Cast) -> None:
    text = signed_in(shop.wang).get(reverse("tier_effect")).content.decode()
    for words in ("Complaint rate", "−56.0%", "too few", "Recommending (NPS)", "no data yet", "Share won"):
        assert words in text, words
    by_figure = signed_in(shop.wang).get(reverse("tier_effect"), {"figure": "change"})
    assert by_figure.context["chosen"].code == "change"


def test_odd_addresses_show_the_last_month(shop: Cast) -> None:
    client = signed_in(shop.wang)
    odd = {"month": "2026-13", "figure": "x", "tier": "?", "standing": "?", "team": "-1", "channel": "x"}
    assert client.get(reverse("tier_effect"), odd).context["month"].first == END.replace(day=1)
    assert client.get(reverse("tier_effect_customers"), odd).context["list"].total == "6"


def test_files_hold_what_the_page_says(shop: Cast) -> None:
    answer = signed_in(shop.wang).get(reverse("tier_effect"), {"file": "csv", "table": "tiers"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines[0].startswith("Month,Tier,Customers,Repurchase rate (%),Repurchase rate: number")
    line = next(line for line in lines if line.startswith("Oct 2026,High-value"))
    assert line.startswith("Oct 2026,High-value,2,100.0,2,2,100.0,2,2,50.0,1,2,50.0,1,2")


# --- the night -------------------------------------------------------------------------------------------------------
def test_a_night_counts_only_months_that_can_differ(shop: Cast) -> None:
    with transaction.atomic():
        counted = EffectMonth.objects.get()
        list(effect_keep(END + timedelta(days=20)))
        assert EffectMonth.objects.get() == counted  # neither late entries nor new runs
        list(effect_keep(END + timedelta(days=5)))
        again = EffectMonth.objects.get()
        assert again != counted
        ScoreRun.objects.filter(as_of=BEGIN).update(published_at=again.counted_at + timedelta(hours=1))
        list(effect_keep(END + timedelta(days=20)))
        assert EffectMonth.objects.get() != again
        ScoreRun.objects.filter(as_of=END).delete()
        assert not EffectMonth.objects.exists()
        transaction.set_rollback(True)


def test_the_api_tells_of_complaints_and_activities_what_the_page_does(shop: Cast) -> None:
    rows = signed_in(shop.wang).get("/api/v1/tier-effect/").json()["results"]
    told = {(row["tier"], part["figure"]): part for row in rows for part in row["parts"]}
    page = effects(shop.wang)
    for (tier, code), part in told.items():
        of = page.of_tier(page.months[-1], tier).parts[code]
        assert (part["customers"], part["n"], part["hits"]) == (of.customers, of.n, of.hits)
    assert {code for _tier, code in told} == {"complained", "satisfied", "followed"}
    with transaction.atomic():
        shop.wang.role.grants.filter(permission__startswith="complaint.").delete()
        memo.forget_all()
        who = User.objects.get(pk=shop.wang.pk)
        rows = signed_in(who).get("/api/v1/tier-effect/").json()["results"]
        assert {part["figure"] for row in rows for part in row["parts"]} == {"followed"}
        transaction.set_rollback(True)
    memo.forget_all()
