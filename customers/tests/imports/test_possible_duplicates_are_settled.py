"""Rows that may mean a customer who is there are asked about, settled by a rule or row by row, by chosen keys."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from customers.models import Customer, Kind
from customers.services import tokens_refresh
from customers.tests.imports.test_a_file_does_what_its_sender_may import checked, written
from intake import engine
from intake.models import ImportJob

pytestmark = pytest.mark.django_db
HEADER = "name,kind,phone,email,credit_code"


@pytest.fixture
def there(cast: Any) -> Customer:
    """A company that the sender owns."""
    row = Customer.objects.create(
        number="K0000001", name="恒远机械有限公司", kind=Kind.COMPANY, phone="13800138001", email="a@hy.cn",
        credit_code="91310000MA1FL5XX0A", owner=cast.wang, team=cast.wang.team,
    )  # fmt: skip
    tokens_refresh([row.pk])
    return row


def outcome(job: ImportJob) -> tuple[int, int, int, int, int]:
    """(new, updated, unchanged, left out, refused)."""
    names = ("customers_created", "updated", "unchanged", "skipped", "errors")
    return tuple(job.counts.get(name, 0) for name in names)  # type: ignore[return-value]


OTHER_NAME, SAME_NAME = "新光贸易,company,13800138001,,", "恒远机械 有限公司,company,13900139000,,"
CASES = [
    # row, options, what becomes of it: new, updated, unchanged, left out, refused
    (OTHER_NAME, {}, (0, 0, 0, 0, 1)),
    (OTHER_NAME, {"possible": "make"}, (1, 0, 0, 0, 0)),
    (OTHER_NAME, {"possible": "skip"}, (0, 0, 0, 1, 0)),
    (OTHER_NAME, {"possible": "update"}, (0, 0, 1, 0, 0)),
    (OTHER_NAME, {"match_by": ["email", "credit_code", "name"]}, (1, 0, 0, 0, 0)),
    (SAME_NAME, {}, (0, 0, 0, 0, 1)),
    (SAME_NAME, {"possible": "make"}, (1, 0, 0, 0, 0)),
    (SAME_NAME, {"possible": "update"}, (0, 1, 0, 0, 0)),
    (SAME_NAME, {"match_by": ["phone", "email", "credit_code"]}, (1, 0, 0, 0, 0)),
    ("恒远机械有限公司,person,13900139000,,", {}, (1, 0, 0, 0, 0)),
    ("恒远机械有限公司,,,,", {}, (0, 0, 1, 0, 0)),
    ("恒远机械,,,,", {}, (1, 0, 0, 0, 0)),
    ("别的名字,company,13900139000,,9131 0000 ma1fl5xx0a", {}, (0, 1, 0, 0, 0)),
    ("别的名字,company,13900139000,,91310000MA1FL5XX0A", {"match_by": ["phone"]}, (1, 0, 0, 0, 0)),
    (OTHER_NAME, {"match_by": []}, (0, 0, 0, 0, 1)),
]


def test_a_row_is_settled_as_chosen_and_the_dry_run_counts_what_is_written(cast, there):
    from django.db import transaction

    for row, options, expected in CASES:
        with transaction.atomic():
            job = checked(cast.wang, f"{HEADER}\n{row}\n", **options)
            assert outcome(job) == expected, (row, options, job.counts)
            done = written(cast.wang, f"{HEADER}\n{row}\n", **options)
            assert outcome(done) == expected, (row, options, done.counts)
            there.refresh_from_db()
            assert there.name == "恒远机械有限公司", "nobody is renamed"
            transaction.set_rollback(True)


def test_each_row_is_decided_on_the_page_and_checked_again(cast, there, sign_in):
    text = f"{HEADER}\n{OTHER_NAME}\n{SAME_NAME}\n第三家,company,13800138001,,\n好,company,,x@y.cn,\n"
    job = checked(cast.wang, text)
    assert outcome(job) == (1, 0, 0, 0, 3)
    page, client = reverse("import_doubts", args=[job.pk]), sign_in(cast.wang)
    assert page in client.get(reverse("import_job", args=[job.pk])).content.decode()
    shown = client.get(page).content.decode()
    assert shown.count("<select") == 3
    assert there.number in shown
    sent = {"row-1": "make", "row-2": f"update:{there.pk + 77}", "row-3": "skip", "row-4": "make"}
    assert client.post(page, sent).status_code == 302
    job.refresh_from_db()
    assert dict(job.edits.values_list("row_no", "choice")) == {1: "make", 3: "skip"}, "no other choice, no other row"
    engine.run(job)
    job.refresh_from_db()
    assert outcome(job) == (2, 0, 0, 1, 1)
    client.post(page, {"row-1": "", "row-2": "update", "row-3": "skip"})
    engine.run(ImportJob.objects.get())
    client.post(reverse("import_start", args=[job.pk]))
    engine.run(ImportJob.objects.get())
    job.refresh_from_db()
    assert outcome(job) == (1, 1, 0, 1, 1)
    there.refresh_from_db()
    assert there.phone == "13900139000"
    assert client.get(page).status_code == 302, "what is written isn't decided any more"
    assert not job.edits.exists()


def test_of_a_customer_of_others_a_file_tells_only_whom_to_ask(cast, there):
    """Whatever rule is chosen; by a name alone not even that."""
    Customer.objects.filter(pk=there.pk).update(owner=cast.outsider, team=cast.outsider.team)
    for rule in ("", "update", "make", "skip"):
        job = checked(cast.li, f"{HEADER}\n{OTHER_NAME}\n", possible=rule)
        assert outcome(job) == (0, 0, 0, 0, 1)
        assert job.counts["refused"][0][1] == f"The customer exists already. Ask {cast.outsider.name}."
        assert not any(told in str(job.counts) for told in (there.name, there.number))
        job = checked(cast.li, f"{HEADER}\n{SAME_NAME}\n", possible=rule)
        assert outcome(job) == (1, 0, 0, 0, 0)


def test_what_a_night_knows_of_a_name_is_asked_too_unless_too_many_bear_it(cast, there):
    """恒远机械 is another spelling; a name that hundreds have says nothing."""
    from customers.duplicates import sweep
    from customers.models import MatchKey

    for _step in sweep.sweep(None):  # type: ignore[arg-type]
        pass
    Customer.objects.filter(pk=there.pk).update(name_sort="else")
    row = SAME_NAME.replace(" 有限公司", "")
    assert outcome(checked(cast.wang, f"{HEADER}\n{row}\n"))[4] == 1
    key = MatchKey.objects.get(customer_id=there.pk, key__startswith="n:").key
    MatchKey.objects.bulk_create(MatchKey(key=key, customer_id=10_000 + n) for n in range(sweep.MOST))
    assert outcome(checked(cast.wang, f"{HEADER}\n{row}\n"))[0] == 1
