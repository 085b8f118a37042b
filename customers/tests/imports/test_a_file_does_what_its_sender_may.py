"""A file may do what its sender may do by hand, as of the moment it is written: rows, owners, contacts, fields."""

from __future__ import annotations

import json
from threading import Event, Thread
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from accounts import services as account_services
from accounts.models import User
from customers.imports import customer_file, staged, writer
from customers.imports.owners import owner_turn
from customers.models import Contact, Customer, CustomerShare
from customers.services import tokens_refresh
from intake import engine, services
from intake.kinds import ImportRefusedError, kind_of
from intake.models import ImportJob

pytestmark = pytest.mark.django_db


def checked(user: User, text: str, **options: Any) -> ImportJob:
    """The dry run of a customer file whose columns bear our field names."""
    user = User.objects.select_related("role", "team").get(pk=user.pk)
    upload = SimpleUploadedFile("c.csv", text.encode())
    job = services.import_create(by=user, kinds=[kind_of("customers")], upload=upload)
    mapping = {name: name for name in text.splitlines()[0].split(",")}
    services.import_check(job=job, mapping=mapping, options=options, by=user)
    engine.run(job)
    job.refresh_from_db()
    return job


def written(user: User, text: str, **options: Any) -> ImportJob:
    """The file after dry run and start."""
    job = checked(user, text, **options)
    services.import_start(job=job, by=User.objects.get(pk=user.pk))
    engine.run(job)
    job.refresh_from_db()
    return job


def told(job: ImportJob) -> dict[str, int]:
    return {name: job.counts[name] for name in ("customers_created", "updated", "unchanged", "errors")}


def grant(who: User, cast: Any, **grants: str | None) -> None:
    """Change the rights of somebody's role; `customer__add` is customer.add."""
    named = {name.replace("__", "."): scope for name, scope in grants.items()}
    account_services.role_change(role=who.role, grants=named, by=cast.admin)


# --- owners ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("way", ["shared", "service owner"])
@pytest.mark.parametrize("spelling", ["li@example.com", "LI@example.com", "小李"])
def test_a_collaborator_cannot_take_a_customer_by_file(cast, customer, way, spelling):
    if way == "shared":
        CustomerShare.objects.create(customer_id=customer.pk, user=cast.li)
    else:
        Customer.objects.filter(pk=customer.pk).update(service_owner=cast.li)
    text = f"number,region,owner_email\n{customer.number},苏州,{spelling}\n"
    assert told(checked(cast.li, text)) == {"customers_created": 0, "updated": 0, "unchanged": 0, "errors": 1}
    job = written(cast.li, text)
    customer.refresh_from_db()
    assert (customer.owner, customer.region) == (cast.wang, "")
    assert "may not give this customer" in job.counts["refused"][0][1]


@pytest.mark.parametrize("spelling", ["auditor@example.com", "审计员"])
def test_a_file_gives_no_customer_to_who_may_not_work_on_customers(cast, customer, spelling):
    text = f"number,name,owner_email\n{customer.number},,{spelling}\nN1,新客户,{spelling}\n"
    job = written(cast.admin, text)
    assert told(job)["errors"] == 2
    assert not Customer.objects.filter(owner=cast.auditor).exists()


@pytest.mark.parametrize("by", ["admin", None])
def test_a_whole_file_goes_to_nobody_who_may_not_work_on_customers(cast, by):
    with pytest.raises(ImportRefusedError):
        owner_turn(f"user:{cast.auditor.pk}", by and getattr(cast, by))
    assert owner_turn(f"user:{cast.wang.pk}", by and getattr(cast, by)) == [cast.wang]


def test_naming_the_present_owner_moves_nothing_and_refuses_nothing(cast, customer):
    CustomerShare.objects.create(customer_id=customer.pk, user=cast.li)
    job = written(cast.li, f"number,region,owner_email\n{customer.number},苏州,wang@example.com\n")
    customer.refresh_from_db()
    assert (told(job)["updated"], customer.owner, customer.region) == (1, cast.wang, "苏州")


def test_who_may_assign_gives_customers_away_by_file_inside_the_reach(cast, customer):
    assert told(written(cast.lead, f"number,owner_email\n{customer.number},小李\n"))["updated"] == 1
    customer.refresh_from_db()
    assert customer.owner == cast.li
    away = written(cast.lead, f"number,owner_email\n{customer.number},outsider@example.com\n")
    customer.refresh_from_db()
    assert (told(away)["errors"], customer.owner) == (1, cast.li)


def test_an_owner_is_named_by_email_mobile_or_a_name_that_one_person_has(cast):
    User.objects.filter(pk=cast.li.pk).update(mobile="+8613800138002")
    User.objects.filter(pk=cast.manager.pk).update(name="小王")
    text = "number,name,owner_email\n1,甲,li@example.com\n2,乙,138-0013-8002\n3,丙,小李\n4,丁,小王\n5,戊,没有此人\n"
    job = written(cast.admin, text)
    assert dict(Customer.objects.values_list("number", "owner__name")) == {"1": "小李", "2": "小李", "3": "小李"}
    reasons = [reason for _row, reason in job.counts["refused"]]
    assert "several people are called 小王" in reasons[0]
    assert "no active person 没有此人" in reasons[1]
    assert "colleague without account is added first" in reasons[1]


def test_new_customers_go_to_who_sends_the_file_unless_he_may_assign(cast):
    written(cast.wang, "number,name\nP1,甲\n")
    written(cast.admin, "number,name\nP2,乙\n")
    assert dict(Customer.objects.values_list("number", "owner__name")) == {"P1": "小王", "P2": None}


# --- contacts, customers, what is shown masked -----------------------------------------------------------------------
def test_contacts_need_their_own_rights(cast, customer):
    text = f"number,contact_name,contact_phone\n{customer.number},王芳,13900000001\n"
    grant(cast.wang, cast, contact__add=None)
    assert told(written(cast.wang, text))["errors"] == 1
    grant(cast.wang, cast, contact__add="own", contact__change=None)
    assert told(written(cast.wang, text))["updated"] == 1
    assert told(written(cast.wang, text))["unchanged"] == 1
    assert told(written(cast.wang, text.replace("13900000001", "13900000002")))["errors"] == 1
    assert Contact.objects.get().phone == "13900000001"


def test_customers_are_changed_only_by_who_may_change_them(cast, customer):
    grant(cast.wang, cast, customer__change=None)
    job = written(cast.wang, f"number,region\n{customer.number},苏州\n")
    customer.refresh_from_db()
    assert (told(job)["errors"], customer.region) == (1, "")


@pytest.mark.parametrize("field", ["phone", "email", "wechat", "address"])
def test_a_masked_field_is_neither_overwritten_nor_found_out(cast, customer, field):
    """Right and wrong guesses count the same, in the dry run and when written."""
    Customer.objects.filter(pk=customer.pk).update(wechat="hy-1")
    customer.refresh_from_db()
    stored, other = getattr(customer, field), {"phone": "13812345679", "email": "a@b.cn"}.get(field, "x")
    counts = [
        told(run(cast.admin, f"number,{field}\n{customer.number},{value}\n"))
        for run in (checked, written)
        for value in (stored, other)
    ]
    assert counts == [{"customers_created": 0, "updated": 0, "unchanged": 1, "errors": 0}] * 4
    customer.refresh_from_db()
    assert getattr(customer, field) == stored


@pytest.mark.parametrize(
    ("field", "right", "wrong"),
    [("phone", "13812345678", "13812345679"), ("email", "office@hengyuan.example.com", "a@b.cn")],
)
@pytest.mark.parametrize("name", ["恒远机械", "别的名字"])
def test_a_masked_number_finds_nobody(cast, customer, field, right, wrong, name):
    """What such a file is told depends on the name, which is shown, and not on the number, which isn't."""
    tokens_refresh([customer.pk])
    files = [checked(cast.admin, f"name,{field}\n{name},{value}\n").counts for value in (right, wrong)]
    figures = [{key: value for key, value in counts.items() if key != "seconds"} for counts in files]
    assert figures[0] == figures[1]


def test_a_masked_contact_is_left_alone(cast, customer):
    Contact.objects.create(customer=customer, name="王芳", phone="13900000001")
    for phone in ("13900000001", "13900000002"):
        job = written(cast.admin, f"number,contact_name,contact_phone\n{customer.number},王芳,{phone}\n")
        assert told(job)["unchanged"] == 1
    assert Contact.objects.get().phone == "13900000001"


# --- rights that end -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("lost", ["import__add", "customer__add"])
def test_a_right_that_was_taken_away_closes_the_api_too(cast, lost):
    job = checked(cast.wang, "number,name\nP1,甲\n")
    grant(cast.wang, cast, **{lost: None})
    key = account_services.token_create(user=cast.wang, by=cast.admin)
    client, path = Client(headers={"Authorization": f"Token {key}"}), f"/api/v1/imports/{job.pk}"
    assert client.post(f"{path}/start/").status_code == 403
    body = {"mapping": {"name": "name"}}
    assert client.post(f"{path}/check/", body, content_type="application/json").status_code == 403
    job.refresh_from_db()
    assert (job.state, Customer.objects.count()) == ("ready", 0)
    assert client.post(f"{path}/cancel/").status_code == 200, "one's own may be given up"


@pytest.mark.parametrize("lost", ["import__add", "customer__add", "account"])
def test_a_job_that_waits_asks_again_before_it_begins(cast, lost):
    job = checked(cast.wang, "number,name\nP1,甲\n")
    services.import_start(job=job, by=User.objects.get(pk=cast.wang.pk))
    if lost == "account":
        User.objects.filter(pk=cast.wang.pk).update(is_active=False)
    else:
        grant(cast.wang, cast, **{lost: None})
    engine.run(job)
    job.refresh_from_db()
    assert (job.state, Customer.objects.count()) == ("failed", 0)
    assert "switched off" in job.message if lost == "account" else "taken away" in job.message


def test_a_dry_run_stops_too_when_the_right_is_taken_away_between_its_batches(cast, monkeypatch):
    monkeypatch.setattr(staged, "BATCH", 2)
    plain, seen = customer_file._verdict, []

    def verdict(match: Any) -> str:
        seen.append(match.place)
        if len(seen) == 1:
            grant(cast.wang, cast, customer__add=None)
        return plain(match)

    monkeypatch.setattr(customer_file, "_verdict", verdict)
    job = checked(cast.wang, "number,name\n" + "".join(f"P{n},客户{n}\n" for n in range(6)))
    assert (job.state, len(seen)) == ("failed", 2)
    assert "taken away" in job.message


@pytest.mark.django_db(transaction=True)
def test_a_right_taken_away_while_the_file_is_written_stops_the_next_batch(cast, monkeypatch):
    """The role loses the right from another connection while the first of three batches is under way."""
    monkeypatch.setattr(staged, "BATCH", 2)
    job = checked(cast.wang, "number,name\n" + "".join(f"P{n},客户{n}\n" for n in range(6)))
    services.import_start(job=job, by=User.objects.get(pk=cast.wang.pk))
    plain, batches, gone = writer._write, [], Event()

    def take() -> None:
        grant(cast.wang, cast, customer__add=None)
        connection.close()
        gone.set()

    def write(*args: Any) -> dict[str, int]:
        batches.append(1)
        if len(batches) == 1:
            Thread(target=take).start()
            assert gone.wait(20)
        return plain(*args)

    monkeypatch.setattr(writer, "_write", write)
    engine.run(job)
    job.refresh_from_db()
    assert (job.state, len(batches), Customer.objects.count()) == ("failed", 1, 2)
    assert "taken away" in job.message
    assert json.dumps(job.counts)
