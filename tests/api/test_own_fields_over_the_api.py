"""Own fields stand in a customer as one object by code; a write changes what it names and is checked by kind."""

import pytest

from accounts.models import MaskRule
from customers.models import Customer
from customers.tests.own_fields.made import EACH, own, put

pytestmark = pytest.mark.django_db


def change(client, customer, **values):
    path = f"customers/{customer.pk}/"
    return client.patch(path, {"own_fields": values}, If_Match=client.get(path).headers["ETag"])


@pytest.mark.parametrize("kind", EACH)
def test_a_value_of_each_kind_is_written_and_read(api, cast, customer, kind):
    _sent, kept, _words = EACH[kind]
    own(cast.admin, kind)
    own(cast.admin, name="Badge")
    answer = change(api(cast.wang), customer, **{kind: kept})
    assert answer.status_code == 200, answer.content
    assert answer.json()["own_fields"] == {kind: kept, "badge": None}
    assert change(api(cast.wang), customer, badge="7").json()["own_fields"] == {kind: kept, "badge": "7"}
    assert change(api(cast.wang), customer, **{kind: None}).json()["own_fields"] == {kind: None, "badge": "7"}
    assert Customer.objects.get(pk=customer.pk).own == {"badge": "7"}


def test_a_new_customer_comes_with_them(api, cast):
    own(cast.admin, name="Badge", asked="always")
    refused = api(cast.wang).post("customers/", {"name": "德润化工"})
    assert list(refused.json()["errors"]) == ["own_fields"] or "own_fields" in str(refused.json())
    made = api(cast.wang).post("customers/", {"name": "德润化工", "own_fields": {"badge": "7"}})
    assert made.json()["own_fields"] == {"badge": "7"}


BAD = [
    *(("text", 5), ("text", "x" * 501), ("figure", "12x"), ("figure", True), ("money", 1.5), ("money", 10**14)),
    *(("date", "2026-02-30"), ("date", "0001-01-01"), ("choice", "x"), ("choice", ["red"]), ("several", "red")),
    *(("several", ["x"]), ("yes_no", "yes"), ("text", {"a": 1})),
]


@pytest.mark.parametrize(("kind", "value"), BAD)
def test_a_bad_value_is_a_400_that_names_its_code(api, cast, customer, kind, value):
    own(cast.admin, kind)
    answer = change(api(cast.wang), customer, **{kind: value})
    assert answer.status_code == 400
    assert kind in str(answer.json()["errors"]["own_fields"])
    assert Customer.objects.get(pk=customer.pk).own == {}


def test_a_colleague_is_one_whom_the_sender_may_know(api, cast, customer):
    own(cast.admin, "person", "Engineer")
    assert change(api(cast.wang), customer, engineer=cast.outsider.pk).status_code == 400
    assert change(api(cast.wang), customer, engineer=cast.li.pk).json()["own_fields"] == {"engineer": cast.li.pk}


@pytest.mark.parametrize("body", [5, "x", [], {"nothing": 1}])
def test_what_is_no_own_field_is_refused(api, cast, customer, body):
    client, path = api(cast.wang), f"customers/{customer.pk}/"
    answer = client.patch(path, {"own_fields": body}, If_Match=client.get(path).headers["ETag"])
    assert answer.status_code == 400
    assert "own_fields" in answer.json()["errors"]


def test_who_may_not_read_one_neither_sees_nor_changes_it(api, cast, customer):
    own(cast.admin, name="Margin", readers="confidential")
    put(customer, cast.admin, margin="canary")
    MaskRule.objects.filter(role=cast.wang.role, field_class="confidential").update(mode="hidden")
    client = api(cast.wang)
    assert client.get(f"customers/{customer.pk}/").json()["own_fields"] == {"margin": None}
    assert change(client, customer, margin="x").status_code == 400
    assert Customer.objects.get(pk=customer.pk).own == {"margin": "canary"}


def test_customers_are_narrowed_by_them(api, cast, customer):
    for kind in ("figure", "money", "date", "choice", "person"):
        own(cast.admin, kind)
    put(customer, cast.wang, figure="12", money=500, date="2027-06-30", choice="red", person=cast.li.pk)
    client = api(cast.wang)

    def found(query: str) -> int:
        answer = client.get(f"customers/?{query}")
        assert answer.status_code == 200, answer.content
        return len(answer.json()["results"])

    met = ("own_figure-from=12", "own_money-to=5.00", "own_date-from=2027-01-01", "own_choice=red")
    assert [found(query) for query in (*met, f"own_person={cast.li.pk}")] == [1] * 5
    missed = ("own_figure-from=13", "own_money-to=4.99", "own_date-to=2027-01-01", "own_choice=blue")
    assert [found(query) for query in (*missed, f"own_person={cast.wang.pk}")] == [0] * 5
    for wrong in ("own_figure-from=x", "own_choice=black", "own_date-from=2027-02-30", "own_nothing=1"):
        assert client.get(f"customers/?{wrong}").status_code == 400


def test_customers_are_sorted_by_them(api, cast, customer):
    own(cast.admin, "figure", "Seats")
    own(cast.admin, "choice", "Colour")
    for n, seats in enumerate(("9", "10", "-1", None)):
        held = {"seats": seats} if seats else {}
        Customer.objects.create(number=f"S{n}", name=f"Firm {n}", owner=cast.wang, own=held)
    client = api(cast.wang)

    def sorted_by(ordering):
        """Page by page, so that the cursors know the order too."""
        found, path = [], f"customers/?ordering={ordering}&page_size=2"
        while path:
            answer = client.get(path).json()
            found += [row["number"] for row in answer["results"]]
            path = (answer["next"] or "").partition("/api/v1/")[2]
        return [number for number in found if number.startswith("S")]

    assert sorted_by("own_seats") == ["S2", "S0", "S1", "S3"]
    assert sorted_by("-own_seats") == ["S1", "S0", "S2", "S3"]
    refused = ("own_colour", "own_nothing", "by_own_seats")  # a choice has no order
    assert [client.get(f"customers/?ordering={one}").status_code for one in refused] == [400] * 3


def test_nobody_sorts_by_what_they_may_not_read(api, cast, customer):
    own(cast.admin, "figure", "Margin", readers="confidential")
    MaskRule.objects.filter(role=cast.wang.role, field_class="confidential").update(mode="hidden")
    assert api(cast.wang).get("customers/?ordering=own_margin").status_code == 400
    assert api(cast.lead).get("customers/?ordering=own_margin").status_code == 200


def test_nobody_narrows_by_what_they_may_not_read(api, cast, customer):
    own(cast.admin, "figure", "Margin", readers="confidential")
    MaskRule.objects.filter(role=cast.wang.role, field_class="confidential").update(mode="hidden")
    assert api(cast.wang).get("customers/?own_margin-from=1").status_code == 400
    assert api(cast.lead).get("customers/?own_margin-from=1").status_code == 200
