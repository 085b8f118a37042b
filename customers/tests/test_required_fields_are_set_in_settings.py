"""What the files of each kind must hold is set by the company: forms, API, completeness and data quality obey."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from customers import required, selectors, services
from customers.forms import EditCustomerForm
from customers.models import CATALOGUES, Channel, Contact, Customer, Kind, Level, RequiredFields
from ui import conflicts

pytestmark = pytest.mark.django_db
EDIT = "/settings/required-fields/company/"


@pytest.fixture
def ask(cast):
    """Sets fields of one kind to levels."""

    def change(kind=Kind.COMPANY, **levels):
        row = required.row_of(kind)
        services.required_fields_change(row=row, changes=levels, version=row.version, by=cast.admin)
        required.forget()

    return change


@pytest.fixture
def api(cast):
    client = APIClient()
    client.force_authenticate(cast.wang)
    return client


def typed(**more):
    channel = Channel.objects.get(code="website")
    base = {"kind": "company", "name": "新锐仪表", "channel": channel.pk, "phone": "138 0000 1111"}
    return {"idempotency_key": str(uuid.uuid4()), **base, **more}


def opened(user, customer):
    form = EditCustomerForm(user=user, customer=customer)
    conflicts.open_over(form, customer)
    return {name: value for name in form.fields if (value := form[name].value()) not in (None, "", False, [])}


def test_a_change_is_on_record_and_shown_with_who_made_it(cast, sign_in, django_capture_on_commit_callbacks):
    client = sign_in(cast.admin)
    form = client.get(EDIT).context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(EDIT, sent | {"industry": "always"}).status_code == 302
    line = AuditEntry.objects.get(act="required_fields.change")
    assert line.details == {"kind": "company", "asks_industry": ["wanted", "always"]}
    page = client.get(reverse("required_fields")).content.decode()
    assert "changed the required fields" in page.lower()
    assert ">wanted</del>" in page
    assert cast.admin.name in page
    assert "industry" in required.asked(Kind.COMPANY, Level.ALWAYS)
    assert "industry" not in required.asked(Kind.PERSON, Level.ALWAYS)


def test_who_may_not_change_settings_only_looks(cast, sign_in):
    auditor = sign_in(cast.auditor)
    assert EDIT not in auditor.get(reverse("required_fields")).content.decode()
    assert auditor.post(EDIT, {"industry": "always"}).status_code == 403
    assert sign_in(cast.wang).get(reverse("required_fields")).status_code == 403
    assert sign_in(cast.admin).get("/settings/required-fields/unknown/").status_code == 404


def test_two_people_who_change_the_same_first_are_asked(cast, ask, sign_in):
    client = sign_in(cast.admin)
    form = client.get(EDIT).context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    ask(industry=Level.NEW, email=Level.WANTED)
    asked = client.post(EDIT, sent | {"industry": "always", "address": "no"})
    assert asked.status_code == 409
    kept = dict(asked.context["kept"]) | {"industry": "always"}
    assert client.post(EDIT, kept).status_code == 302
    row = RequiredFields.objects.get(pk="company")
    assert (row.industry, row.address, row.email) == ("always", "no", "wanted")


def test_the_form_of_a_new_customer_demands_it_of_that_kind_alone(cast, ask, sign_in):
    ask(address=Level.NEW, contact=Level.NEW)
    client = sign_in(cast.wang)
    page = client.get(reverse("customer_new")).content.decode()
    assert 'name="address"' in page
    assert "required for companies" in page
    refused = client.post(reverse("customer_new"), typed())
    assert (refused.status_code, set(refused.context["form"].errors)) == (422, {"address", "contact_name"})
    assert client.post(reverse("customer_new"), typed(kind="person")).status_code == 302
    full = typed(name="另一家", phone="13800002222", address="南京路 1 号", contact_name="赵工")
    assert client.post(reverse("customer_new"), full).status_code == 302
    assert Customer.objects.get(name="另一家").address == "南京路 1 号"


def test_less_may_be_asked_too(cast, ask, sign_in):
    for kind in (Kind.COMPANY, Kind.PERSON):
        ask(kind, reach=Level.NO, channel=Level.WANTED)
    assert sign_in(cast.wang).post(reverse("customer_new"), typed(phone="", channel="")).status_code == 302
    assert sign_in(cast.wang).post(reverse("customer_new"), typed(name="")).status_code == 422


def test_an_older_file_is_asked_only_when_it_is_changed(cast, customer, ask, sign_in):
    client, url = sign_in(cast.wang), reverse("customer_edit", args=[customer.pk])
    sent = opened(cast.wang, customer)
    ask(credit_code=Level.ALWAYS)
    log = {"customer": customer, "by": cast.wang, "kind": "call", "result": "reached"}
    services.interaction_log(**log)
    refused = client.post(url, sent | {"name": "恒远精密"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["credit_code"])
    assert client.post(url, sent | {"name": "恒远精密", "credit_code": "91310000775785552L"}).status_code == 302


def test_who_reads_a_field_masked_is_not_asked_for_it(cast, customer, ask):
    ask(phone=Level.ALWAYS, reach=Level.ALWAYS)
    Customer.objects.filter(pk=customer.pk).update(phone="", email="")
    customer.refresh_from_db()
    form = EditCustomerForm(opened(cast.admin, customer), user=cast.admin, customer=customer)
    assert "phone" not in form.fields
    assert form.is_valid(), form.errors


def test_the_api_refuses_a_new_file_without_it_and_lets_other_changes_pass(cast, customer, ask, api):
    url, body = "/api/v1/customers/", {"name": "新锐仪表", "kind": "company"}
    ask(address=Level.ALWAYS, reach=Level.ALWAYS, contact=Level.ALWAYS)
    refused = api.post(url, body, format="json")
    assert (refused.status_code, set(refused.json()["errors"])) == (400, {"address", "phone"})
    made = api.post(url, body | {"address": "南京路 1 号", "wechat": "xinrui"}, format="json")
    assert made.status_code == 201
    Customer.objects.filter(pk=customer.pk).update(address="")
    row = api.get(f"{url}{customer.pk}/")
    tag = {"HTTP_IF_MATCH": row["ETag"], "format": "json"}
    assert api.patch(f"{url}{customer.pk}/", {"address": ""}, **tag).status_code == 400
    assert api.put(f"{url}{customer.pk}/", {**row.data, "notes": "x"}, **tag).status_code == 400
    assert api.patch(f"{url}{customer.pk}/", {"notes": "x"}, **tag).status_code == 200


def test_completeness_and_data_quality_follow_at_once(cast, customer, ask, sign_in):
    whole = dict.fromkeys(("phone", "region", "industry", "company_size", "address"), Level.NO)
    ask(**whole, reach=Level.NO, channel=Level.NO, contact=Level.NO)
    client, page = sign_in(cast.wang), reverse("customer", args=[customer.pk])
    listed = reverse("data_quality") + "?tab=missing"
    assert "100%" in client.get(page).content.decode()
    assert "恒远机械" not in client.get(listed).content.decode()
    ask(hobbies=Level.NO, founded_on=Level.WANTED, contact=Level.WANTED)
    assert "founded on" in client.get(page).content.decode()
    text = client.get(listed).content.decode()
    assert "恒远机械" in text
    assert "contact person, founded on" in text
    Contact.objects.create(customer=customer, name="赵工")
    assert "contact person, founded on" not in client.get(listed).content.decode()
    assert "恒远机械" not in client.get(listed + "&lacks=contact").content.decode()
    assert "恒远机械" not in sign_in(cast.outsider).get(listed).content.decode()


@pytest.mark.parametrize("kind", Kind.values)
def test_the_database_finds_those_of_whom_something_is_missing(cast, ask, kind):
    """The condition over the columns and the list of what is missing are two ways to say one thing."""
    ask(email=Level.NEW, founded_on=Level.WANTED, phone=Level.NO, market_standing=Level.WANTED)
    ask(Kind.PERSON, phone=Level.NO, gender=Level.WANTED)
    full = {"email": "a@b.cn", "region": "上海", "address": "路", "gender": "f"}
    full |= {"occupation": "医生", "birthday": "1990-01-01", "founded_on": "2001-01-01"}
    full |= {f"{name}_id": model.objects.first().pk for name, model in CATALOGUES.items()}
    for number, without in enumerate([None, *full, "contact", "name"]):
        given = {name: value for name, value in full.items() if name != without}
        name = f"N{number}" if without == "name" else "甲"
        row = Customer.objects.create(number=f"N{number}", kind=kind, name=name, owner=cast.wang, **given)
        if without != "contact":
            Contact.objects.create(customer=row, name="赵工", phone="13800138000")
    found = set(selectors.incomplete(cast.wang).values_list("number", flat=True))
    rows = selectors.with_contacts(Customer.objects.all())
    said = {
        row.number for row in rows if required.missing_of(row, has_contact=row.has_contact, reached=row.contact_reached)
    }
    assert found == said
    assert "N0" not in found


def test_many_incomplete_files_cost_as_many_queries_as_few(cast, sign_in):
    client, url = sign_in(cast.wang), reverse("data_quality") + "?tab=missing"

    def counted():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    Customer.objects.create(number="N1", name="甲", owner=cast.wang, kind="company")
    counted()
    few = counted()
    for number in range(2, 12):
        row = Customer.objects.create(number=f"N{number}", name="乙", owner=cast.wang, kind="company")
        Contact.objects.create(customer=row, name="赵工")
    assert counted() <= few
