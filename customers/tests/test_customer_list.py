"""The list: scope, filters in the address, stable keyset pages, a bounded count, a constant number of queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock, paging
from customers import services
from customers.models import Customer, CustomerFacts
from segmentation.models import ScoreRun

AT_MOST = 12


@pytest.fixture
def many(cast):
    """120 customers of 小王's with equal, different and missing sort values."""
    rows = Customer.objects.bulk_create(
        Customer(number=f"N{n:03d}", name=f"客户{n}", name_sort=f"k{n % 7}", owner=cast.wang, kind="company")
        for n in range(120)
    )
    now = clock.now()
    CustomerFacts.objects.bulk_create(
        CustomerFacts(
            customer=row,
            tier="ABC"[n % 3],
            tier_rank=2 + n % 3,
            monetary=None if n % 5 == 0 else n // 3,
            last_contact_at=None if n % 4 == 0 else now - timedelta(days=n % 9),
            r=1 + n % 5,
            f=1,
            m=1,
        )
        for n, row in enumerate(rows)
    )
    return rows


def walk(client, **query):
    """All numbers over all pages forwards, and again backwards from the end."""
    seen, pages, cursor = [], [], None
    while True:
        page = client.get(reverse("customer_list"), query | ({"cursor": cursor} if cursor else {})).context["page"]
        seen += [row.number for row in page.rows]
        pages.append(page)
        cursor = page.next_cursor
        if not cursor:
            break
    back, cursor = [row.number for row in pages[-1].rows], pages[-1].previous_cursor
    while cursor:
        page = client.get(reverse("customer_list"), query | {"cursor": cursor}).context["page"]
        back = [row.number for row in page.rows] + back
        cursor = page.previous_cursor
    return seen, back


@pytest.mark.parametrize(
    "sort", ["name", "-name", "tier", "-tier", "contact", "-contact", "value", "-value", "bought", "-bought"]
)
def test_pages_hold_every_customer_once_in_both_directions(sort, cast, many, sign_in):
    seen, back = walk(sign_in(cast.wang), sort=sort)
    assert len(seen) == len(set(seen)) == 120
    assert back == seen


def test_missing_values_come_last_in_both_orders(cast, many):
    for order in (("facts__monetary", "facts__pk"), ("-facts__monetary", "-facts__pk")):
        rows = paging.keyset_page(Customer.objects.select_related("facts"), order=order, size=200).rows
        values = [row.facts.monetary for row in rows]
        filled = [value for value in values if value is not None]
        assert filled == sorted(filled, reverse=order[0].startswith("-"))
        assert all(value is None for value in values[len(filled) :])


@pytest.mark.parametrize("sort", ["value", "-value", "tier", "-tier"])
def test_who_has_no_row_of_facts_comes_after_all_others(sort, cast, many, sign_in):
    Customer.objects.bulk_create(
        Customer(number=f"Z{n}", name=f"无{n}", owner=cast.wang, kind="company") for n in range(7)
    )
    seen, back = walk(sign_in(cast.wang), sort=sort)
    assert len(seen) == len(set(seen)) == 127
    assert {number[0] for number in seen[-7:]} == {"Z"}
    assert sorted(back) == sorted(seen)


@pytest.mark.parametrize("order", [("facts__monetary", "facts__pk"), ("-facts__monetary", "-facts__pk")])
def test_empty_values_are_read_along_the_index(order, cast, many):
    """With those that have no row at all in one question, the database would join both tables whole."""
    CustomerFacts.objects.update(monetary=None)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = paging.keyset_page(Customer.objects.select_related("facts"), order=order)
        paging.keyset_page(Customer.objects.select_related("facts"), order=order, cursor=page.next_cursor)
    assert len(page.rows) == 50
    joins = [query["sql"] for query in asked.captured_queries]
    assert joins
    assert not [text for text in joins if 'LEFT OUTER JOIN "customers_customerfacts"' in text]


def test_customers_that_come_and_go_between_pages_double_nobody(cast, many, sign_in):
    client = sign_in(cast.wang)
    first = client.get(reverse("customer_list"), {"sort": "name"}).context["page"]
    Customer.all_objects.filter(pk=first.rows[3].pk).update(deleted_at=clock.now())
    services.customer_create(by=cast.wang, owner=cast.wang, name="a 新来的", phone="13800000000")
    query = {"sort": "name", "cursor": first.next_cursor}
    second = client.get(reverse("customer_list"), query).context["page"]
    assert not {row.pk for row in first.rows} & {row.pk for row in second.rows}


def test_a_broken_cursor_shows_the_first_page(cast, many, sign_in):
    assert sign_in(cast.wang).get(reverse("customer_list"), {"cursor": "%%%"}).context["page"].previous_cursor is None


def test_people_see_their_own_their_teams_and_nobody_elses(cast, many, customer, sign_in):
    numbers = {
        who: len(walk(sign_in(getattr(cast, who)), view="all")[0])
        for who in ("wang", "li", "lead", "outsider", "auditor")
    }
    assert numbers == {"wang": 121, "li": 0, "lead": 121, "outsider": 0, "auditor": 121}


def test_filters_stand_in_the_address_and_can_be_taken_away(cast, many, sign_in):
    answer = sign_in(cast.wang).get(reverse("customer_list"), {"tier": "A", "silent": "5", "r": "1"})
    assert all(row.facts.tier == "A" and row.facts.r == 1 for row in answer.context["page"].rows)
    assert [chip.remove for chip in answer.context["list"].chips] == [
        "?silent=5&r=1",
        "?tier=A&r=1",
        "?tier=A&silent=5",
    ]


@pytest.mark.parametrize(
    "bad", [{"tier": "Z"}, {"silent": "x"}, {"owner": "abc"}, {"bought_after": "31.2."}, {"r": "9"}]
)
def test_a_filter_that_cannot_be_read_is_left_out_and_said(bad, cast, many, sign_in):
    answer = sign_in(cast.wang).get(reverse("customer_list"), bad)
    assert answer.status_code == 200
    assert len(answer.context["page"].rows) == 50
    assert "could not be read" in answer.content.decode()


@pytest.mark.parametrize("hidden", [{"phone__startswith": "138"}, {"ordering": "phone"}, {"sort": "phone"}])
def test_hidden_fields_neither_filter_nor_sort(hidden, cast, many, customer, sign_in):
    client = sign_in(cast.auditor)
    plain = client.get(reverse("customer_list")).context["page"].rows
    assert client.get(reverse("customer_list"), hidden).context["page"].rows == plain


def test_the_count_is_exact_up_to_a_thousand(cast, many, sign_in, monkeypatch):
    client = sign_in(cast.wang)
    assert client.get(reverse("customer_list")).context["list"].total == "120"
    monkeypatch.setattr("ui.listing.COUNT_UP_TO", 100)
    assert client.get(reverse("customer_list")).context["list"].total == "100+"


def test_a_figure_of_nobody_opens_an_empty_list(cast, many, sign_in):
    ScoreRun.objects.create(as_of="2026-11-01", started_at=clock.now(), published_at=clock.now())
    answer = sign_in(cast.wang).get(reverse("customer_list"), {"run": "2026-11-01", "from": "B", "to": "A"})
    assert len(answer.context["page"].rows) == 0
    assert len(sign_in(cast.wang).get(reverse("customer_list")).context["page"].rows) == 50, "the twin"


def test_previous_and_next_lead_through_the_list(cast, many, sign_in):
    client = sign_in(cast.wang)
    rows = client.get(reverse("customer_list"), {"sort": "name"}).context["page"].rows
    step = reverse("customer_step", args=[rows[1].pk, "next"])
    assert client.get(step, {"list": "view=mine&sort=name"}).url.startswith(reverse("customer", args=[rows[2].pk]))
    step = reverse("customer_step", args=[rows[1].pk, "previous"])
    assert client.get(step, {"list": "view=mine&sort=name"}).url.startswith(reverse("customer", args=[rows[0].pk]))


def test_the_page_says_at_which_place_of_the_list_one_is(cast, many, sign_in, monkeypatch):
    client = sign_in(cast.wang)
    rows = client.get(reverse("customer_list"), {"sort": "name"}).context["page"].rows
    address = reverse("customer", args=[rows[1].pk])
    assert "2 of 120" in client.get(address, {"list": "view=mine&sort=name"}).content.decode()
    monkeypatch.setattr("ui.listing.COUNT_UP_TO", 100)
    assert "2 of 100+" in client.get(address, {"list": "view=mine&sort=name"}).content.decode()
    monkeypatch.setattr("ui.listing.COUNT_UP_TO", 1)
    assert client.get(address, {"list": "view=mine&sort=name"}).context["place"] is None


def test_a_customer_opened_from_the_list_as_it_opens_has_a_way_on_as_well(cast, many, sign_in):
    client = sign_in(cast.wang)
    row = client.get(reverse("customer_list")).context["page"].rows[0]
    address = reverse("customer", args=[row.pk])
    assert 'rel="next"' in client.get(f"{address}?list=").content.decode()
    assert 'rel="next"' not in client.get(address).content.decode()
    outside = client.get(address, {"list": "q=nobody-of-that-name"}).content.decode()
    assert 'rel="next"' in outside
    assert " of 120" not in outside


# --- queries ---------------------------------------------------------------------------------------------------------
def count(client, url, **query):
    client.get(url, query)  # catalogues are read once a minute
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(url, query).status_code == 200
    return len(found)


def test_a_full_page_takes_no_more_queries_than_a_short_one(cast, many, sign_in):
    client = sign_in(cast.wang)
    full = count(client, reverse("customer_list"), view="all")
    short = count(client, reverse("customer_list"), view="all", q="客户11")
    assert short <= full <= AT_MOST


def test_the_page_takes_the_same_queries_with_much_history(cast, customer, sign_in):
    client, url = sign_in(cast.wang), reverse("customer", args=[customer.pk])
    services.interaction_log(customer=customer, by=cast.wang, kind="call", result="reached")
    few = count(client, url)
    for n in range(30):
        services.contact_add(customer=customer, by=cast.wang, name=f"联系人{n}")
        services.interaction_log(customer=customer, by=cast.wang, kind="call", result="reached")
    assert count(client, url) == few
