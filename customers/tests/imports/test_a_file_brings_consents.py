"""A file says who may be written to: agreed, refused, not to be contacted; what customers said later stays the last."""

from __future__ import annotations

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from core import clock, company
from customers.consents.rule import wish_of
from customers.imports.customer_file import CUSTOMERS
from customers.models import Consent, Customer
from customers.services import consent_record
from intake import undo
from intake.guessing import guessed
from intake.models import ImportJob

pytestmark = pytest.mark.django_db
HEADER = "number,name,consent,consent_email,consent_sms,consent_wechat,consent_on"


def bring(run_import, table, *rows, header=HEADER, **options):
    return run_import(table(header, *rows), command="import_customers", **options)


def words():
    return [
        (one.customer.number, one.channel, one.topic, one.allowed)
        for one in Consent.objects.select_related("customer").order_by("pk")
    ]


def why(number, topic="marketing", channel="email"):
    return wish_of(Customer.objects.get(number=number), None, channel, topic, marketing_asks=True).why


def test_each_word_counts_by_its_channel_with_source_and_day(run_import, table):
    done = bring(run_import, table, "1,a,yes,,,,2026-01-05", "2,b,,no,yes,,", "3,c,do not contact,,,,", "4,d,,,勿扰,,")
    assert (done["customers_created"], done["errors"]) == (4, 0)
    assert words() == [
        ("1", "", "marketing", True),
        ("2", "email", "marketing", False),
        ("2", "sms", "marketing", True),
        ("3", "", "", False),
        ("4", "sms", "", False),
    ]
    first = Consent.objects.order_by("pk").first()
    assert (first.source, first.proof) == ("import", "orders.csv, row 2")
    assert first.at.astimezone(company.zone()).strftime("%Y-%m-%d %H:%M") == "2026-01-05 00:00"
    assert [why(number) == "" for number in "1234"] == [True, False, False, False]
    assert (why("2", channel="sms"), why("2", topic="service")) == ("", "")
    assert why("4", topic="service", channel="sms")
    assert [row.do_not_contact for row in Customer.objects.order_by("number")] == [False, False, True, False]


@pytest.mark.parametrize(
    ("cell", "allowed"),
    [("是", True), ("同意", True), ("Opt-in", True), ("YES", True), ("否", False), ("不同意", False), ("退订", False)],
)
def test_words_of_both_languages_are_understood(run_import, table, cell, allowed):
    bring(run_import, table, f"1,a,{cell}", header="客户编号,客户名称,营销同意")
    assert words() == [("1", "", "marketing", allowed)]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("营销同意", "consent"),
        ("marketing consent", "consent"),
        ("短信同意", "consent_sms"),
        ("SMS opt-in", "consent_sms"),
        ("邮件订阅", "consent_email"),
        ("email consent", "consent_email"),
        ("微信同意", "consent_wechat"),
        ("同意日期", "consent_on"),
        ("consent date", "consent_on"),
    ],
)
def test_headers_of_both_languages_are_recognised(header, name):
    assert guessed(CUSTOMERS, ["客户编号", header]).mapping.get(name) == header


@pytest.mark.parametrize("header", ["do not contact", "免打扰", "unsubscribed"])
def test_a_header_that_means_the_opposite_is_never_taken_for_a_consent(header):
    found = guessed(CUSTOMERS, ["客户编号", header]).proposal
    assert not [name for name in found if name.startswith("consent")]


def test_another_word_is_refused_with_row_and_cure(run_import, table, refused):
    done = bring(run_import, table, "1,a,perhaps,,,,", "2,b,,,,,2999-01-01", "3,c,yes,,,,soon", "4,d,yes,,,,")
    assert (done["customers_created"], done["errors"]) == (1, 3)
    reasons = [row["reason"] for row in refused(done)]
    assert "consent to offers and news: “perhaps” is no consent. Write yes, no or do not contact" in reasons[0]
    assert "day of the consent" in reasons[1]
    assert "lies in the future" in reasons[1]
    assert "day of the consent" in reasons[2]
    assert [row["number"] for row in refused(done)] == ["1", "2", "3"]  # the rows themselves, to be corrected


def known(*words):
    customer = Customer.objects.create(number="1", name="a")
    for allowed, days in words:
        consent_record(customer=customer, allowed=allowed, by=None, at=clock.now() - timedelta(days=days))
    return customer


def day(days):
    return clock.business_date() - timedelta(days=days)


@pytest.mark.parametrize(
    ("said", "cell", "days", "answer"),
    [
        ([(False, 5)], "yes", 9, False),  # refused since the file's day
        ([(False, 9)], "yes", 5, True),  # agreed after they had refused
        ([(True, 5)], "no", 9, True),
        ([(True, 9)], "no", 5, False),
        ([(False, 400)], "yes", None, False),  # without a day no consent over what the customer said
        ([(True, 400)], "no", None, False),  # a refusal in any case
        ([], "yes", None, True),
    ],
)
def test_a_later_word_of_the_customer_stays_the_last(run_import, table, said, cell, days, answer):
    known(*said)
    bring(run_import, table, f"1,a,{cell},,,,{day(days) if days else ''}")
    assert (why("1") == "") is answer


def test_who_agreed_since_isnt_shut_off_by_an_older_file(run_import, table):
    known((True, 5))
    bring(run_import, table, f"1,a,do not contact,,,,{day(9)}")
    assert not Customer.objects.get().do_not_contact
    bring(run_import, table, f"1,a,do not contact,,,,{day(2)}")
    assert Customer.objects.get().do_not_contact


def test_the_same_file_twice_changes_nothing(run_import, table):
    rows = ("1,a,yes,,,,2026-01-05", "2,b,,no,,,")
    bring(run_import, table, *rows)
    before = words()
    done = bring(run_import, table, *rows)
    assert (done["updated"], done["unchanged"]) == (0, 2)
    assert words() == before


def test_a_dry_run_counts_it_and_writes_nothing(run_import, table):
    known()
    done = bring(run_import, table, "1,a,no,,,,", dry_run=True)
    assert done["updated"] == 1
    assert not Consent.objects.exists()


def test_it_is_taken_back_with_its_import(run_import, table):
    customer = known((True, 90))
    bring(run_import, table, "1,a,do not contact,,,,", "2,b,yes,,,,")
    job = ImportJob.objects.get()
    undo.undo_start(job=job, by=None)
    assert undo.run(job, wait=True)
    assert words() == [("1", "", "", True)]
    customer.refresh_from_db()
    assert not customer.do_not_contact
    assert not Customer.objects.filter(number="2").exists()


@pytest.mark.parametrize("source", ["import", "link"])
def test_nobody_types_what_only_a_file_or_a_reader_says(cast, source):
    customer = Customer.objects.create(number="1", name="a", owner=cast.wang, team=cast.wang.team)
    api = APIClient()
    api.force_authenticate(cast.wang)
    body = {"customer": customer.pk, "allowed": True, "source": source}
    answer = api.post("/api/v1/consents/", body, format="json", headers={"Idempotency-Key": "one"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["source"])
    assert not Consent.objects.exists()
