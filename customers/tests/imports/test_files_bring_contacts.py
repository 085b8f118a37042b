"""Files bring contact persons to customers that are there, with whom they report to, and are taken back."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from customers.models import Contact, Customer
from customers.services import contact_add
from intake import engine, services, undo
from intake.kinds import kind_of
from intake.models import ImportJob

pytestmark = pytest.mark.django_db
HEADER = "customer_no,customer_name,name,position,phone,reports_to"


def brought(user: User, kind: str, text: str, **options: Any) -> ImportJob:
    """The file written, after a dry run that must have counted the same."""
    upload = SimpleUploadedFile("c.csv", text.encode())
    job = services.import_create(by=user, kinds=[kind_of(kind)], upload=upload)
    mapping = {name: name for name in text.splitlines()[0].split(",")}
    services.import_check(job=job, mapping=mapping, options=options, by=user)
    engine.run(job)
    job.refresh_from_db()
    counted = [job.counts[name] for name in ("created", "updated", "unchanged", "errors")]
    services.import_start(job=job, by=user)
    engine.run(job)
    job.refresh_from_db()
    assert [job.counts[name] for name in ("created", "updated", "unchanged", "errors")] == counted
    return job


def counts(job: ImportJob) -> tuple[int, ...]:
    return tuple(job.counts[name] for name in ("created", "updated", "unchanged", "errors"))


def taken_back(job: ImportJob, by: User) -> None:
    undo.undo_start(job=job, by=by)
    engine.run(job)
    job.refresh_from_db()


def test_contacts_come_in_change_and_go_again(cast, customer):
    known = contact_add(customer=customer, by=cast.wang, name="王芳", phone="13900000001", position="采购")
    before = list(Contact.objects.order_by("pk").values("name", "phone", "position", "reports_to", "is_primary"))
    text = "\n".join(
        (
            HEADER,
            f"{customer.number},,李总,总经理,13900000009,",
            f"{customer.number},,王芳,采购经理,,李总",
            f",{customer.name},赵工,工程师,13900000003,王芳",
            "X-404,,某人,,,",
            f"{customer.number},,孙工,,,没有此人",
            f"{customer.number},,李总,,,赵工",
            f"{customer.number},,,,13900000004,",
        )
    )
    job = brought(cast.wang, "contacts", text + "\n")
    assert counts(job) == (2, 1, 0, 4), job.counts["refused"]
    assert dict(Contact.objects.values_list("name", "reports_to__name")) == {
        "王芳": "李总",
        "赵工": "王芳",
        "李总": None,
    }
    known.refresh_from_db()
    assert (known.position, known.phone, known.is_primary) == ("采购经理", "13900000001", True)
    reasons = " ".join(reason for _place, reason in job.counts["refused"])
    for told in ("X-404", "没有此人", "already", "no name of a person"):
        assert told in reasons
    customer.refresh_from_db()
    assert "p:13900000003" in customer.search_tokens
    assert counts(brought(cast.wang, "contacts", "\n".join(text.splitlines()[:4]) + "\n")) == (0, 0, 3, 0)
    taken_back(job, cast.wang)
    after = list(Contact.objects.order_by("pk").values("name", "phone", "position", "reports_to", "is_primary"))
    assert (job.state, after) == ("undone", before)


def test_nothing_is_told_of_customers_of_others_and_masked_fields_stay(cast, customer):
    text = f"{HEADER}\n{customer.number},,某人,,,\n,{customer.name},某人,,,\n"
    job = brought(cast.outsider, "contacts", text)
    assert counts(job) == (0, 0, 0, 2)
    assert all("among yours" in reason for _place, reason in job.counts["refused"])
    assert not Contact.objects.exists()


def test_a_file_says_who_referred_a_customer(cast, customer):
    from customers.tests.imports.test_a_file_does_what_its_sender_may import told, written

    rows = f"N1,甲,{customer.number}\nN2,乙,{customer.name}\nN3,丙,没有此人\n{customer.number},,{customer.number}\n"
    job = written(cast.wang, f"number,name,referred_by\n{rows}")
    assert (told(job)["customers_created"], told(job)["errors"]) == (2, 2)
    assert set(Customer.objects.filter(referred_by=customer).values_list("name", flat=True)) == {"甲", "乙"}
    assert told(written(cast.wang, f"number,referred_by\nN1,{customer.number}\n"))["unchanged"] == 1
    foreign = written(cast.outsider, f"number,name,referred_by\nN9,丁,{customer.number}\n")
    assert told(foreign)["errors"] == 1
    Customer.objects.filter(number="N1").update(referred_by=None)
    changed = written(cast.wang, f"number,referred_by\nN1,{customer.number}\n")
    assert told(changed)["updated"] == 1
    taken_back(changed, cast.wang) if undo.may_undo(cast.wang, changed) else taken_back(changed, None)  # type: ignore[arg-type]
    assert Customer.objects.get(number="N1").referred_by is None


def test_further_phones_and_emails_are_added_and_never_taken_away(cast, customer):
    known = contact_add(customer=customer, by=cast.wang, name="王芳", phone="13900000001")
    Contact.objects.filter(pk=known.pk).update(further_phones=["13900000002"])
    head = "customer_no,name,phone,further_phones,further_emails"
    number = customer.number
    rows = f'{number},王芳,,"13900000001; 139 0000 0003",a@x.cn\n{number},李总,,13900000009,b@x.cn、c@x.cn\n'
    job = brought(cast.wang, "contacts", f"{head}\n{rows}")
    assert counts(job) == (1, 1, 0, 0), job.counts["refused"]
    assert {one.name: (one.further_phones, one.further_emails) for one in Contact.objects.all()} == {
        "王芳": (["13900000002", "13900000003"], ["a@x.cn"]),
        "李总": (["13900000009"], ["b@x.cn", "c@x.cn"]),
    }
    customer.refresh_from_db()
    assert "p:13900000003" in customer.search_tokens
    assert counts(brought(cast.wang, "contacts", f"{head}\n{rows}")) == (0, 0, 2, 0)
    refused = brought(cast.wang, "contacts", f"{head}\n{rows}{number},王芳,,12,\n")
    assert "further phones" in str(refused.counts["refused"]).lower()
    taken_back(job, cast.wang)
    assert [(one.name, one.further_phones, one.further_emails) for one in Contact.objects.all()] == [
        ("王芳", ["13900000002"], [])
    ]
