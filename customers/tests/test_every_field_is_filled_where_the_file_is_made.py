"""Every field of a file can be filled where it is made: by the form of a new customer, the API and a file."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from customers.forms import EditCustomerForm, NewCustomerForm
from customers.models import Channel, Contact, Customer
from customers.services import EDITABLE
from customers.tests.test_two_people_edit_one_file import opened

pytestmark = pytest.mark.django_db
# What has a page of its own, or comes by itself.
ELSEWHERE = {"service_owner", "stage", "paused_until", "pause_reason", "do_not_contact"}
COMPANY = {
    "phone2": "021 6578 1234",
    "address": "南京路 1 号",
    "business_scope": "泵与阀门",
    "market_position": "华东第一",
    "growth": "每年两成",
    "credit_code": "91310000775785552L",
    "founded_on": "2001-05-06",
}
PERSON = {"occupation": "厨师", "hobbies": "钓鱼", "gender": "f", "birthday": "1990-02-28"}


@pytest.fixture
def api(cast):
    client = APIClient()
    client.force_authenticate(cast.wang)
    return client


def typed(**more):
    channel = Channel.objects.get(code="website").pk
    base = {"kind": "company", "name": "新锐仪表", "channel": channel, "phone": "13800001111"}
    return {"idempotency_key": str(uuid.uuid4()), **base, **more}


def test_the_form_of_a_new_customer_offers_every_field(cast, defaults):
    assert set(EDITABLE) - set(NewCustomerForm(user=cast.wang).fields) == ELSEWHERE


@pytest.mark.parametrize(("kind", "given"), [("company", COMPANY), ("person", PERSON)])
def test_what_is_filled_there_is_read_on_the_page(cast, sign_in, kind, given):
    client = sign_in(cast.wang)
    made = client.post(reverse("customer_new"), typed(kind=kind, **given), follow=True)
    customer = Customer.objects.get()
    stored = {name: str(getattr(customer, name)) for name in given}
    assert stored == given
    text = made.content.decode()
    shown = {"founded_on": "2001", "gender": "Female", "birthday": "28 Feb 1990", "phone2": "6578 1234"}
    for name, value in given.items():
        assert shown.get(name, value) in text, name


def test_what_nobody_requires_is_folded_and_opens_with_what_was_typed(cast, sign_in):
    client = sign_in(cast.wang)
    assert '<details class="more">' in client.get(reverse("customer_new")).content.decode()
    refused = client.post(reverse("customer_new"), typed(name="", growth="stark"))
    assert '<details class="more" open>' in refused.content.decode()
    assert 'value="stark"' in refused.content.decode()


@pytest.fixture
def friend(cast):
    return Customer.objects.create(number="K0000777", name="老朋友", owner=cast.wang, team=cast.shanghai)


@pytest.mark.parametrize("said", ["K0000777", "Ｋ0000777", "老朋友"])
def test_who_referred_a_customer_is_named_by_number_or_name(cast, friend, sign_in, said):
    client = sign_in(cast.wang)
    page = client.post(reverse("customer_new"), typed(referred_by=said), follow=True).content.decode()
    customer = Customer.objects.exclude(pk=friend.pk).get()
    assert customer.referred_by == friend
    assert reverse("customer", args=[friend.pk]) in page
    form = client.get(reverse("customer_edit", args=[customer.pk])).context["form"]
    assert form["referred_by"].value() == "K0000777"


def test_a_name_that_several_have_or_nobody_is_asked_about(cast, friend, sign_in):
    Customer.objects.create(number="K0000778", name="老朋友", owner=cast.wang, team=cast.shanghai)
    client = sign_in(cast.wang)
    for said, words in (("老朋友", "Several customers"), ("查无此人", "None of your customers")):
        refused = client.post(reverse("customer_new"), typed(referred_by=said))
        assert (refused.status_code, words in refused.content.decode()) == (422, True)


def test_nobody_refers_themselves_and_whom_one_does_not_know_is_not_told(cast, customer, friend, sign_in):
    form = EditCustomerForm(user=cast.wang, customer=customer)
    assert customer not in form.fields["referred_by"].queryset
    Customer.objects.filter(pk=friend.pk).update(owner=cast.outsider, team=cast.north)
    Customer.objects.filter(pk=customer.pk).update(referred_by=friend)
    client, page = sign_in(cast.wang), reverse("customer", args=[customer.pk])
    assert "老朋友" not in client.get(page).content.decode()
    assert client.post(reverse("customer_new"), typed(referred_by="K0000777")).status_code == 422
    customer.refresh_from_db()
    sent = opened(cast.wang, customer) | {"region": "苏州"}
    assert client.post(reverse("customer_edit", args=[customer.pk]), sent).status_code == 302
    customer.refresh_from_db()
    assert (customer.region, customer.referred_by) == ("苏州", friend)  # what isn't shown stays


def test_whom_a_contact_reports_to_comes_over_the_api_too(cast, customer, friend, api):
    boss = Contact.objects.create(customer=customer, name="老板")
    stranger = Contact.objects.create(customer=friend, name="别家的人")
    body = {"customer": customer.pk, "name": "王敏", "rank": "总监", "authority": "decider", "reports_to": boss.pk}
    made = api.post("/api/v1/contacts/", body, format="json")
    assert (made.status_code, made.json()["reports_to"]) == (201, boss.pk)
    row = f"/api/v1/contacts/{made.json()['id']}/"
    for wrong in (stranger.pk, made.json()["id"]):
        answer = api.patch(row, {"reports_to": wrong}, format="json", HTTP_IF_MATCH=made["ETag"])
        assert (answer.status_code, set(answer.json()["errors"])) == (400, {"reports_to"})
    assert api.patch(row, {"reports_to": None}, format="json", HTTP_IF_MATCH=made["ETag"]).status_code == 200
    assert Contact.objects.get(pk=made.json()["id"]).reports_to is None
