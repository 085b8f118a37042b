"""Signs that stand alone don't block, accents don't matter on either side, parts of words are found in any script."""

import importlib

import pytest
from django.apps import apps
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from conftest import cast_made
from customers import services, words
from customers.models import Customer
from customers.search import search_filter, tokens_for

NAMES = (
    "Marks & Spencer", "恒远 · 华东", "C+A / Mode", "Müller GmbH", "Muller KG", "José Niño", "Nguyễn Văn Đức",
    "Łódź Dom", "Café Straße", "Smørrebrød", "Иванов Пётр", "テスト商会", "가나다상사", "مُحَمَّد شركة",
    "Παπαδόπουλος", "沈强",
)  # fmt: skip


@pytest.fixture(scope="module")
def owner(django_db_setup, django_db_blocker):
    """Of a file of each name, made once for all tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        wang = cast_made().wang
        for place, name in enumerate(NAMES):
            services.customer_create(by=wang, owner=wang, number=f"S{place:04d}", kind="company", name=name)
        yield wang
        transaction.set_rollback(True)


def found(user, text):
    return set(Customer.objects.for_user(user).filter(search_filter(user, text)).values_list("name", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Marks & Spencer", {"Marks & Spencer"}),
        ("spencer - marks", {"Marks & Spencer"}),
        ("恒远 · 华东", {"恒远 · 华东"}),
        ("恒远 – 华东", {"恒远 · 华东"}),
        ("c+a / mode", {"C+A / Mode"}),
        ("( 恒远", {"恒远 · 华东"}),
        ("muller", {"Müller GmbH", "Muller KG"}),
        ("Müller", {"Müller GmbH", "Muller KG"}),
        ("mu\u0308ller", {"Müller GmbH", "Muller KG"}),
        ("Müll", {"Müller GmbH", "Muller KG"}),
        ("ülle", {"Müller GmbH", "Muller KG"}),
        ("jose", {"José Niño"}),
        ("nino", {"José Niño"}),
        ("nguyen", {"Nguyễn Văn Đức"}),
        ("duc nguyen", {"Nguyễn Văn Đức"}),
        ("lodz", {"Łódź Dom"}),
        ("ŁÓDŹ", {"Łódź Dom"}),
        ("cafe", {"Café Straße"}),
        ("strasse", {"Café Straße"}),
        ("smorrebrod", {"Smørrebrød"}),
        ("Иван", {"Иванов Пётр"}),
        ("петр", {"Иванов Пётр"}),
        ("тр", {"Иванов Пётр"}),
        ("テス", {"テスト商会"}),
        ("ﾃｽﾄ", {"テスト商会"}),
        ("テ", {"テスト商会"}),
        ("デス", set()),
        ("가나", {"가나다상사"}),
        ("나다상", {"가나다상사"}),
        ("محم", {"مُحَمَّد شركة"}),
        ("محمد", {"مُحَمَّد شركة"}),
        ("παπαδο", {"Παπαδόπουλος"}),
        ("沈强", {"沈强"}),
        ("&", set()),
        ("+ - / (", set()),
        ("", set(NAMES)),
    ],
)
def test_it_is_found(owner, typed, meant):
    assert found(owner, typed) == meant


@pytest.mark.django_db
def test_the_api_finds_the_same(owner, sign_in):
    answer = sign_in(owner).get("/api/v1/customers/", {"search": "Marks & Spencer"})
    assert [row["name"] for row in answer.json()["results"]] == ["Marks & Spencer"]


@pytest.mark.django_db
def test_rows_stored_before_are_written_anew(owner):
    Customer.objects.update(search_tokens=["n:old"])
    importlib.import_module("customers.migrations.0010_search_folds_accents").renew(apps, None)
    assert found(owner, "nguyen") == {"Nguyễn Văn Đức"}
    assert Customer.objects.get(name="沈强").search_tokens == ["n:old"]  # Chinese and English rows aren't touched


def test_chinese_and_english_names_cost_no_more():
    assert tokens_for(name="Acme 恒远", number="K1") == sorted(
        ["n:acme", "n:恒", "n:远", "n:恒远", "n:heng", "n:hengyuan", "n:hy", "n:k1", "n:1"]
    )


@given(st.text(min_size=1, max_size=12))
def test_every_typed_part_is_made_of_stored_parts(name):
    stored = words.name_words(name)
    for way in words.query_words(name)[:1]:
        assert set(way) <= stored
