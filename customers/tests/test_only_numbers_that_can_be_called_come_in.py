"""One rule for phone numbers in every door; what is stored already is listed and stays until somebody mends it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts import services as account_services
from accounts.backends import find_account
from accounts.models import User
from core.phones import (
    BadPhoneError,
    all_callable,
    checked_mobile,
    checked_phone,
    checked_phones,
    phone_digits,
    phone_keys,
    tel_uri,
    text_number,
)
from customers import selectors, services
from customers.models import Channel, Contact, Customer
from customers.services import tokens_refresh

BAD = [
    "1380013800x", "139-0013-800", "1360000123", "136000012345", "1.38001E+10", "13800138015.0", "abc", "12",
    "+8613800138", "+44 20", "138001380155", "0138001380155", "１３８００１３８０１", "13800138015+1",
]  # fmt: skip
ONE = ["13800138101", "0138 0013 8101", "86138-0013-8101", "+86 138.0013.8101", "0086 13800138101", "(+86)13800138101",
       "１３８００１３８１０１", "\u202d13800138101\u202c"]  # fmt: skip


# --- the rule itself -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", BAD)
def test_what_is_no_number_of_its_country_is_refused_with_the_reason(text):
    with pytest.raises(BadPhoneError, match="isn't a phone number"):
        checked_phone(text)
    with pytest.raises(BadPhoneError):
        checked_mobile(text)


@pytest.mark.parametrize("text", ["(415) 555-0132", "415-555-0132", "229.077.5150", "415 555 0132"])
def test_a_number_of_another_country_needs_that_countrys_code(text):
    with pytest.raises(BadPhoneError, match="Write the other country's code"):
        checked_phone(text)
    assert checked_phone(f"+1 {text}").startswith("+1 ")


@pytest.mark.parametrize("text", ONE)
def test_all_spellings_are_one_number(text):
    assert (checked_phone(text), phone_digits(text), checked_mobile(text)) == (
        "13800138101", "13800138101", "+8613800138101",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "stored", "digits"),
    [
        ("0512-65781234", "0512 6578 1234", "051265781234"),
        ("+86 512 6578 1234", "0512 6578 1234", "051265781234"),
        ("65781234", "6578 1234", "65781234"),
        ("400-820-8820", "400 820 8820", "4008208820"),
        ("2165781234", "021 6578 1234", "02165781234"),
        ("95588", "95588", "95588"),
        ("110", "110", "110"),
        ("+44 20 7946 0958", "+44 20 7946 0958", "442079460958"),
        ("010-65781234-801", "010 6578 1234 ext. 801", "01065781234"),
        ("01065781234转801", "010 6578 1234 ext. 801", "01065781234"),
        ("021 6357 8888#9", "021 6357 8888 ext. 9", "02163578888"),
    ],
)
def test_landlines_service_numbers_and_extensions_are_possible(text, stored, digits):
    assert (checked_phone(text), phone_digits(text), checked_phone(stored)) == (stored, digits, stored)


def test_a_tap_dials_the_number_and_its_extension():
    assert tel_uri("010-65781234-801") == "tel:+86-10-6578-1234;ext=801"


def test_two_numbers_in_one_text_are_two():
    assert checked_phones("13800138401/13800138402") == ["13800138401", "13800138402"]
    assert phone_keys("13800138401 13800138402") == ["13800138401", "13800138402"]
    assert checked_phones("010/65781234") == ["010 6578 1234"]
    assert all_callable("13800138401/13800138402")
    assert not all_callable("13800138401/1380")


# --- every door ------------------------------------------------------------------------------------------------------
def _typed(**more: Any) -> dict[str, Any]:
    channel = Channel.objects.get(code="website").pk
    return {"idempotency_key": str(uuid.uuid4()), "kind": "person", "name": "甲", "channel": channel, **more}


@pytest.mark.parametrize("text", ["1380013800x", "1360000123", "136000012345", "13800138401/13800138402"])
def test_the_forms_and_the_api_refuse_them(cast, customer, sign_in, text):
    client = sign_in(cast.wang)
    answer = client.post(reverse("customer_new"), _typed(phone=text))
    assert (answer.status_code, "phone" in answer.context["form"].errors) == (422, True)
    answer = client.post(reverse("contact_new", args=[customer.pk]), {"name": "王芳", "phone": text})
    assert "phone" in answer.context["form"].errors
    key = account_services.token_create(user=cast.wang, by=cast.admin)
    api = Client(headers={"Authorization": f"Token {key}"})
    for path, body in (("customers", {"name": "甲"}), ("contacts", {"name": "王芳", "customer": customer.pk})):
        sent = api.post(f"/api/v1/{path}/", {**body, "phone": text}, content_type="application/json")
        assert (sent.status_code, "phone" in sent.json()["errors"]) == (400, True)
    assert not Customer.objects.filter(name="甲").exists()
    assert not Contact.objects.exists()


@pytest.mark.parametrize("text", ["1380013800x", "139-0013-800", "010-65781234-801", "10086"])
def test_people_get_only_numbers_with_which_they_can_sign_in(cast, sign_in, tmp_path, text):
    sent = {"name": "新人", "mobile": text, "role": cast.wang.role_id, "team": cast.shanghai.pk}
    assert sign_in(cast.admin).post("/settings/users/new/", sent).status_code == 422
    path = tmp_path / "users.csv"
    path.write_text(f"name,mobile\n新人,{text}\n", encoding="utf-8")
    call_command("import_users", str(path), map="name=name,mobile=mobile")
    assert not User.objects.filter(name="新人").exists()


@pytest.mark.parametrize("text", ONE)
def test_who_is_imported_signs_in_with_the_number(cast, tmp_path, settings, text):
    settings.DATA_DIR = str(tmp_path)
    path = tmp_path / "users.csv"
    path.write_text(f"name,mobile\n新人,{text}\n", encoding="utf-8")
    call_command("import_users", str(path), map="name=name,mobile=mobile")
    assert [find_account(spelling).name for spelling in ONE] == ["新人"] * len(ONE)


# --- what is stored already ------------------------------------------------------------------------------------------
@pytest.fixture
def old(cast):
    """A customer of 小王's and one of a stranger's with numbers from before."""
    rows = [
        Customer.objects.create(number=f"K{n}", name=f"老客户{n}", phone="1380013800x", owner=owner, team=owner.team)
        for n, owner in enumerate((cast.wang, cast.outsider))
    ]
    tokens_refresh([row.pk for row in rows])
    return rows


def test_another_field_of_such_a_customer_can_still_be_edited(cast, old, sign_in):
    client, path = sign_in(cast.wang), reverse("customer_edit", args=[old[0].pk])
    form = client.get(path).context["form"]
    sent = {bound.html_name: bound.value() or "" for bound in form if bound.html_name != "tags"}
    assert client.post(path, {**sent, "region": "苏州"}).status_code == 302
    old[0].refresh_from_db()
    assert (old[0].region, old[0].phone) == ("苏州", "1380013800x")
    key = account_services.token_create(user=cast.wang, by=cast.admin)
    api = Client(headers={"Authorization": f"Token {key}", "If-Match": "*"})
    body = {"phone": "1380013800x", "region": "上海"}
    sent = api.patch(f"/api/v1/customers/{old[0].pk}/", body, content_type="application/json")
    assert sent.status_code == 200, sent.content


def test_they_are_listed_to_whom_they_concern(cast, old, customer, sign_in):
    Contact.objects.create(customer=customer, name="王芳", phone="1390000")
    tokens_refresh([customer.pk])
    text = sign_in(cast.wang).get(reverse("data_quality")).content.decode()
    assert all(shown in text for shown in ("老客户0", "1380013800x", "王芳", "1390000"))
    assert "老客户1" not in text
    assert "老客户0" not in sign_in(cast.outsider).get(reverse("data_quality")).content.decode()


def test_the_list_shows_masked_what_is_masked(cast, old, sign_in):
    text = sign_in(cast.admin).get(reverse("data_quality")).content.decode()
    assert all(shown in text for shown in ("老客户0", "老客户1"))
    assert "1380013800x" not in text


def test_a_mended_number_leaves_the_list(cast, old, sign_in):
    services.customer_update(customer=old[0], changes={"phone": "13800138001"}, version=1, by=cast.wang)
    assert "老客户0" not in sign_in(cast.wang).get(reverse("data_quality")).content.decode()


def test_the_list_costs_the_same_for_many(cast, sign_in, django_assert_max_num_queries):
    rows = [Customer.objects.create(number=f"M{n}", name=f"客户{n}", phone="1380", owner=cast.wang) for n in range(30)]
    tokens_refresh([row.pk for row in rows])
    client = sign_in(cast.wang)
    client.get(reverse("data_quality"))
    with django_assert_max_num_queries(14):
        client.get(reverse("data_quality"))


# --- search and the hint of duplicates -------------------------------------------------------------------------------
@pytest.mark.parametrize("typed", [*ONE, "13800138401/13800138402"])
def test_a_number_is_found_in_any_spelling(cast, typed):
    services.customer_create(by=cast.wang, owner=cast.wang, name="甲", phone="138-0013-8101", phone2="13800138401")
    Customer.objects.filter(name="甲").update(phone2="13800138401/13800138402")
    both = Customer.objects.get()
    tokens_refresh([both.pk])
    assert list(selectors.customers_found(cast.wang, typed)) == [both]


@pytest.mark.parametrize("phone", ["013800138101", "１３８００１３８１０１", "+86 13800138101 转 8"])
def test_the_form_hints_at_the_same_phone_in_any_spelling(cast, phone):
    services.customer_create(by=cast.wang, owner=cast.wang, name="甲", phone="13800138101")
    assert selectors.duplicates_of(cast.wang, name="乙", phones=[phone])


def test_the_form_hints_at_the_same_address_where_it_is_shown(cast, sign_in):
    services.customer_create(by=cast.wang, owner=cast.wang, name="甲", email="Em.One@Example.com")
    answer = sign_in(cast.wang).post(reverse("customer_new"), _typed(name="乙", email="em.one@example.com"))
    assert (answer.status_code, "甲" in answer.content.decode()) == (422, True)
    assert not selectors.duplicates_of(cast.admin, name="乙", emails=["em.one@example.com"]), "masked: no guessing"
    assert selectors.duplicates_of(cast.outsider, name="乙", emails=["em.one@example.com"]).ask == ["小王"]


@pytest.mark.parametrize("name", ["müller  gmbh", "ＭÜＬＬＥＲ GmbH"])
def test_the_form_hints_at_the_same_name_in_any_spelling(cast, name):
    services.customer_create(by=cast.wang, owner=cast.wang, name="Müller GmbH", phone="13800138101")
    assert selectors.duplicates_of(cast.wang, name=name).in_reach
    assert not selectors.duplicates_of(cast.wang, name="Mueller AG")


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("138 0013 8015", "+8613800138015"),
        ("+44 7911 123456", "+447911123456"),
        ("+1 415 555 0132", "+14155550132"),  # mobile or not: the country doesn't tell
        ("+44 20 7946 0958", None),
        ("0512 6578 1234", None),
        ("010 6578 1234 ext. 801", None),
        ("13800138015 ext. 2", None),
        ("400 800 1234", None),
        ("95588", None),
        ("", None),
    ],
)
def test_a_text_message_has_the_number_of_a_mobile_or_none(typed: str, number: str | None) -> None:
    assert text_number(typed) == number
