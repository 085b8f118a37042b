"""A file of all that is stored about a customer or a contact person, for who holds that right alone."""

from __future__ import annotations

import io
import json
import zipfile

import openpyxl
import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from core import clock
from customers import services
from customers.disclosure.reading import LEFT_OUT, everything
from customers.disclosure.services import DISCLOSURES
from customers.duplicates.children import children
from customers.models import Consent, Contact, Customer, OwnField, Relation, RelationKind, own_fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(cast, customer):
    """小王's company with two people, an own field, a log entry, a consent, a relation and whom it has referred."""
    OwnField.objects.create(code="badge", name_en="Badge", name_zh="会员号", readers="confidential")
    own_fields.forget()
    Customer.objects.filter(pk=customer.pk).update(own={"badge": "B-77"}, further_phones=["13900000009"])
    zhao = Contact.objects.create(customer=customer, name="赵工", phone="13900000001")
    Contact.objects.create(customer=customer, name="钱总", phone="13900000002")
    services.interaction_log(
        customer=customer, by=cast.wang, kind="call", result="reached", occurred_at=clock.now(), summary="谈了报价"
    )
    Consent.objects.create(customer=customer, contact=zhao, allowed=True, source="spoken", at=clock.now())
    other = services.customer_create(by=cast.wang, owner=cast.wang, name="别人的公司", kind="company")
    Customer.objects.filter(pk=other.pk).update(referred_by=customer)
    Relation.objects.create(first=customer, second=other, kind=RelationKind.objects.first())
    return Customer.objects.get(pk=customer.pk)


def taken(client, customer, **more):
    answer = client.post(f"{reverse('customer_disclose')}?customer={customer.pk}", {"reason": "asked by mail", **more})
    assert answer.status_code == 200
    found = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    return json.loads(found.read("data.json"))["tables"], openpyxl.load_workbook(io.BytesIO(found.read("data.xlsx")))


def test_everything_is_in_it_in_full_and_nothing_of_other_customers(cast, file, sign_in):
    client = sign_in(cast.admin)
    assert "13812345678" not in client.get(reverse("customer", args=[file.pk])).content.decode(), "read masked"
    tables, book = taken(client, file)
    whole = json.dumps(tables, ensure_ascii=False)
    for told in (file.phone, "13900000009", "B-77", "赵工", "13900000001", "钱总", "谈了报价", "customers.Consent"):
        assert told in whole
    for untold in ("别人的公司", "search_tokens", "name_sort"):
        assert untold not in whole
    cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert "Badge: B-77" in cells
    assert "谈了报价" in cells
    assert len(book.sheetnames) == len(tables)
    assert "record" in tables, "who has seen and changed it"


def test_a_contact_person_gets_only_what_is_theirs(cast, file, sign_in):
    zhao = Contact.objects.get(name="赵工")
    tables, _book = taken(sign_in(cast.admin), file, contact=zhao.pk)
    whole = json.dumps(tables, ensure_ascii=False)
    assert "13900000001" in whole
    assert "customers.Consent" in tables
    for untold in ("钱总", "13900000002", "谈了报价", "B-77"):
        assert untold not in whole


def test_it_is_on_record_with_its_reason_and_counted(cast, file, sign_in, monkeypatch):
    client, zhao = sign_in(cast.admin), Contact.objects.get(name="赵工")
    way = f"{reverse('customer_disclose')}?customer={file.pk}"
    assert way in client.get(reverse("customer", args=[file.pk])).content.decode().replace("&amp;", "&")
    assert client.post(way, {"reason": ""}).status_code == 422
    assert not AuditEntry.objects.filter(act="customer.disclose").exists()
    taken(client, file, contact=zhao.pk)
    line = AuditEntry.objects.get(act="customer.disclose")
    assert (line.object_id, line.details) == (file.pk, {"reason": "asked by mail", "disclosed_contact": zhao.pk})
    object.__setattr__(DISCLOSURES, "most", 1)
    try:
        answer = client.post(way, {"reason": "again"})
    finally:
        object.__setattr__(DISCLOSURES, "most", 20)
    assert answer.status_code == 422
    assert "within a day" in answer.content.decode()


def test_nobody_else_may_and_a_person_of_another_customer_is_refused(cast, file, sign_in):
    way = f"{reverse('customer_disclose')}?customer={file.pk}"
    for person in (cast.wang, cast.lead, cast.manager, cast.agent, cast.auditor, cast.outsider):
        client = sign_in(person)
        assert client.get(way).status_code == 403
        assert client.post(way, {"reason": "x"}).status_code == 403
        assert way not in client.get(reverse("customer", args=[file.pk])).content.decode()
    stranger = Contact.objects.create(customer=Customer.objects.get(name="别人的公司"), name="外人")
    refused = sign_in(cast.admin).post(way, {"reason": "x", "contact": stranger.pk})
    assert refused.status_code == 422


def test_every_table_at_a_customer_is_read_or_left_out_for_a_reason(file):
    labels = {child.label for child in children()} - {"customers.Customer"}
    assert set(LEFT_OUT) - labels <= {"customers.Mention"}, "names of tables that there are"
    assert {sheet.label for sheet in everything(file, record=False)} <= labels | {"customers.Customer"} | {
        "customers.Comment"
    }
