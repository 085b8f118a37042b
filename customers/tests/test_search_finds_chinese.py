"""Search: Chinese names by one or two characters, pinyin, initials; phones by tail or whole; only what one may read."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import MaskRule
from customers import services, words
from customers.models import Customer
from customers.search import search_filter, searched, tokens_for

HAN = st.text(alphabet=[chr(c) for c in range(0x4E00, 0x4E00 + 400)], min_size=1, max_size=8)
LATIN = st.text(alphabet=string.ascii_lowercase, min_size=1, max_size=12)


def found(user, text):
    return list(Customer.objects.for_user(user).filter(search_filter(user, text)).values_list("number", flat=True))


@pytest.fixture
def file(cast):
    customer = services.customer_create(
        by=cast.wang,
        owner=cast.wang,
        number="K0000777",
        kind="company",
        name="苏州恒远精密 ABC",
        phone="+86 138 1234 5678",
        email="Office@Hengyuan.example.com",
    )
    services.contact_add(customer=customer, by=cast.wang, name="陈国强", phone="0512-65781234")
    return customer


@pytest.mark.parametrize(
    "text",
    [
        "恒",
        "恒远",
        "苏州恒远精密",
        "hengyuan",
        "suzhou",
        "hy",
        "szhy",
        "szhyjm",
        "abc",
        "ＡＢＣ",
        "K0000777",
        "777",
        "5678",
        "138 1234 5678",
        "13812345678",
        "+8613812345678",
        "office@hengyuan.example.com",
        "陈国强",
        "国强",
        "cgq",
        "chen",
        "1234",
        "恒远 5678",
    ],
)
def test_the_owner_finds_the_file_by(text, file, cast):
    assert found(cast.wang, text) == ["K0000777"]


@pytest.mark.parametrize("text", ["远恒", "67", "1381234567", "office@heng", "恒远 9999", "%", "_", "李"])
def test_the_file_is_not_found_by(text, file, cast):
    assert found(cast.wang, text) == []


def test_a_changed_name_is_found_by_its_new_words_only(file, cast):
    services.customer_update(customer=file, changes={"name": "无锡德润"}, version=file.version, by=cast.wang)
    assert found(cast.wang, "德润") == ["K0000777"]
    assert found(cast.wang, "恒远") == []
    assert found(cast.wang, "国强") == ["K0000777"]


def test_a_removed_contact_is_no_longer_found(file, cast):
    services.contact_delete(contact=file.contacts.get(), by=cast.wang)
    assert found(cast.wang, "国强") == []


# --- who may search by what ------------------------------------------------------------------------------------------
def test_masked_phones_are_found_by_tail_or_whole_and_masked_mails_never(file, cast):
    assert found(cast.auditor, "5678") == found(cast.auditor, "13812345678") == ["K0000777"]
    assert found(cast.auditor, "office@hengyuan.example.com") == []


def test_hidden_phones_are_never_found(file, cast):
    MaskRule.objects.filter(role=cast.auditor.role, field_class="phone").update(mode="hidden")
    assert found(cast.auditor, "5678") == found(cast.auditor, "13812345678") == []


def test_twin_the_mask_rule_is_what_hides_them(file, cast):
    MaskRule.objects.filter(role=cast.auditor.role, field_class="phone").update(mode="full")
    assert found(cast.auditor, "5678") == ["K0000777"]


def test_a_pool_customer_is_found_by_name_and_not_by_its_contacts(file, cast):
    services.customer_transfer(customer=file, to=None, by=cast.lead)
    assert found(cast.outsider, "恒远") == ["K0000777"]
    assert found(cast.outsider, "国强") == found(cast.outsider, "office@hengyuan.example.com") == []


def test_a_pool_customer_is_not_found_by_its_phone_or_mail(file, cast):
    """Masked to everybody, so not even by the last digits, which a mask elsewhere shows."""
    services.customer_transfer(customer=file, to=None, by=cast.lead)
    for text in ("5678", "13812345678", "office@hengyuan.example.com"):
        assert found(cast.outsider, text) == []
    assert found(cast.auditor, "5678") == ["K0000777"], "the twin: an auditor sees the masked number of everybody"


def test_nobody_finds_what_is_out_of_reach(file, cast):
    assert found(cast.outsider, "恒远") == found(cast.outsider, "13812345678") == []


def test_a_search_cannot_be_narrowed_digit_by_digit(file, cast):
    """A binary search over prefixes must not rebuild a masked number."""
    number = "13812345678"
    hits = [n for n in range(1, 11) if found(cast.auditor, number[:n])]
    assert hits == []


# --- properties ------------------------------------------------------------------------------------------------------
def matches(tokens, text):
    have = set(tokens)
    return any(all(f"n:{word}" in have for word in way) for way in words.query_words(text))


@given(name=HAN, data=st.data())
@settings(max_examples=150, deadline=None)
def test_every_part_of_a_chinese_name_finds_it(name, data):
    start = data.draw(st.integers(0, len(name) - 1))
    part = name[start : data.draw(st.integers(start + 1, len(name)))]
    assert matches(tokens_for(name=name, number="K1"), part)


@given(name=HAN, other=HAN)
@settings(max_examples=150, deadline=None)
def test_a_name_is_not_found_by_characters_it_does_not_have(name, other):
    if set(other) - set(name):
        assert not matches(tokens_for(name=name, number="K1"), other)


@given(first=LATIN, second=LATIN)
@settings(max_examples=100, deadline=None)
def test_whole_latin_words_find_a_name_in_any_case(first, second):
    tokens = tokens_for(name=f"{first.title()} {second.upper()}", number="K1")
    assert matches(tokens, first.upper())
    assert matches(tokens, second)


@given(name=st.text(max_size=160), phone=st.text(max_size=40), email=st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_makes_tokens_that_fit_their_column(name, phone, email):
    tokens = tokens_for(name=name, number="K1", phones=[phone], emails=[email])
    assert all(2 < len(token) <= 80 and token[1] == ":" for token in tokens)


@pytest.mark.parametrize("text", ["", "   ", "\x00", "'; --", "\\", "(", "𠮷野家", "🙂", "a" * 300, "1" * 300])
def test_no_typed_text_breaks_the_search(text, file, cast):
    assert found(cast.wang, text) == ([] if text.strip() else [file.number])


# --- few and many hits -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("limit", [0, 1, 1000])
def test_few_and_many_hits_give_the_same_customers(limit, file, cast, monkeypatch):
    """Up to a limit hits are named by id, beyond it the condition itself is used."""
    second = services.customer_create(by=cast.wang, owner=cast.wang, name="恒远电缆", phone="13700001111")
    monkeypatch.setattr("customers.search.NAMED_UP_TO", limit)
    rows = searched(Customer.objects.for_user(cast.wang), cast.wang, "恒远")
    assert {row.pk for row in rows} == {file.pk, second.pk}
    assert not searched(Customer.objects.for_user(cast.outsider), cast.outsider, "恒远").exists()
