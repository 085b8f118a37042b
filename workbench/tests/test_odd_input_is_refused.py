"""What no page sends gets an answer in words, never a failure: odd addresses, cursors, digits, NUL, far months."""

import base64
import json

import pytest
from django.core import signing
from django.db import DataError, transaction
from django.urls import reverse

from accounts.models import AuditEntry
from core import cursors, middleware
from customers.models import CustomerFacts
from feedback.services import complaint_create
from segmentation.models import ChurnCase

pytestmark = pytest.mark.django_db
LISTS = (
    "/customers/",
    "/follow-ups/",
    "/inbox/",
    "/feedback/complaints/",
    "/segmentation/warnings/",
    "/products/",
    "/imports/",
    "/settings/users/",
    "/settings/audit/",
)


@pytest.fixture
def page(sign_in, cast, customer):
    return sign_in(cast.admin)


# --- where to go next ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("target", ["foo", "customer_list", "//evil.example", "https://evil.example/", "javascript:x"])
def test_only_paths_of_this_site_are_gone_on_to(page, target):
    for address, fields in (("/language/", {"language": "en"}), ("/theme/", {"theme": "dark"})):
        assert page.post(address, {**fields, "next": target})["Location"] == "/"
    assert page.post("/language/", {"language": "en", "next": "/team/?month=2026-11"})["Location"].startswith("/team/")


# --- cursors ---------------------------------------------------------------------------------------------------------
def forged(*values) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


ODD_CURSORS = (
    "[" * 5000,
    base64.urlsafe_b64encode(b"[" * 5000).decode(),
    forged(0, float("inf"), 1),
    forged(0, "2026-01-01T00:00:00+23:59", 10**400),
    forged(0, "\0", 1),
    forged(0, "客户", 1),
    signing.dumps([0, "客户", 1], salt="cursor:of another list"),
    "²",
    "::::",
)


@pytest.mark.parametrize("cursor", ODD_CURSORS, ids=range(len(ODD_CURSORS)))
def test_a_cursor_of_ones_own_making_shows_the_first_page(page, customer, cursor):
    for address in LISTS:
        assert page.get(address, {"cursor": cursor}).status_code == 200
    assert page.get(reverse("customer_timeline", args=[customer.pk]), {"cursor": cursor}).status_code == 200


def test_a_cursor_is_read_back_for_its_own_list_only():
    packed = cursors.pack([0, "客户", None], of="customers by name")
    assert cursors.unpack(packed, of="customers by name") == [0, "客户", None]
    assert cursors.unpack(packed, of="customers by value") is None
    assert cursors.unpack(packed[:-1], of="customers by name") is None


# --- digits that are none --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("typed", ["²", "१²", "9" * 30, "1e3", "-1"])
@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/follow-ups/", "assignee"),
        ("/follow-ups/new/", "customer"),
        ("/reminders/new/", "customer"),
        ("/feedback/complaints/new/", "customer"),
        ("/customers/", "owner"),
        ("/settings/users/", "team"),
        ("/settings/audit/", "by"),
        ("/segmentation/", "team"),
        ("/search/", "q"),
    ],
)
def test_digits_that_make_no_number_name_no_row(sign_in, cast, address, name, typed):
    for person in (cast.admin, cast.manager):
        assert sign_in(person).get(address, {name: typed}, follow=True).status_code in (200, 403, 404)


# --- NUL -------------------------------------------------------------------------------------------------------------
def test_a_nul_in_the_address_is_refused_in_words(page, client):
    for answer in (page.get("/customers/%00/"), page.get("/customers/?q=%00"), client.get("/login/?next=%00")):
        assert answer.status_code == 400
        assert "damaged" in answer.content.decode() or "损坏" in answer.content.decode()


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/drafts/", {"form_key": "a\0", "data": "x"}),
        ("/drafts/", {"form_key": "a", "data": "x\0"}),
        ("/login/", {"username": "a\0", "password": "x"}),
        ("/team/target/", {"month": "2026-11\0", "user": "1\0", "value": "\0"}),
    ],
)
def test_a_nul_in_a_form_is_refused_in_words(page, client, address, fields):
    assert page.post(address, fields).status_code == 400
    assert not AuditEntry.objects.filter(act="denied").exists()


def test_twin_without_the_check_the_database_refuses_it(page, monkeypatch):
    monkeypatch.setattr(middleware, "_has_nul", lambda data: False)
    with pytest.raises(DataError), transaction.atomic():
        page.post("/drafts/", {"form_key": "a", "data": "x\0"})


# --- months and long texts -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("month", ["9999-12", "0001-01", "2026-13", "²", ""])
def test_a_month_a_lifetime_away_is_todays(sign_in, cast, month):
    client = sign_in(cast.manager)
    this_month = client.get("/team/").context["month"]
    assert client.get("/team/", {"month": month}).context["month"] == this_month
    assert client.post("/team/targets/copy/", {"month": month}).status_code == 302


def test_a_reason_that_is_too_long_is_told_and_closes_nothing(sign_in, cast, customer):
    CustomerFacts.objects.get_or_create(customer=customer)
    days = {"opened_on": "2026-11-01", "level_since": "2026-11-01"}
    case = ChurnCase.objects.create(customer=customer, level="red", **days)
    sent = {"version": case.version, "state": "false_alarm", "reason": "很长" * 101}
    text = sign_in(cast.wang).post(f"/segmentation/warnings/{case.pk}/change/", sent, follow=True).content.decode()
    assert "202 characters, at most 200 fit" in text
    case.refresh_from_db()
    assert case.closed_at is None


# --- keys ------------------------------------------------------------------------------------------------------------
def test_a_note_with_the_key_of_another_is_kept_in_the_form(sign_in, cast, customer):
    case = complaint_create(customer=customer, by=cast.wang, category="product", text="坏了")
    client, key = sign_in(cast.wang), "11111111-1111-4111-8111-111111111111"
    for note in ("第一条", "另一条"):
        fields = {"act": "note", "note": note, "idempotency_key": key}
        answer = client.post(reverse("complaint", args=[case.pk]), fields)
    assert answer.status_code == 422
    assert "sent before" in answer.content.decode()
    assert "另一条" in answer.content.decode()
