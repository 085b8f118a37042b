"""The customer list shows how complete each file is, is sorted and narrowed by it, and an index answers."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import MaskRule
from core import memo
from customers import completeness, required, services
from customers.models import CATALOGUES, Contact, Customer, Kind, Level, OwnReaders
from customers.services.facts import tokens_refresh
from customers.tests.own_fields.made import own

pytestmark = pytest.mark.django_db
FULL = {"phone": "13800138000", "email": "a@b.cn", "region": "上海", "address": "路", "gender": "f"}
FULL |= {
    "occupation": "医生",
    "birthday": "1990-01-01",
    "founded_on": "2001-01-01",
    "credit_code": "91310000775785552L",
}


@pytest.fixture
def ask(cast, django_capture_on_commit_callbacks):
    """Sets fields of one kind to levels."""

    def change(kind=Kind.COMPANY, **levels):
        row = required.row_of(kind)
        with django_capture_on_commit_callbacks(execute=True):
            services.required_fields_change(row=row, changes=levels, version=row.version, by=cast.admin)

    return change


@pytest.fixture
def files(cast):
    """A file of each kind that holds all, and one that lacks each single thing; with tokens as services leave them."""
    whole = FULL | {f"{name}_id": model.objects.first().pk for name, model in CATALOGUES.items()}
    for kind in Kind.values:
        for number, without in enumerate([None, *whole, "contact", "name", "all"]):
            given = {} if without == "all" else {name: value for name, value in whole.items() if name != without}
            code = f"{kind}-{number}"
            name = code if without == "name" else f"Firm {code}"
            row = Customer.objects.create(number=code, kind=kind, name=name, owner=cast.wang, **given)
            if without not in ("contact", "all"):
                Contact.objects.create(customer=row, name="赵工", phone="13800138000")
    tokens_refresh(Customer.objects.values_list("pk", flat=True))


def in_files() -> dict[str, int]:
    """As the page of each file says it."""
    found = {}
    for row in Customer.objects.all():
        has = Contact.objects.filter(customer=row).exists()
        missing = required.missing_of(row, has_contact=has, reached=has)
        found[row.number] = required.percent_of(row, missing)
    return found


def in_database() -> dict[str, int]:
    rows = completeness.with_percentage(Customer.objects.all())
    return dict(rows.values_list("number", completeness.PATH))


LEVELS = [
    {},
    {"email": Level.NEW, "founded_on": Level.WANTED, "phone": Level.NO, "reach": Level.WANTED},
    dict.fromkeys(required.FIELDS[Kind.COMPANY], Level.NO),
    {"credit_code": Level.ALWAYS, "market_standing": Level.WANTED, "contact": Level.NO},
]


@pytest.mark.parametrize("levels", LEVELS, ids=["shipped", "reach", "nothing", "others"])
def test_the_database_counts_as_the_page_of_a_file_does(cast, files, ask, levels):
    if levels:
        ask(**levels)
        ask(Kind.PERSON, phone=Level.NO, gender=Level.WANTED)
    own(cast.admin, "text", asked=Level.WANTED)
    said = in_files()
    assert in_database() == said
    assert len(set(said.values())) > 2


def listed(client, **asked) -> list[str]:
    page = client.get(reverse("customer_list"), {"view": "mine", **asked})
    assert page.status_code == 200
    return [row.number for row in page.context["page"].rows]


def test_sorted_and_narrowed_it_shows_the_same_as_the_files(cast, files, sign_in):
    client, said = sign_in(cast.wang), in_files()
    order = [said[number] for number in listed(client, sort="complete")]
    assert order == sorted(said.values())[: len(order)]
    for band, (_words, low, high) in completeness.BANDS.items():
        expected = {number for number, percent in said.items() if low <= percent <= high}
        assert set(listed(client, complete=band)) == expected, band
    page = client.get(reverse("customer_list"), {"view": "mine", "complete": "low", "sort": "complete"})
    assert re.search(r">0%<", page.content.decode())


def test_many_are_walked_and_not_named(cast, files, sign_in, monkeypatch):
    client = sign_in(cast.wang)
    few = listed(client, complete="high", sort="name")  # these files have no facts yet, by which a list begins
    monkeypatch.setattr(completeness, "NAMED_UP_TO", 0)
    assert listed(client, complete="high", sort="name") == few


def plan_of(rows) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    return rows.explain()


def test_an_index_answers_also_after_the_settings_have_changed(cast, files, ask):
    rows = completeness.with_percentage(Customer.objects.all()).order_by(completeness.PATH, "pk")[:50]
    before = plan_of(rows)
    assert "using customer_complete_" in before
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a test is one transaction: rows with checks to come
    ask(credit_code=Level.WANTED)
    after = plan_of(completeness.with_percentage(Customer.objects.all()).order_by(completeness.PATH, "pk")[:50])
    assert "using customer_complete_" in after
    assert re.findall(r"customer_complete_\w+", before) != re.findall(r"customer_complete_\w+", after)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE indexname LIKE 'customer_complete_%'")
        assert cursor.fetchone() == (1,)


def test_who_may_not_read_all_that_counts_is_not_told_by_the_order(cast, files, sign_in):
    client = sign_in(cast.wang)
    own(cast.admin, "text", asked=Level.WANTED, readers=OwnReaders.CONFIDENTIAL)
    MaskRule.objects.filter(role=cast.wang.role, field_class="confidential").update(mode="hidden")
    memo.forget_all()
    page = client.get(reverse("customer_list"), {"view": "mine", "complete": "low", "sort": "complete"})
    assert page.context["list"].sort != "complete"
    assert not re.search(r">0%<", page.content.decode())


def test_the_form_of_a_file_says_what_it_lacks(cast, customer, sign_in):
    page = sign_in(cast.wang).get(reverse("customer_edit", args=[customer.pk])).content.decode()
    assert "29%" in page
    assert "contact person" in page
