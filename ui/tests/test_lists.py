"""What all lists share: the address says everything, unknown words in it are ignored, rows are masked and escaped."""

from dataclasses import dataclass, replace

import pytest
from django.db.models import Q
from django.test import RequestFactory

from customers.models import Customer
from ui.listing import Asked, Bulk, Cell, Chip, Column, Empty, Filter, Listing, Offer, Tab

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Row:
    pk: int
    name: str
    phone: str


LISTING = Listing(
    permission="customer.view",
    rows=lambda asked: Customer.objects.for_user(asked.user),
    draw=lambda asked, page: [Row(row.pk, row.name, row.phone) for row in page],
    columns=(
        Column("Name", lambda row: row.name, sort="name"),
        Column("Phone", lambda row: row.phone, typed=True),
        Column(
            "Number", lambda row: str(row.pk), css="number", sort="number", shown=lambda asked: asked.tab.key == "all"
        ),
    ),
    orders={"name": ("name_sort", "pk"), "number": ("number", "pk")},
    caption="Customers",
    empty=lambda asked: Empty("Nobody"),
    tabs=(Tab("all", "All"), Tab("companies", "Companies", lambda asked: Q(kind="company"), order="number")),
    tab_counts=lambda asked, rows: {"all": rows.count(), "companies": rows.filter(kind="company").count()},
    filters=(
        Filter(
            "region",
            "Region",
            read=lambda asked, text: text if text in ("苏州", "上海") else None,
            where=lambda asked, value: Q(region=value),
            words=lambda asked, value: value,
            choices=lambda asked: [("苏州", "苏州"), ("上海", "上海")],
        ),
    ),
    search=lambda asked, rows: rows.filter(name__contains=asked.q),
    named=lambda row: row.name,
)


@pytest.fixture
def ask(cast):
    for n, (name, kind, region) in enumerate(
        [("甲", "company", "苏州"), ("乙", "person", "上海"), ("丙", "company", "上海")]
    ):
        Customer.objects.create(
            number=f"L{n}", name=name, name_sort=f"{n}", kind=kind, region=region, owner=cast.wang, phone="13812345678"
        )

    def asked(listing=LISTING, user=cast.wang, **query):
        request = RequestFactory().get("/somewhere/", query)
        request.user = user
        return Asked(listing, request)

    return asked


def names(asked):
    return [row.name for row in asked.drawn]


def test_tab_filter_search_and_order_stand_in_the_address(ask):
    assert names(ask()) == ["甲", "乙", "丙"]
    assert names(ask(tab="companies")) == ["甲", "丙"]
    assert names(ask(tab="companies", region="上海")) == ["丙"]
    assert names(ask(q="乙")) == ["乙"]
    assert names(ask(sort="-number")) == ["丙", "乙", "甲"]


def test_what_the_list_does_not_know_is_ignored(ask):
    assert names(ask(tab="x", region="x", sort="phone", cursor="%", other="1")) == ["甲", "乙", "丙"]
    assert ask(region="x").chips == []


def test_a_chip_takes_its_filter_away_and_keeps_the_rest(ask):
    asked = ask(tab="companies", region="上海", q="丙", cursor="x")
    assert [(chip.label, chip.value) for chip in asked.chips] == [("Search", "丙"), ("Region", "上海")]
    assert asked.chips[1].remove == "?tab=companies&q=%E4%B8%99"
    assert asked.clear == "?tab=companies"


def test_a_filter_one_tap_away_is_set_and_taken_back(ask):
    ((_heading, offers),) = ask(region="上海").offers
    assert [(offer.url, offer.on) for offer in offers] == [("?region=%E8%8B%8F%E5%B7%9E", False), ("?", True)]


def test_tabs_count_under_the_filters(ask):
    links = ask(region="上海", tab="companies").tab_links
    assert [(link.count, link.current) for link in links] == [(2, False), (1, True)]


def test_a_tab_brings_its_order_until_another_is_chosen(ask):
    assert ask(tab="companies").order == ("number", "pk")
    assert ask(tab="companies", sort="-name").order == ("-name_sort", "-pk")


def test_heads_say_their_state_and_figures_begin_with_the_largest(ask):
    name, phone, number = ask(cursor="x").heads
    assert (name.state, name.url, phone.url, number.url) == ("ascending", "?sort=-name", "", "?sort=-number")
    assert len(ask(tab="companies").heads) == 2


def test_the_sort_menu_has_what_no_column_shows_and_keeps_the_filters(ask):
    listing = replace(LISTING, more_sorts={"newest": "Newest", "unknown": "x"}, first_sort="-newest")
    orders = LISTING.orders | {"newest": ("created_at", "pk")}
    asked = ask(replace(listing, orders=orders), tab="companies", region="上海", q="丙")
    assert asked.order == ("number", "pk"), "the tab's own comes first"
    assert [(head.label, head.falls) for head in asked.sorts] == [("Name", False), ("Number", True), ("Newest", False)]
    assert all(head.url.startswith("?tab=companies&region=%E4%B8%8A%E6%B5%B7&q=") for head in asked.sorts)
    begin = ask(replace(listing, orders=orders))
    assert (begin.order, begin.sorted_by.label, begin.sorted_by.falls) == (("-created_at", "-pk"), "Newest", False)
    assert begin.sorts[1].falls, "figures begin with the largest"
    assert ask(replace(LISTING, orders={"name": ("name_sort", "pk")})).sorts == [], "nothing to choose"


def test_rows_reach_only_who_may_see_them_masked_and_escaped(ask, cast):
    Customer.objects.filter(name="甲").update(name="<b>甲")
    body = ask().body
    assert "&lt;b&gt;甲" in body
    assert '<td data-label="Phone" data-user>13812345678</td>' in body
    assert "138****5678" in ask(user=cast.auditor).body
    assert "13812345678" not in ask(user=cast.auditor).body
    assert ask(user=cast.outsider).drawn == []


def test_rows_that_are_no_table_are_items(ask):
    Customer.objects.filter(name="甲").update(name="<b>甲")
    items = ask(tab="companies").items
    assert items.startswith("<li data-row>&lt;b&gt;甲13812345678</li>")
    assert items.count("<li") == 2


def test_rows_can_be_selected_only_where_there_is_something_to_do(ask):
    assert 'name="ids"' not in ask().body
    body = ask(replace(LISTING, bulk=lambda asked: [Bulk("Tag", "/tag/", "tag")])).body
    assert body.count('name="ids"') == 3
    assert 'aria-label="Select 乙"' in body


def test_the_total_is_counted_up_to_a_thousand(ask):
    assert ask().total == "3"
    Customer.objects.bulk_create(Customer(number=f"M{n}", name="多", owner=ask().user) for n in range(1001))
    assert ask().total == "1,000+"


class Elsewhere:
    """Filters that are said elsewhere: by kind."""

    def __init__(self, asked):
        self.asked, self.kind = asked, asked.given.get("kind", "")

    def narrow(self, rows):
        return rows.filter(kind=self.kind) if self.kind in ("company", "person") else rows

    def chips(self):
        return [Chip("Kind", self.kind, self.asked.query(kind=None))] if self.kind else []

    def offers(self):
        return [("Kind", [Offer("Persons", self.asked.query(kind="person"), False)])]

    def ignored(self):
        return [] if self.kind in ("", "company", "person") else ["Kind"]


def test_filters_that_are_said_elsewhere_stand_beside_its_own(ask):
    listing = replace(LISTING, narrowing=Elsewhere)
    asked = ask(listing, kind="company", region="上海")
    assert names(asked) == ["丙"]
    assert [(chip.label, chip.remove) for chip in asked.chips] == [
        ("Region", "?kind=company"),
        ("Kind", "?region=%E4%B8%8A%E6%B5%B7"),
    ]
    assert [heading for heading, _offers in asked.offers] == ["Region", "Kind"]
    assert asked.ignored == ""
    assert ask(listing, kind="x").ignored == "Kind"
    assert ask(kind="x").ignored == ""


def test_a_list_may_begin_elsewhere_than_with_its_first_tab(ask):
    listing = replace(LISTING, first_tab=lambda asked: "companies" if asked.q else "all")
    assert [ask(listing, **query).tab.key for query in ({}, {"q": "丙"}, {"q": "丙", "tab": "all"})] == [
        "all",
        "companies",
        "all",
    ]


def test_tabs_keep_search_and_filters_unless_they_begin_anew(ask):
    query = {"q": "丙", "region": "上海"}
    assert ask(**query).tab_links[1].url == "?q=%E4%B8%99&region=%E4%B8%8A%E6%B5%B7&tab=companies"
    assert ask(replace(LISTING, tabs_begin_anew=True), **query).tab_links[1].url == "?tab=companies"


def test_an_order_that_may_not_be_asked_for_neither_sorts_nor_is_offered(ask):
    listing = replace(LISTING, orders=lambda asked: {"name": ("name_sort", "pk")})
    asked = ask(listing, sort="-number")
    assert asked.order == ("name_sort", "pk")
    assert [head.url for head in asked.heads] == ["?sort=-name", "", ""]


def test_a_cell_may_say_something_on_its_td(ask):
    columns = (LISTING.columns[0], Column("Phone", lambda row: Cell("<1>", "digits"), css="wide", phone=""))
    assert '<td class="wide digits">&lt;1&gt;</td>' in ask(replace(LISTING, columns=columns)).body
