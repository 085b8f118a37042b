"""The list of prospects: the most promising first, without who has bought, each row with what to do next."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core import clock
from customers.models import Customer, CustomerFacts
from segmentation.qualification.services import qualify

pytestmark = pytest.mark.django_db
LIST = "/segmentation/prospects/"


@pytest.fixture
def prospect(cast):
    """`prospect(name, owner=..., need=2)`: somebody who hasn't bought, with these answers."""

    def make(name, owner=None, bought=False, **answers):
        of = {key: answers.pop(key) for key in ("kind", "stage") if key in answers}
        owner = owner or cast.wang
        number = f"T{Customer.all_objects.count():06d}"
        row = Customer.objects.create(
            number=number, name=name, name_sort=name, owner=owner, team=owner.team, **{"kind": "company", **of}
        )
        CustomerFacts.objects.create(customer=row)
        if answers:
            qualify(customer=row, changes=answers, version=0, by=owner)
        if bought:
            CustomerFacts.objects.filter(pk=row.pk).update(last_order_on=date(2026, 11, 1))
        return row

    return make


def names(client, query=""):
    return [row.customer.name for row in client.get(LIST + query).context["list"].drawn]


def test_the_most_promising_comes_first_and_who_was_never_asked_last(prospect, cast, sign_in):
    prospect("Never")
    prospect("Low", need=1)
    prospect("High", need=3, time=3)
    prospect("Bought", need=3, bought=True)
    prospect("Others", owner=cast.outsider, need=3)
    client = sign_in(cast.wang)
    assert names(client) == ["High", "Low", "Never"]
    assert names(client, "?sort=score") == ["Low", "High", "Never"]
    shown = client.get(LIST).content.decode()
    assert "FAINT 2/5" in shown
    assert "Need: urgent" in shown
    assert set(names(sign_in(cast.admin))) == {"High", "Low", "Never", "Others"}


def test_who_buys_leaves_the_list(prospect, cast, sign_in):
    row = prospect("Soon", need=3)
    client = sign_in(cast.wang)
    assert names(client) == ["Soon"]
    CustomerFacts.objects.filter(pk=row.pk).update(last_order_on=clock.business_date())
    assert names(client) == []
    assert "No prospects" in client.get(LIST).content.decode()


def test_filters_by_letter_stage_owner_and_name(prospect, cast, sign_in):
    prospect("Company", need=2, budget=3)  # the budget belongs to the other frame
    prospect("Bant", frame="bant", need=2)
    prospect("Person", kind="person")
    prospect("Mate", owner=cast.li, stage="needs", budget=0, frame="bant")
    client = sign_in(cast.lead)
    assert set(names(client, "?missing=budget")) == {"Bant", "Person"}
    assert set(names(client, "?missing=funds")) == {"Company"}
    assert set(names(client, "?missing=need")) == {"Person", "Mate"}
    assert set(names(client, "?missing=nonsense")) == {"Company", "Bant", "Person", "Mate"}
    assert names(client, "?stage=needs") == ["Mate"]
    assert names(client, f"?owner={cast.li.pk}") == ["Mate"]
    assert set(names(client, f"?team={cast.shanghai.pk}")) == {"Company", "Bant", "Person", "Mate"}
    assert "No prospect fits" in client.get(f"{LIST}?stage=proposal").content.decode()


def test_by_age_last_contact_and_next_day(prospect, cast, sign_in):
    old, new = prospect("Old"), prospect("New")
    Customer.objects.filter(pk=old.pk).update(created_at=clock.now() - timedelta(days=40))
    CustomerFacts.objects.filter(pk=new.pk).update(
        last_contact_at=clock.now(), next_follow_up_on=clock.business_date() + timedelta(days=3)
    )
    client = sign_in(cast.wang)
    assert names(client, "?sort=age") == ["Old", "New"]
    assert "40 days" in client.get(LIST).content.decode()
    assert names(client, "?sort=contact") == ["New", "Old"]
    assert names(client, "?sort=next") == ["New", "Old"]


def test_a_row_leads_to_asking_logging_and_planning_for_who_may(prospect, cast, sign_in):
    row = prospect("Row")
    shown = sign_in(cast.wang).get(LIST).content.decode()
    for begin in (f"{LIST}{row.pk}/?", f"/interactions/new/?customer={row.pk}", f"/follow-ups/new/?customer={row.pk}"):
        assert begin in shown
    read_only = sign_in(cast.auditor).get(LIST).content.decode()
    assert "Row" in read_only
    assert f"{LIST}{row.pk}/?" not in read_only
    assert "/interactions/new/?customer=" not in read_only


def test_the_file_tells_answers_and_notes(prospect, cast, sign_in):
    prospect("File", need=2, need_note="换设备", time=0)
    client = sign_in(cast.lead)
    answer = client.post(f"{LIST}export/", {"reason": "planning the week", "file": "csv"})
    text = b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()
    assert "Need: clear; Timing: no date" in text
    assert "Need: 换设备" in text
    assert sign_in(cast.wang).get(f"{LIST}export/").status_code == 403


def test_the_customer_list_goes_by_it_too(prospect, cast, sign_in):
    prospect("Low", need=1)
    prospect("High", need=3)
    prospect("Never")
    client = sign_in(cast.wang)
    assert "BANT / FAINT" not in client.get("/customers/?view=mine").content.decode().partition("<table")[2]
    page = client.get("/customers/?view=mine&qualification=50&sort=-qualification")
    assert [row.customer.name for row in page.context["list"].drawn] == ["High"]
    page = client.get("/customers/?view=mine&sort=-qualification")
    assert [row.customer.name for row in page.context["list"].drawn] == ["High", "Low", "Never"]
    assert "BANT / FAINT" in page.content.decode().partition("<table")[2]
