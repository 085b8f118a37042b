"""Margin, upkeep and contribution: the worked example of docs/algorithms/tier-effect.md, what has no data, whose they
are, and the lists behind the figures."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import RequestFactory
from django.urls import reverse

from accounts.models import AuditEntry
from conftest import Cast, cast_made, set_number, signed_in
from core import clock
from customers.models import Channel, Customer, CustomerFacts, Interaction
from sales.models import Order, OrderLine, Product
from segmentation.costs import figures, services
from segmentation.costs.counting import economics_keep, economics_of
from segmentation.costs.entries import COSTS
from segmentation.costs.listing import ECONOMICS_LIST
from segmentation.costs.models import CostCount, CostEntry, CostSettings, Economics
from segmentation.effect.models import EffectMonth, EffectSum
from segmentation.models import CaseAction, ChurnCase, ScoreInterval, ScoreRun
from segmentation.together import add_together
from ui.listing import Asked
from workbench.defaults import ensure_defaults

ON = date(2026, 11, 20)
# Number: tier, margin and discounts in yuan, minutes, whether there is a gift of 100.
EXAMPLE = {"A": ("A", 9_000, 1_000, 30), "B": ("B", 500, 0, 600), "C": ("A", 4_900, 0, 60)}


@pytest.fixture(scope="module")
def example(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    with django_db_blocker.unblock(), transaction.atomic():
        ensure_defaults()
        cast = cast_made()
        for number, (tier, margin, discount, minutes) in EXAMPLE.items():
            customer = buyer(number, cast, tier)
            sell(customer, margin, discount, cost=100)
            talk(customer, cast, minutes)
        buyer("P", cast, "unrated", lifecycle="prospect")
        spend(cast, "B", "gift", 100)
        CostSettings.objects.update(hourly_cost=120)
        economics_keep(ON)
        yield cast
        transaction.set_rollback(True)


@pytest.fixture
def shop(example: Cast, db: None) -> Iterator[Cast]:
    with transaction.atomic():
        yield example
        transaction.set_rollback(True)


def buyer(number: str, cast: Cast, tier: str, lifecycle: str = "loyal") -> Customer:
    customer = Customer.objects.create(number=number, name=number, kind="person", owner=cast.wang, team=cast.shanghai)
    CustomerFacts.objects.create(customer=customer, tier=tier, lifecycle=lifecycle)
    ScoreInterval.objects.create(
        customer=customer, valid_from=ON - timedelta(days=9), tier_scheme="b2c", tier=tier, lifecycle=lifecycle
    )
    return customer


def sell(customer: Customer, margin: int, discount: int = 0, cost: int | None = 0, days_ago: int = 5) -> OrderLine:
    """One order of one line, so much above its cost."""
    amount, day = margin + (cost or 0), ON - timedelta(days=days_ago)
    order = Order.objects.create(
        number=f"{customer.number}-{margin}-{days_ago}", customer=customer, ordered_at=noon(day), ordered_on=day,
        currency="CNY", total=amount * 100, amount=amount * 100,
    )  # fmt: skip
    product = Product.objects.get_or_create(sku="T", defaults={"name": "Tea"})[0]
    return OrderLine.objects.create(
        order=order, product=product, quantity=1, unit_price=amount + discount, discount=discount, amount=amount,
        unit_cost=cost,
    )  # fmt: skip


def noon(day: date) -> datetime:
    return datetime.combine(day, time(4), UTC)


def talk(customer: Customer, cast: Cast, minutes: int | None, **more: Any) -> Interaction:
    values = {"kind": "call", "direction": "out", "result": "reached", "occurred_at": noon(ON)} | more
    return Interaction.objects.create(customer=customer, user=cast.wang, minutes=minutes, **values)


def spend(cast: Cast, number: str, kind: str, yuan: int, on: date = ON) -> CostEntry:
    return CostEntry.objects.create(
        customer=Customer.objects.get(number=number), kind=kind, amount=yuan * 100, spent_on=on, created_by=cast.wang
    )


def of(number: str) -> Economics:
    return Economics.objects.get(customer__number=number)


def live(number: str) -> Economics:
    found = economics_of(Customer.objects.get(number=number).pk, ON)
    assert found is not None
    return found


def listed(user: Any, url: str) -> str:
    request = RequestFactory().get(url)
    request.user = user
    return str(Asked(ECONOMICS_LIST, request).total)


# --- the figures -----------------------------------------------------------------------------------------------------
def test_the_worked_example(shop: Cast) -> None:
    assert [(of(n).upkeep, of(n).contribution, of(n).verdict) for n in "ABC"] == [
        (106_000, 894_000, ""),
        (130_000, -80_000, "much"),
        (12_000, 478_000, "little"),
    ]
    count = CostCount.objects.get()
    assert (count.upkeep, count.gross) == (248_000, 1_540_000)
    assert of("P").verdict == ""  # who never bought is won, not kept


@pytest.mark.parametrize(
    ("key", "value", "verdicts"),
    [
        ("served_factor", 7, ["", "much", ""]),  # C gets a 6.6th of what its margin bears
        ("served_factor", 20, ["", "", ""]),  # B takes 16 times as much
        ("served_hours", 11, ["", "", "little"]),  # B took 10.8
    ],
)
def test_the_company_says_from_when_on_it_is_too_much(shop: Cast, key: str, value: int, verdicts: list[str]) -> None:
    set_number(key, value)
    economics_keep(ON)
    assert [of(n).verdict for n in "ABC"] == verdicts


def test_the_company_says_of_how_much_the_costs_have_to_be_known(shop: Cast) -> None:
    sell(Customer.objects.get(number="B"), margin=50, cost=None)
    Economics.objects.all().delete()
    CostCount.objects.all().delete()
    economics_keep(ON)
    assert of("B").verdict == "much"
    set_number("served_known", 100)
    economics_keep(ON)
    assert of("B").verdict == ""


def test_a_customers_page_counts_as_the_night_does(shop: Cast) -> None:
    names = ("revenue", "costed", "margin", "discount", "sold", "discounted", "minutes", "entered", "upkeep")
    for number in "ABCP":
        assert all(getattr(live(number), name) == getattr(of(number), name) for name in names)


def test_minutes_are_those_noted_else_the_usual_ones_of_a_method(shop: Cast) -> None:
    prospect = Customer.objects.get(number="P")
    talk(prospect, shop, None, kind="visit")
    talk(prospect, shop, 7, kind="visit", direction="in")
    talk(prospect, shop, 50, automatic=True)
    talk(prospect, shop, 50, kind="note", direction="internal")
    talk(prospect, shop, 50, occurred_at=noon(ON - timedelta(days=365)))
    assert live("P").minutes == 90 + 7
    CostSettings.objects.update(minutes_visit=20)
    assert live("P").minutes == 20 + 7


def test_what_is_noted_in_warnings_counts_and_what_was_removed_does_not(shop: Cast) -> None:
    customer = Customer.objects.get(number="A")
    case = ChurnCase.objects.create(customer=customer, level="red", opened_on=ON, level_since=ON)
    CaseAction.objects.create(case=case, kind="coupon", done_on=ON, cost=3_000)
    CaseAction.objects.create(case=case, kind="gift", done_on=ON, cost=9_000, removed_at=noon(ON))
    services.cost_remove(entry=spend(shop, "A", "gift", 40), by=shop.wang)
    assert live("A").entered == 3_000
    spend(shop, "A", "travel", 20, on=ON - timedelta(days=365))  # before the days that count
    assert live("A").entered == 3_000


def test_no_hourly_cost_is_no_data_and_not_zero(shop: Cast) -> None:
    CostSettings.objects.update(hourly_cost=None)
    economics_keep(ON)
    assert (of("B").upkeep, of("B").contribution, of("B").verdict, of("B").minutes) == (None, None, "", 600)
    text = signed_in(shop.wang).get(reverse("costs")).content.decode()
    assert "Nobody has entered what an hour of work costs" in text
    assert "no data yet" in text


def test_acquisition_counts_whenever_it_was_and_is_nothing_where_none_was_entered(shop: Cast) -> None:
    assert live("A").acquisition is None
    spend(shop, "A", "acquisition", 500, on=date(2020, 1, 1))
    assert live("A").acquisition == 50_000
    assert live("A").entered == 0


def test_lines_without_a_known_cost_are_left_out_of_the_margin(shop: Cast) -> None:
    line = sell(Customer.objects.get(number="P"), 800, cost=None)
    assert (live("P").revenue, live("P").costed, live("P").margin) == (80_000, 0, 0)
    Product.objects.filter(pk=line.product_id).update(unit_cost=Decimal(300))
    assert (live("P").costed, live("P").margin) == (80_000, 50_000)


def test_a_return_takes_sales_and_margin_back(shop: Cast) -> None:
    customer = Customer.objects.get(number="C")
    back = Order.objects.create(
        number="R", customer=customer, kind="return", ordered_at=noon(ON), ordered_on=ON, currency="CNY",
        total=-500_000, amount=-500_000,
    )  # fmt: skip
    OrderLine.objects.create(order=back, quantity=-1, unit_price=5_000, unit_cost=100, amount=-5_000)
    assert (live("C").revenue, live("C").margin, live("C").sold) == (0, 0, 500_000)


def test_how_far_a_customer_buys_by_price(shop: Cast) -> None:
    assert (live("A").sold, live("A").discounted) == (910_000, 910_000)
    sell(Customer.objects.get(number="A"), 910, cost=0, days_ago=6)
    assert live("A").discounted / live("A").sold == pytest.approx(9_100 / 10_010)


def test_the_products_that_make_up_the_margin(shop: Cast) -> None:
    found = figures.mix(shop.wang, Customer.objects.get(number="A"), live("A"))
    assert [(one.name, one.sales, one.margin) for one in found] == [("Tea", 910_000, 900_000)]
    assert figures.mix(shop.outsider, Customer.objects.get(number="A"), live("A")) == []


def test_what_a_new_customer_costs_by_channel(shop: Cast) -> None:
    shops = Channel.objects.first()
    assert shops
    run = ScoreRun.objects.create(as_of=ON, started_at=noon(ON))
    month = EffectMonth.objects.create(first=date(2026, 11, 1), run=run, begun_on=date(2026, 10, 31), high=[])
    zero = ("rated", "high", "had_bought", "lost", "buyers", "orders", "revenue", "usual", "costed", "margin")
    EffectSum.objects.create(
        month=month, channel=shops, tier_scheme="b2c", tier="unrated", standing="new", customers=4,
        **dict.fromkeys(zero, 0),
    )  # fmt: skip
    with connection.cursor() as cursor:
        add_together(cursor, EffectSum)
    services.cost_add(kind="acquisition", amount=100_000, spent_on=date(2026, 11, 2), channel=shops, by=shop.lead)
    rows, since = figures.by_channel(shop.lead)
    assert since == month
    assert [(row.cost, row.new, row.each) for row in rows] == [(100_000, 4, 25_000)]
    assert figures.by_channel(shop.wang)[0] == []  # who has only own customers knows no company figure


# --- whose, and the lists --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["wang", "lead", "outsider", "auditor"])
def test_every_figure_opens_the_customers_it_counts(shop: Cast, who: str) -> None:
    user = getattr(shop, who)
    rows = figures.by_tier(user)
    assert figures.summed(rows).customers == (0 if who == "outsider" else 4)
    for row in rows:
        found = [(row.url, row.totals.customers), (row.much_url, row.totals.much), (row.little_url, row.totals.little)]
        assert [(url, listed(user, url)) for url, _n in found] == [(url, str(n)) for url, n in found]


def test_pages_show_the_account_and_the_lists(shop: Cast) -> None:
    client = signed_in(shop.wang)
    customer = Customer.objects.get(number="B")
    Customer.objects.filter(number="C").update(referred_by=customer)
    text = client.get(reverse("customer_costs", args=[customer.pk])).content.decode()
    for words in ("erved too much", "600 minutes", "Tea", "Came by this customer", "¥100"):
        assert words in text, words
    for page in ("costs", "economics_list", "cost_list", "cost_settings"):
        assert client.get(reverse(page)).status_code == 200
    assert client.get(reverse("customer_costs", args=[customer.pk + 10**6])).status_code == 404
    assert signed_in(shop.outsider).get(reverse("customer_costs", args=[customer.pk])).status_code == 404


def test_recommended_customers_of_the_pool_and_their_money_stay_hidden(shop: Cast) -> None:
    customer = Customer.objects.get(number="B")
    Customer.objects.filter(number__in=["A", "C"]).update(referred_by=customer)
    Customer.objects.filter(number="A").update(owner=None, team=None)
    CustomerFacts.objects.filter(customer__number="A").update(monetary=77_700)
    CustomerFacts.objects.filter(customer__number="C").update(monetary=11_100)
    page = reverse("customer_costs", args=[customer.pk])
    seen = signed_in(shop.wang).get(page)
    assert (seen.context["referred"]["n"], seen.context["referred"]["revenue"]) == (1, 11_100)
    assert [one.number for one in seen.context["referred_customers"]] == ["C"]
    everything = signed_in(shop.auditor).get(page).context["referred"]
    assert (everything["n"], everything["revenue"]) == (2, 88_800)
    shop.wang.role.grants.filter(permission="score.view").delete()
    user = type(shop.wang).objects.get(pk=shop.wang.pk)
    hidden = signed_in(user).get(page)
    assert hidden.context["referred"]["revenue"] is None
    assert "net sales of the days that count" not in hidden.content.decode()


@pytest.mark.parametrize("order", ["customer", "-customer", "contribution", "-contribution"])
def test_the_api_goes_through_customers_in_every_order(shop: Cast, order: str) -> None:
    client, found = signed_in(shop.wang), []
    url = f"/api/v1/economics/?ordering={order}&page_size=2"
    while url:
        page = client.get(url).json()
        found += [row["customer"] for row in page["results"]]
        url = page["next"]
    name = order.removeprefix("-")
    values = dict(Economics.objects.values_list("customer", name))
    assert sorted(found) == sorted(values)
    assert [values[pk] for pk in found] == sorted(values.values(), reverse=order.startswith("-"))


def test_a_cost_is_noted_removed_and_put_back(shop: Cast) -> None:
    client, customer = signed_in(shop.wang), Customer.objects.get(number="A")
    form = {"kind": "gift", "amount": "88.50", "spent_on": str(clock.business_date()), "note": "中秋礼盒"}
    sent = client.post(f"{reverse('cost_new')}?customer={customer.pk}", form, follow=True)
    entry = CostEntry.objects.get(customer=customer)
    assert (entry.amount, sent.status_code, entry.booked_by) == (8_850, 200, None)
    assert "中秋礼盒" in client.get(reverse("cost_entry", args=[entry.pk])).content.decode()
    client.post(reverse("cost_remove", args=[entry.pk]))
    CostEntry.objects.filter(pk=entry.pk).update(removed_at=clock.now() - timedelta(days=9))  # later than an undo
    assert (
        reverse("cost_restore", args=[entry.pk]) in client.get(reverse("cost_entry", args=[entry.pk])).content.decode()
    )
    kept, removed = (client.get(reverse("cost_list"), {"tab": tab}).context["list"] for tab in ("all", "removed"))
    assert [row.pk for row in removed.drawn] == [entry.pk]
    assert (kept.counts["removed"], entry.pk in [row.pk for row in kept.drawn]) == (1, False)
    assert live("A").entered == 0
    for _turn in range(2):
        client.post(reverse("cost_restore", args=[entry.pk]))
    entry.refresh_from_db()
    assert entry.removed_at is None
    acts = AuditEntry.objects.filter(act__startswith="cost.").order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["cost.add", "cost.remove", "cost.restore"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": 10**10 + 1}, "amount"),
        ({"spent_on": date(1999, 12, 31)}, "spent_on"),
        ({"kind": "bribe"}, "kind"),
        ({"spent_on": date(2036, 1, 1)}, "spent_on"),
        ({"channel": True}, "customer"),
        ({"customer": None}, "customer"),
    ],
)
def test_odd_costs_are_refused(shop: Cast, wrong: dict[str, Any], field: str) -> None:
    values = {"kind": "gift", "amount": 100, "spent_on": ON, "customer": Customer.objects.get(number="A")} | wrong
    if values.get("channel"):
        values["channel"] = Channel.objects.first()
    with pytest.raises(ValidationError) as error:
        services.cost_add(by=shop.wang, **values)
    assert list(error.value.message_dict) == [field]


@pytest.mark.parametrize(("text", "minor"), [("²", None), ("½", None), ("１２", 1_200), ("99999999999", None)])
def test_amounts_are_written_in_digits_and_within_reason(shop: Cast, text: str, minor: int | None) -> None:
    form = {"kind": "gift", "amount": text, "spent_on": str(clock.business_date())}
    customer = Customer.objects.get(number="C")
    sent = signed_in(shop.wang).post(f"{reverse('cost_new')}?customer={customer.pk}", form)
    assert sent.status_code == (422 if minor is None else 302)
    assert list(CostEntry.objects.filter(customer=customer).values_list("amount", flat=True)) == [minor][: bool(minor)]


def test_the_page_says_which_entries_are_not_counted_yet(shop: Cast) -> None:
    def told(user: Any) -> str:
        return " ".join(signed_in(user).get(reverse("costs")).content.decode().split())

    assert "No cost of acquisition of a channel has been entered" in told(shop.lead)
    before = told(shop.wang)
    spend(shop, "A", "gift", 7)
    services.cost_add(kind="acquisition", amount=100, spent_on=ON, channel=Channel.objects.first(), by=shop.wang)
    assert "entry since." not in before
    assert "; 1 entry since." in told(shop.wang)
    assert "1 entry isn&#x27;t counted. New customers are counted from the first month" in told(shop.lead)
    assert "1 entry isn&#x27;t counted. Who sees the costs of a team" in told(shop.wang)
    run = ScoreRun.objects.create(as_of=ON + timedelta(days=30), started_at=noon(ON))
    EffectMonth.objects.create(first=date(2026, 12, 1), run=run, begun_on=date(2026, 11, 30), high=[])
    assert "1 entry isn&#x27;t counted. New customers are counted from 1 Dec" in told(shop.lead)


def test_entries_of_channels_are_seen_by_who_noted_them_and_who_leads_them(shop: Cast) -> None:
    services.cost_add(kind="other", amount=100, spent_on=ON, channel=Channel.objects.first(), by=shop.wang)
    request = RequestFactory().get("/?tab=channels")
    seen = {}
    for who in ("wang", "lead", "li", "outsider", "auditor"):
        request.user = getattr(shop, who)
        seen[who] = Asked(COSTS, request).total
    assert seen == {"wang": "1", "lead": "1", "li": "0", "outsider": "0", "auditor": "1"}


def test_what_time_costs_is_set_over_the_version_that_was_read(shop: Cast) -> None:
    client, row = signed_in(shop.manager), CostSettings.objects.get()
    form = {"version": row.version, **{f"minutes_{kind}": n for kind, n in row.minutes().items()}}
    client.post(reverse("cost_settings"), form | {"hourly_cost": "200", "minutes_call": "12"})
    row.refresh_from_db()
    assert (row.hourly_cost, row.minutes_call, row.version) == (200, 12, 2)
    too_long = client.post(reverse("cost_settings"), form | {"version": 2, "hourly_cost": "-1"})
    assert too_long.status_code == 422
    assert signed_in(shop.wang).post(reverse("cost_settings"), form).status_code == 403


# --- the night -------------------------------------------------------------------------------------------------------
def test_between_two_counts_only_those_with_new_entries_are_counted(shop: Cast) -> None:
    assert economics_keep(ON + timedelta(days=1))["customers"] == 0
    spend(shop, "A", "gift", 7)
    assert economics_keep(ON + timedelta(days=1))["customers"] == 1
    assert (of("A").entered, of("A").on, of("B").on) == (700, ON + timedelta(days=1), ON)
    assert economics_keep(ON + timedelta(days=7))["customers"] == 4
    assert of("C").on == ON + timedelta(days=7)
    CostSettings.objects.update(hourly_cost=240)
    assert economics_keep(ON + timedelta(days=8))["customers"] == 4


def test_the_page_says_when_it_was_counted_and_what_is_not_in_it(shop: Cast) -> None:
    noted = CostCount.objects.all()
    at = datetime(2026, 11, 21, 3, tzinfo=UTC)
    noted.update(counted_at=at, looked_at=at)
    alike = "Of the 365 days until 20 Nov 2026, counted on 21 Nov 2026. What was entered since isn't in it."
    again = "isn't in it, but for customers with new cost entries: these were counted again until 24 Nov 2026."
    for url in ("costs", "economics_list"):
        assert alike in html.unescape(signed_in(shop.manager).get(reverse(url)).content.decode())
    noted.update(looked_at=at + timedelta(days=3))
    for url in ("costs", "economics_list"):
        assert again in html.unescape(signed_in(shop.manager).get(reverse(url)).content.decode())


def test_what_acquiring_the_customers_of_a_tier_cost(shop: Cast) -> None:
    """The worked example of docs/algorithms/tier-effect.md."""
    fair, web = Channel.objects.all()[:2]
    september, october = date(2026, 9, 9), date(2026, 10, 9)
    came = {(fair, "A", september): 2, (fair, "B", september): 1, (web, "A", september): 1, (web, "B", september): 3}
    for (channel, tier, day), n in {**came, (web, "B", october): 2}.items():
        for one in range(n):
            customer = buyer(f"{channel.code}{tier}{day.month}{one}", shop, tier)
            Customer.objects.filter(pk=customer.pk).update(channel=channel)
            CustomerFacts.objects.filter(customer=customer).update(first_order_on=day)
    count = CostCount.objects.get()
    assert figures.acquired_by_tier(shop.manager, count) == []  # nobody has entered what a channel cost
    for channel, yuan in ((fair, 3_000), (web, 400)):
        services.cost_add(kind="acquisition", amount=yuan * 100, spent_on=september, by=shop.wang, channel=channel)
    CostCount.objects.all().delete()
    economics_keep(ON)
    count = CostCount.objects.get()
    found = {row.tier.code: row for row in figures.acquired_by_tier(shop.manager, count) if row.tier}
    told = {code: (row.customers, row.cost, row.each, row.others) for code, row in found.items() if row.customers}
    assert told == {"A": (3, 210_000, 70_000, 0), "B": (4, 130_000, 32_500, 2)}
    for row in found.values():
        assert listed(shop.manager, row.url) == str(row.customers)
        assert listed(shop.manager, row.others_url) == str(row.others)
    assert figures.acquired_by_tier(shop.wang, count) == []  # sees but own customers, not what others noted
    text = signed_in(shop.manager).get(reverse("costs")).content.decode()
    assert html.escape(found["A"].url) in text
    assert "¥700" in text
