"""The customer list shows own fields as columns, is sorted and narrowed by them, page by page, for who reads them."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import MaskRule
from customers import services
from customers.models import Customer, CustomerFacts
from customers.own import ordered
from customers.tests.own_fields.made import own

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(cast):
    """Three customers of 小王 with a value of each kind, and one without."""
    for kind in ("text", "figure", "money", "date", "choice", "several", "yes_no", "person"):
        own(cast.admin, kind)
    held = [
        ("A", {"text": "b-2", "figure": "9", "money": 900, "date": "2027-01-05", "choice": "red", "several": ["red"]}),
        ("B", {"text": "A-1", "figure": "10.5", "money": 120050, "date": "2026-12-31", "choice": "blue"}),
        ("C", {"text": "c", "figure": "-3", "money": -5, "date": "2027-06-30", "several": ["red", "green"]}),
        ("D", {}),
    ]
    held[0][1].update(yes_no=True, person=cast.li.pk)
    held[2][1]["yes_no"] = False
    for name, values in held:
        Customer.objects.create(number=f"K-{name}", name=f"Firm {name}", name_sort=name, owner=cast.wang, own=values)


def listed(client, **asked) -> str:
    """The customers of the list, by their letters, in its order."""
    page = client.get(reverse("customer_list"), {"view": "mine", **asked})
    assert page.status_code == 200
    return "".join(dict.fromkeys(re.findall(r"Firm ([A-D])\b", page.content.decode().split("<tbody", 1)[-1])))


ORDERS = [("text", "BACD"), ("figure", "CABD"), ("money", "CABD"), ("date", "BACD")]


@pytest.mark.parametrize(("kind", "order"), ORDERS)
def test_sorted_by_a_field_those_without_a_value_come_last(cast, three, sign_in, kind, order):
    client = sign_in(cast.wang)
    assert listed(client, sort=f"own_{kind}") == order
    assert listed(client, sort=f"-own_{kind}") == order[2::-1] + "D"


def test_the_order_goes_on_over_pages(cast, sign_in):
    own(cast.admin, "figure", "Seats")
    rows = [
        Customer(number=f"K{n:03}", name=f"Firm {n}", owner=cast.wang, own={"seats": str(n * 3 % 61)})
        for n in range(1, 61)
    ]
    Customer.objects.bulk_create(rows)
    client = sign_in(cast.wang)
    first = client.get(reverse("customer_list"), {"view": "mine", "sort": "own_seats"})
    cursor = first.context["page"].next_cursor
    second = client.get(reverse("customer_list"), {"view": "mine", "sort": "own_seats", "cursor": cursor})
    found = [
        row.own["seats"]
        for page in (first, second)
        for row in Customer.objects.in_bulk([row.pk for row in page.context["page"].rows]).values()
    ]
    assert sorted(map(int, found)) == list(range(1, 61))
    assert max(int(Customer.objects.get(pk=row.pk).own["seats"]) for row in first.context["page"].rows) == 50


NARROWED = [
    ({"own_text": "a"}, "B"),
    ({"own_text": "B-"}, "A"),
    ({"own_figure-from": "9"}, "AB"),
    ({"own_figure-from": "9", "own_figure-to": "10"}, "A"),
    ({"own_money-from": "9.00"}, "AB"),
    ({"own_money-to": "0"}, "C"),
    ({"own_date-from": "2027-01-01"}, "AC"),
    ({"own_date-to": "2027-01-05"}, "AB"),
    ({"own_choice": "red"}, "A"),
    ({"own_several": "red"}, "AC"),
    ({"own_several": "green"}, "C"),
    ({"own_yes_no": "yes"}, "A"),
    ({"own_yes_no": "no"}, "C"),
]


@pytest.mark.parametrize(("asked", "found"), NARROWED)
@pytest.mark.parametrize("named_up_to", [1000, 0])  # few are named by id, many are walked
def test_narrowed_by_a_field(cast, three, sign_in, monkeypatch, asked, found, named_up_to):
    monkeypatch.setattr(ordered, "NAMED_UP_TO", named_up_to)
    assert "".join(sorted(listed(sign_in(cast.wang), sort="name", **asked))) == found


def test_narrowed_by_a_colleague(cast, three, sign_in):
    assert listed(sign_in(cast.wang), own_person=cast.li.pk) == "A"


def test_a_field_that_is_called_like_the_beginning_of_another_has_a_filter_of_its_own(cast, sign_in):
    own(cast.admin, "date", "Contract")
    own(cast.admin, name="Contract from")
    held = {"contract": "2026-05-05", "contract_from": "Berlin"}
    Customer.objects.create(number="A", name="Firm A", owner=cast.wang, own=held)
    client = sign_in(cast.wang)
    assert listed(client, **{"own_contract-from": "2026-01-01"}) == "A"
    assert listed(client, **{"own_contract-from": "2026-06-01"}) == ""
    assert listed(client, own_contract_from="Ber") == "A"


def test_what_cant_be_read_is_left_out_and_named(cast, three, sign_in):
    page = sign_in(cast.wang).get(reverse("customer_list"), {"view": "mine", "own_figure-from": "many"})
    assert "Firm D" in page.content.decode()
    assert "figure from" in page.content.decode()


def test_a_field_has_a_column_for_who_wants_it_and_while_the_list_goes_by_it(cast, three, sign_in):
    client, url = sign_in(cast.wang), reverse("customer_list")
    plain = client.get(url, {"view": "mine"}).content.decode()
    assert "¥1,200.50" not in plain
    chosen = client.get(url, {"view": "mine", "columns": ["own_money", "own_person"]}).content.decode()
    assert "¥1,200.50" in chosen
    assert cast.li.name in chosen
    assert "¥1,200.50" in client.get(url, {"view": "mine", "sort": "own_money"}).content.decode()
    assert "own_date" in client.get(url, {"view": "mine", "choose": "columns"}).content.decode()


def test_a_file_of_chosen_columns_holds_the_chosen_own_fields_alone(cast, three, sign_in):
    address = f"{reverse('customer_export')}?view=all&columns=own_money&columns=region"
    answer = sign_in(cast.lead).post(address, {"reason": "for the year's talk", "file": "csv"})
    head, *_rows = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    assert head == ["Number", "Name", "Region", "Money (CNY)"]


def test_all_filters_offers_them(cast, three, sign_in):
    page = sign_in(cast.wang).get(reverse("customer_filters"), {"own_choice": "red"}).content.decode()
    assert all(f'name="{name}"' in page for name in ("own_text", "own_money-from", "own_date-to", "own_several"))
    assert '<option value="red" selected>' in page


def test_who_may_not_read_a_field_neither_sees_sorts_nor_narrows_by_it(cast, sign_in):
    own(cast.admin, "figure", "Margin", readers="confidential")
    for name, value in (("A", "2"), ("B", "1")):
        Customer.objects.create(
            number=name, name=f"Firm {name}", name_sort=name, owner=cast.wang, own={"margin": value}
        )
    # Without facts nothing says in which order they stand where the list isn't sorted by the field.
    CustomerFacts.objects.bulk_create(CustomerFacts(customer=row) for row in Customer.objects.order_by("pk"))
    client = sign_in(cast.wang)
    assert listed(client, sort="own_margin") == "BA"
    MaskRule.objects.filter(role=cast.wang.role, field_class="confidential", relation="team").update(mode="mask")
    assert listed(client, sort="own_margin", **{"own_margin-from": "2"}) == "AB"
    MaskRule.objects.filter(role=cast.wang.role, field_class="confidential").update(mode="hidden")
    assert listed(client, sort="own_margin", **{"own_margin-from": "2"}) == "AB"
    page = client.get(reverse("customer_list"), {"view": "mine", "columns": ["own_margin"], "choose": "columns"})
    assert "Margin" not in page.content.decode()
    assert "Margin" not in client.get(reverse("customer_filters")).content.decode()


def test_the_pool_is_neither_sorted_nor_narrowed_by_them(cast, three, sign_in):
    Customer.objects.update(owner=None)
    assert set(listed(sign_in(cast.wang), view="pool", sort="own_figure", **{"own_figure-from": "9"})) == set("ABCD")
    assert listed(sign_in(cast.wang), view="all", q="Firm", own_choice="red") == ""


def test_a_column_costs_one_query_at_most_however_many_rows(cast, three, sign_in):
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("customer_list"), {"view": "mine", "columns": ["own_person", "own_money"]})
        return len(found)

    client = sign_in(cast.wang)
    asked()
    few = asked()
    Customer.objects.bulk_create(
        Customer(number=f"N{n}", name=f"N {n}", owner=cast.wang, own={"person": cast.li.pk}) for n in range(30)
    )
    assert asked() == few


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["figure", "text"])
def test_a_sorted_field_has_an_index_that_its_order_uses_and_loses_it_when_retired(cast, kind):
    field = own(cast.admin, kind, "Seats")
    named = [f"customer_own_{field.pk}"]

    def there() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL", named)
            return bool(cursor.fetchone()[0])

    try:
        assert there()
        path = ordered.path_of(field)
        rows = ordered.with_value(Customer.objects.all(), field).filter(**{f"{path}__isnull": False})
        with connection.cursor() as cursor:
            cursor.execute("SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off")
            plan = rows.order_by(path, "pk").explain()
            cursor.execute("RESET ALL")
        assert named[0] in plan
        services.own_field_retire(row=field, by=cast.admin)
        assert not there()
        services.own_field_restore(row=field, by=cast.admin)
        assert there()
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX IF EXISTS customer_own_{field.pk}")
