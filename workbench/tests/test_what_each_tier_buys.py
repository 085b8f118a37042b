"""What the customers of each tier buy: the sums are what the orders say, and each number opens whom it counts."""

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.test import RequestFactory
from django.urls import reverse

from accounts.models import User
from customers.models import Customer
from customers.services import customer_delete, customer_transfer
from sales.models import Order, OrderLine, Product
from segmentation import night
from segmentation.models import PreferenceCount, PreferenceSum, ScoreInterval, ScoreRun
from segmentation.pages.figures import Choice
from segmentation.pages.spans import Kind, Span
from segmentation.preferences import figures, nightly
from segmentation.preferences.figures import Preferences, counts
from segmentation.preferences.items import ANY, BEYOND, FEES, WITHOUT, start_of
from segmentation.preferences.nightly import preferences_keep, wanted_runs
from ui.listing import Asked
from workbench.customer_list.listing import CUSTOMERS
from workbench.tests.scored import make, order
from workbench.tests.test_a_figure_says_who_is_no_longer_yours import said

pytestmark = pytest.mark.django_db
ON = date(2026, 9, 30)
BEFORE = date(2026, 6, 30)


def product(name: str, flag: str = "") -> Product:
    return Product.objects.get_or_create(sku=name, defaults={"name": name.title(), "flag": flag})[0]


def line(of: Order, name: str | None, yuan: str) -> None:
    """One line of an order; None: free text."""
    OrderLine.objects.create(
        order=of,
        product=product(name) if name else None,
        description="" if name else "by hand",
        quantity=1 if not yuan.startswith("-") else -1,
        unit_price=abs(Decimal(yuan)),
        amount=Decimal(yuan),
    )


def sell(customer: Customer, day: date, *lines: tuple[str | None, str], state: str = "completed") -> Order:
    """An order with these lines; a return where they come to less than nothing."""
    amount = int(sum(Decimal(yuan) for _name, yuan in lines) * 100)
    made = order(customer, day, amount)
    Order.objects.filter(pk=made.pk).update(
        state=state, kind="return" if amount < 0 else "purchase", number=f"{made.number}-{made.pk}"
    )
    for name, yuan in lines:
        line(made, name, yuan)
    return made


def counted(*days: date) -> None:
    for day in days:
        night.rescore(day)
    list(preferences_keep(ON))


def page_of(user: User, on: date = ON, *, by_sales: bool = False, page: int = 1, **chosen) -> Preferences:
    run = ScoreRun.objects.get(as_of=on)
    choice = Choice(run, Span(Kind.MONTH, on.replace(day=1), on), **chosen)
    return Preferences(user, choice, counts(), by_sales=by_sales, page=page)


def opened(user: User, url: str) -> tuple[int, int, int]:
    """Of the list behind an address: its customers, how many are gone, and what it says they brought."""
    request = RequestFactory().get(url)
    request.user = user
    asked = Asked(CUSTOMERS, request)
    assert asked.ignored == ""
    ids = list(asked.rows.order_by().values_list("pk", flat=True))
    return len(ids), said(asked.narrowing.gone), sum(asked.narrowing.drill.sums(ids).values())


# --- the worked example of docs/algorithms/dashboard.md --------------------------------------------------------------
@pytest.fixture
def shop(cast, monkeypatch):
    """Four customers of 小王's and one of the stranger's; here two are enough for a share."""
    monkeypatch.setattr(figures, "FEW", 2)
    product("shipping", Product.Flag.FEE)
    a, b, c, d = (make(name, cast.wang, cast.shanghai) for name in "ABCD")
    sell(a, date(2026, 9, 1), ("tea", "300"), ("cup", "50"))
    sell(a, date(2026, 9, 5), ("cup", "-50"))
    sell(b, date(2026, 9, 2), ("tea", "100"), (None, "20"), ("shipping", "10"))
    sell(c, date(2026, 9, 3), ("cup", "70"))
    sell(c, date(2026, 9, 4), ("tea", "500"), state="cancelled")
    sell(d, date(2025, 9, 30), ("tea", "40"))
    sell(make("X", cast.outsider, cast.north), date(2026, 9, 1), ("pot", "999"))
    counted(ON)
    return cast


def test_the_worked_example(shop):
    shown = page_of(shop.wang)
    tea, cup = product("tea").pk, product("cup").pk
    goods = {tea: (2, 400_00), cup: (1, 70_00)}
    assert shown.all == {ANY: (3, 500_00), **goods, WITHOUT: (1, 20_00), FEES: (1, 10_00)}
    assert [(row.name, row.sku, round(row.cells[0].share, 3)) for row in shown.rows] == [
        ("Tea", "tea", 0.667),
        ("Cup", "cup", 0.333),
    ]
    assert [row.name for row in shown.further] == ["Without a product", "Fees and discounts"]
    assert shown.title == "67% of buying customers bought Tea"
    assert [round(row.cells[0].share, 2) for row in page_of(shop.wang, by_sales=True).rows] == [0.8, 0.14]


@pytest.mark.parametrize("by_sales", [False, True])
def test_every_number_opens_whom_it_counts(shop, by_sales):
    customer_transfer(customer=Customer.objects.get(number="B"), to=shop.outsider, by=shop.admin)
    for user in (shop.wang, shop.auditor):
        shown = page_of(user, by_sales=by_sales)
        cells = [cell for row in (*shown.rows, *shown.further, shown.of_all) for cell in row.cells if cell.url]
        assert cells
        for cell in cells:
            here, gone, brought = opened(user, cell.url)
            assert gone == 0 or user == shop.wang
            if not by_sales:
                assert here + gone == cell.customers
            if not gone:
                assert brought == cell.revenue or not by_sales


def test_the_page_its_files_and_the_chip_of_the_list(sign_in, shop):
    client = sign_in(shop.wang)
    answer = client.get(reverse("preferences"))
    text = answer.content.decode()
    assert "67% of buying customers bought Tea" in text
    assert "Neither has been" in text, "no earlier end of a month"
    assert ">Pot<" not in text
    asked = {"file": "csv", "table": "bought"}
    rows = b"".join(client.get(reverse("preferences"), asked)).decode("utf-8-sig").splitlines()
    assert rows[1] == "Tea,tea,Together,2,66.7,400.00,80.0"
    cell = answer.context["shown"].rows[0].cells[0]
    chip = client.get(cell.url).content.decode()
    assert "Tea: bought in 365 days" in chip
    assert "¥300" in chip, "what each of them brought of it"


def test_filters_of_the_page_narrow_what_is_counted(shop):
    assert page_of(shop.auditor, team=shop.north).buyers == 1
    assert page_of(shop.auditor, scheme="b2b").all == {}
    assert page_of(shop.li).all == {}


def test_the_darkest_cell_is_the_highest_share(shop):
    """Tea 67 %, cup 33 %: the full wash and half of it."""
    assert [row.cells[0].wash for row in page_of(shop.wang).rows] == [5, 3]


def test_few_customers_have_no_shares(shop, monkeypatch):
    monkeypatch.setattr(figures, "FEW", 30)
    shown = page_of(shop.wang)
    assert {cell.share for row in shown.rows for cell in row.cells} == {None}
    assert shown.title == "What each tier buys"


def test_many_products_stand_on_several_pages(shop, monkeypatch):
    monkeypatch.setattr(figures, "SHOWN", 1)
    first, second = (page_of(shop.wang, by_sales=True, page=page) for page in (1, 2))
    assert [row.name for row in (*first.rows, *second.rows)] == ["Tea", "Cup"]
    assert (first.pages, first.others, first.elsewhere[0][0]) == (2, 1, 70_00)
    assert page_of(shop.wang, page=99).page == 2


# --- who buys more of what --------------------------------------------------------------------------------------------
def test_growth_is_told_against_an_earlier_month(cast, sign_in, monkeypatch):
    monkeypatch.setattr(figures, "FEW", 2)
    for n in range(3):
        customer = make(f"T{n}", cast.wang, cast.shanghai)
        sell(customer, date(2025, 8, 1), ("old", "10"))
        if n:
            sell(customer, date(2026, 6, 1), ("tea", "10"))
        sell(customer, date(2026, 8, 1), ("new", "10"), ("tea", "10"))
    sell(customer, date(2026, 8, 2), ("rare", "10"))
    counted(BEFORE, ON)
    shown = page_of(cast.wang)
    assert shown.earlier.run.as_of == BEFORE
    told = [(moved.name, moved.before, moved.now, moved.change) for moved in shown.both]
    assert told == [("New", 0, 3, None), ("Tea", 2, 3, 0.5), ("Old", 3, 0, -1)]
    for moved in shown.both:
        for url, n in ((moved.before_url, moved.before), (moved.now_url, moved.now)):
            assert opened(cast.wang, url)[0] == n
    text = sign_in(cast.wang).get(reverse("preferences")).content.decode()
    assert "too few" in text
    assert page_of(cast.wang, BEFORE).earlier is None


def test_what_was_not_kept_by_name_is_no_growth(cast, monkeypatch):
    monkeypatch.setattr(figures, "FEW", 1)
    monkeypatch.setattr(nightly, "MOST", 1)
    one = make("A", cast.wang, cast.shanghai)
    sell(one, date(2025, 9, 1), ("tea", "10"), ("cup", "5"))
    sell(one, date(2026, 8, 1), ("cup", "50"))
    counted(BEFORE, ON)
    assert BEYOND in page_of(cast.wang, BEFORE).all
    assert [moved.name for moved in page_of(cast.wang).moved] == ["Tea"], "nobody knows how many bought cups then"


# --- when it is counted ----------------------------------------------------------------------------------------------
def test_a_month_is_counted_once_and_again_when_it_was_scored_again(shop):
    before = PreferenceCount.objects.get().counted_at
    list(preferences_keep(ON))
    assert PreferenceCount.objects.get().counted_at == before
    sell(Customer.objects.get(number="C"), date(2026, 9, 9), ("tea", "5"))
    counted(ON)
    assert PreferenceCount.objects.get().counted_at > before
    assert page_of(shop.wang).all[product("tea").pk] == (3, 405_00)


def test_ends_of_months_are_kept_and_before_them_the_last_night(shop):
    night.rescore(date(2026, 10, 7))
    assert [run.as_of for run in wanted_runs()] == [ON]
    ScoreRun.objects.filter(as_of=ON).delete()
    assert [run.as_of for run in wanted_runs()] == [date(2026, 10, 7)]
    list(preferences_keep(ON))
    assert page_of(shop.wang, date(2026, 10, 7)).buyers == 3


def test_before_any_night_and_with_free_text_only_the_page_says_what_is_missing(sign_in, cast):
    client = sign_in(cast.wang)
    assert "No scores yet" in client.get(reverse("preferences")).content.decode()
    sell(make("A", cast.wang, cast.shanghai), date(2026, 9, 1), (None, "10"))
    night.rescore(ON)
    assert "Not counted yet" in client.get(reverse("preferences")).content.decode()
    list(preferences_keep(ON))
    assert "No order line names a product" in client.get(reverse("preferences")).content.decode()


def test_odd_words_in_an_address_narrow_nothing(shop, sign_in):
    client = sign_in(shop.wang)
    for odd in ("x", "-1", "0", "9" * 40, "²"):
        answer = client.get(reverse("customer_list"), {"view": "all", "run": ON, "product": odd})
        assert len(answer.context["list"].drawn) == 4
    assert client.get(reverse("preferences"), {"page": "x", "run": "x", "by": "x"}).status_code == 200


# --- the sums are what the orders say --------------------------------------------------------------------------------
def company(cast, dice: random.Random) -> list[Customer]:
    """Random customers with orders of all kinds: cancelled, open, in another currency, with and without lines."""
    product("shipping", Product.Flag.FEE)
    names = ["tea", "cup", "pot", "jar", "shipping", None]
    everybody = []
    for n in range(9):
        owner, team = dice.choice([(cast.wang, cast.shanghai), (cast.outsider, cast.north), (None, None)])
        customer = make(f"R{n}", owner, team)
        Customer.objects.filter(pk=customer.pk).update(kind=dice.choice(["person", "company"]))
        for _order in range(dice.randrange(5)):
            day = ON - timedelta(days=dice.randrange(-5, 400))
            lines = [
                (dice.choice(names), f"{dice.choice(['', '', '-'])}{dice.randrange(1, 999)}.{dice.randrange(100):02}5")
                for _line in range(dice.randrange(4))
            ]
            made = sell(customer, day, *lines, state=dice.choice(["completed", "completed", "open", "cancelled"]))
            rate = dice.choice([Decimal(1), Decimal("7.1234")])
            amount = int(made.total * rate) if lines else dice.randrange(1, 9_999)
            Order.objects.filter(pk=made.pk).update(rate=rate, amount=amount)
        everybody.append(customer)
    return everybody


def said_by_orders(owners: dict[int, tuple[int | None, int | None]], kept: set[int]) -> dict:
    """The sums in plain Python; `owners`: whose each customer was when the run was published."""
    run = ScoreRun.objects.get(as_of=ON)
    nets = defaultdict(Decimal)
    orders = Order.objects.filter(state="completed", ordered_on__range=(start_of(run), ON)).prefetch_related("lines")
    for one in orders:
        for sold in one.lines.all():
            known = sold.product
            item = WITHOUT if known is None else FEES if known.flag else known.pk
            nets[one.customer_id, item] += sold.amount * one.rate * 100
        if not one.lines.all():
            nets[one.customer_id, WITHOUT] += one.amount
    found = defaultdict(lambda: [set(), 0])
    for (customer, item), exact in nets.items():
        net = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
        score = ScoreInterval.objects.get(customer=customer, valid_from__lte=ON, valid_to=None)
        group = (*owners[customer], score.tier_scheme, score.tier)
        shown = item if item < 0 or item in kept else BEYOND
        for of in (shown, ANY):
            found[*group, of][1] += net
            if net > 0 and (of != ANY or item != FEES):
                found[*group, of][0].add(customer)
    return {key: (len(who), net) for key, (who, net) in found.items()}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_sums_are_what_the_orders_say(cast, seed, monkeypatch):
    """Also after hand-overs, with customers who went to the bin, and with the orders of one given to another."""
    monkeypatch.setattr(nightly, "MOST", seed)
    dice = random.Random(seed)
    everybody = company(cast, dice)
    Order.objects.filter(customer=everybody[1]).update(customer=everybody[2])
    night.rescore(ON)
    owners = dict(Customer.objects.values_list("pk", "owner"))
    owners = {pk: (owner, Customer.objects.get(pk=pk).team_id) for pk, owner in owners.items()}
    for customer in everybody[3:6]:
        to = cast.outsider if customer.owner == cast.wang else cast.wang
        customer_transfer(customer=customer, to=to, by=cast.admin)
    customer_delete(customer=everybody[6], by=cast.admin)
    list(preferences_keep(ON))
    stored = {
        (row.owner_id, row.team_id, row.tier_scheme, row.tier, item): (n, net)
        for row in PreferenceSum.objects.all()
        for item, n, net in zip(row.items, row.customers, row.revenue, strict=True)
    }
    assert stored == said_by_orders(owners, {item for item in PreferenceCount.objects.get().items if item > 0})
    assert stored
    for user in (cast.wang, cast.auditor):
        shown = page_of(user)
        for row in (*shown.rows, *shown.further, shown.of_all):
            for cell in filter(lambda cell: cell.url, row.cells):
                here, gone, _brought = opened(user, cell.url)
                assert here + gone == cell.customers, (row.name, cell)
