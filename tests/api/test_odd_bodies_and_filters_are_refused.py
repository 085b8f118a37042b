"""What only looks like a request is a 400 that says why: nesting, half characters, moments without a zone, words."""

import datetime as dt
import json

import pytest
from django.urls import resolve, reverse
from django_filters import BooleanFilter

from core.models import Draft
from customers.models import Customer
from followups.models import FollowUp, Reminder
from tests.access.matrix import all_routes

pytestmark = pytest.mark.django_db
NESTED = "[" * 100_000 + "]" * 100_000


@pytest.mark.parametrize(
    "body",
    [
        NESTED,
        '{"a":' * 3000 + "1" + "}" * 3000,
        "[" * 25 + "]" * 25,
        r'{"name": "\ud800"}',
        r'{"\udfff": "x"}',
        '{"name": 1e999}',
        '{"name": NaN}',
        "9" * 5000,
        '"x"',
        "[]",
        "null",
    ],
    ids=lambda body: body[:12],
)
@pytest.mark.parametrize("path", ["customers/", "interactions/", "orders/", "imports/"])
def test_a_body_that_nothing_can_hold_is_a_problem(path, body, api, cast):
    answer = api(cast.wang).post(path, body)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["detail"]


@pytest.mark.parametrize("choice", ["0001-01-01", "9999-12-31", "2031-13-01", "2099-01-01", "2001-01-01", "2026-02-30"])
def test_a_next_step_lies_between_the_contact_and_five_years(choice, api, cast, customer):
    body = {"customer": customer.pk, "kind": "call", "result": "reached", "next_step": choice}
    answer = api(cast.wang).post("interactions/", body)
    assert answer.status_code == 400
    assert "next_step" in answer.json()["errors"]
    assert not FollowUp.objects.exists()


def test_a_reminder_says_its_offset(api, cast):
    day = f"{dt.date.today().year + 1}-03-29"
    answer = api(cast.wang).post("reminders/", {"due_at": f"{day}T02:30:00", "text": "回电"})
    assert answer.status_code == 400
    assert "offset" in answer.json()["errors"]["due_at"][0]
    for offset in ("+08:00", "Z"):
        body = {"due_at": f"{day}T02:30:00{offset}", "text": "回电"}
        assert api(cast.wang).post("reminders/", body).status_code == 201
    assert {row.due_at.hour for row in Reminder.objects.all()} == {18, 2}


def test_a_nul_in_a_search_has_a_sentence_of_its_own(api, cast):
    answer = api(cast.wang).get("customers/?search=a%00b")
    assert "NUL" in answer.json()["errors"]["search"][0]


@pytest.mark.parametrize(
    "moment", ["0001-01-01", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "1969-01-01"]
)
@pytest.mark.parametrize(
    ("path", "name"), [("orders/", "ordered_at"), ("reminders/", "due_at"), ("complaints/", "received_at")]
)
def test_a_moment_at_the_end_of_the_calendar_is_refused(path, name, moment, api, cast):
    answer = api(cast.wang).post(path, {name: moment})
    assert answer.status_code == 400
    assert name in answer.json()["errors"]


# --- yes or no -------------------------------------------------------------------------------------------------------
YES_NO = [
    ("customers", "unassigned"),
    ("contacts", "is_primary"),
    ("interactions", "late"),
    ("notifications", "unread"),
    ("complaints", "open"),
    ("complaints", "breached"),
    ("products", "is_active"),
    ("users", "is_active"),
    ("churn-warnings", "open"),
]


@pytest.mark.parametrize(("collection", "name"), YES_NO)
def test_a_filter_by_yes_or_no_knows_two_words(collection, name, api, cast):
    for word in ("true", "false"):
        assert api(cast.admin).get(f"{collection}/?{name}={word}").status_code == 200
    for word in ("1", "0", "TRUE", "True", "yes", "perhaps", "2", "3", "unknown", "null", "%E7%9C%9F"):
        answer = api(cast.admin).get(f"{collection}/?{name}={word}")
        assert answer.status_code == 400, word
        assert name in answer.json()["errors"]


def test_the_answer_narrows(api, cast, customer):
    Customer.objects.create(number="K2", name="公海")
    for word, number in (("true", "K2"), ("false", customer.number)):
        found = api(cast.admin).get(f"customers/?unassigned={word}").json()["results"]
        assert [row["number"] for row in found] == [number]


def test_no_collection_has_another_filter_by_yes_or_no():
    """django-filter's own takes every unknown word for "no filter"."""

    addresses = [reverse(name) for name in all_routes() if name.startswith("api:") and name.endswith("-list")]
    sets = [resolve(address).func.cls.filterset_class for address in addresses]
    assert len(sets) > 10
    assert not [(s, name) for s in sets for name, f in s.base_filters.items() if isinstance(f, BooleanFilter)]


# --- a key whose row was deleted -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("collection", "body"),
    [
        ("customers", {"name": "乙", "kind": "person"}),
        ("complaints", {"customer": 0, "text": "x", "category": "other"}),
        ("interactions", {"customer": 0, "kind": "call", "result": "reached"}),
    ],
)
def test_a_key_whose_row_lies_in_the_bin_is_a_conflict(collection, body, api, cast, customer):
    body = body | ({"customer": customer.pk} if "customer" in body else {})
    client = api(cast.wang if collection != "complaints" else cast.lead)
    made = client.post(f"{collection}/", body, Idempotency_Key="k1")
    assert made.status_code == 201, made.content
    assert client.delete(f"{collection}/{made.json()['id']}/", If_Match="*").status_code == 204
    again = client.post(f"{collection}/", body, Idempotency_Key="k1")
    assert again.status_code == 409
    assert "deleted" in again.json()["detail"]


# --- odd drafts ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "data",
    [
        NESTED,
        "[[1, 2]]",
        '[["name", {"a": 1}]]',
        r'[["summary", "\ud800"], ["name", "\ud800"], ["text", "\ud800"], ["notes", "\ud800"]]',
        r'[["text", "a\u0000b"]]',
        '[["kind", "call"], ["kind", "visit"], ["text", "a"], ["text", "b"], ["name", "x"], ["name", "y"]]',
        '{"a": 1}',
        '"x"',
        "12",
        "null",
        "no json",
        '[["due_on", "9999-99-99"], ["ordered_at", "x"], ["form-TOTAL_FORMS", "99999"], ["form-0-quantity", "-"]]',
    ],
    ids=lambda data: data[:12],
)
def test_no_draft_breaks_the_form_it_is_kept_for(data, cast, customer, sign_in):
    forms = {
        "customer_new": "/customers/new/",
        f"interaction:{customer.pk}": f"/interactions/new/?customer={customer.pk}",
        f"order_new:{customer.pk}:purchase": f"/orders/new/?customer={customer.pk}",
        f"complaint_new:{customer.pk}": f"/feedback/complaints/new/?customer={customer.pk}",
    }
    client = sign_in(cast.wang)
    for key, address in forms.items():
        client.post("/drafts/", {"form_key": key, "data": data[:49_000]})
        assert client.get(address).status_code == 200, address
        Draft.objects.update_or_create(user=cast.wang, form_key=key, defaults={"data": json.loads(json.dumps(data))})
        assert client.get(address).status_code == 200, address
