"""An import is taken back: what it made goes, what it changed is as before, and what somebody has touched stays."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import AuditEntry
from core import clock
from core.contributions import registry
from core.models import JobRun
from crm.tasks import tick_jobs, tick_night
from customers.models import Contact, Customer, CustomerFacts, CustomerShare, ImportedCustomer, OwnerChange, Tag
from customers.selectors import customers_found
from customers.services import contact_update, customer_delete, customer_update, customers_tag, interaction_log
from feedback.models import Complaint
from followups.models import FollowUp, Reminder
from intake import engine, services, undo
from intake.models import ImportedRow, ImportJob
from intake.tests.files import own_storage, run_import, table
from sales.models import ExchangeRate, Order, OrderLine, Product, Target
from sales.services import order_create, target_set
from sales.services.lines import Line
from segmentation.channels.counting import arrivals_keep
from segmentation.cohorts.nightly import cohorts_keep
from segmentation.models import RunSum, ScoreInterval, TierOverride

__all__ = ["own_storage", "run_import", "table"]
pytestmark = pytest.mark.django_db

PEOPLE = "number,name,phone,email,contact_name,contact_phone,tags,channel,owner_email"
LINES = "no,at,customer,name,phone,sku,product,qty,price,channel"
MAP = (
    "order_no=no,ordered_at=at,customer_no=customer,customer_name=name,phone=phone,sku=sku,product=product,quantity=qty,"
    "unit_price=price,channel=channel"
)
# What tells that something happened, not what is: it only grows, or belongs to the import itself.
TRACES = {
    "accounts_auditentry", "intake_importjob", "core_jobrun", "segmentation_pastorders", "core_heartbeat",
    "core_clockmark", "django_session", "followups_notice", "pghistory_context", "segmentation_scorerun",
    "followups_planlook", "segmentation_scorelook",  # how far the nights have looked
    "sales_soldsince", "segmentation_arrivalcount",
}  # fmt: skip
STAMPS = {"version", "updated_at", "updated_by_id"}
REWRITTEN = {
    "segmentation_runsum": {"id", "run_id"},
    "segmentation_potentialsum": {"id", "run_id"},
    "segmentation_retentionsum": {"id", "run_id"},
    "segmentation_cohortsum": {"id", "run_id"},
    "segmentation_amountsum": {"id", "run_id", "counted_at"},
    "segmentation_preferencecount": {"id", "run_id", "counted_at"},
    "segmentation_preferencesum": {"id", "run_id"},
    "segmentation_costcount": {"id", "counted_at", "looked_at"},
    "segmentation_economicssum": {"id"},
    "segmentation_customerscame": {"id"},
    "segmentation_effectmonth": {"id", "run_id", "counted_at"},
    "segmentation_effectsum": {"id", "month_id"},
    "segmentation_effectpart": {"id", "month_id"},
    "segmentation_scoreinterval": {"id"},
    "sales_soldshare": {"id"},
    "sales_soldsum": {"id"},
}  # by each night


@pytest.fixture
def today(time_machine, defaults, cast):
    """A Monday noon in the company's zone."""
    time_machine.move_to("2026-11-23T04:00:00+00:00", tick=False)


@pytest.fixture
def stored(today, cast, run_import, table):
    """A company at work: two customers with contacts, tags and an order each, scored and planned."""
    people = (
        "A1,恒远机械,13800000001,a1@example.com,王芳,13900000001,老客户,展会,wang@example.com",
        "A2,禾达纺织,13800000002,,,,,,wang@example.com",
    )
    run_import(table(PEOPLE, *people), command="import_customers")
    lines = ("O1,2026-06-01,A1,,,T1,tea,2,10,", "O1,2026-06-01,A1,,,T2,pot,1,50,", "O2,2026-10-01,A2,,,T1,tea,1,10,")
    run_import(table(LINES, *lines), MAP)
    night()
    ImportedRow.objects.all().delete()


def night() -> None:
    while JobRun.objects.exclude(state="done").exists():
        tick_night()


def picture() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, without stamps."""
    found, there = {}, set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            name = model._meta.db_table
            if name in TRACES or name.endswith("event") or name in found or name not in there:
                continue
            columns = [
                f.column for f in model._meta.concrete_fields if f.column not in STAMPS | REWRITTEN.get(name, set())
            ]
            cursor.execute(f"SELECT {', '.join(f't.{c}' for c in columns)} FROM {name} t")
            found[name] = sorted(tuple(str(value) for value in row) for row in cursor.fetchall())
    return found


def latest() -> ImportJob:
    return ImportJob.objects.first()


def undone(job: ImportJob | None = None, by: Any = None) -> ImportJob:
    job = job or latest()
    undo.undo_start(job=job, by=by)
    assert engine.run(job)
    job.refresh_from_db()
    return job


def test_customers_leave_the_database_as_it_was(stored, run_import, table, cast):
    before = picture()
    rows = (
        "A1,恒远机械股份,13800000009,new@example.com,王芳,13900000009,重点；老客户,直播间,li@example.com",
        "A2,禾达纺织,,,赵云,13900000003,新展,展会,wang@example.com",
        "B1,新客户,13800000011,,钱进,13900000011,新展,直播间,li@example.com",
        ",无号客户,13800000012,,,,,,li@example.com",
    )
    result = run_import(table(PEOPLE, *rows), command="import_customers")
    assert (result["customers_created"], result["updated"], result["errors"]) == (2, 2, 0)
    assert picture() != before
    night()
    job = undone()
    assert (job.state, undo.kept_by(job, None)) == ("undone", [])
    night()
    after = picture()
    # Whoever had the customer before has it again: the way there and back stays in its history.
    owners = OwnerChange.objects.filter(customer__number="A1").order_by("pk").values_list("to_user__name", flat=True)
    assert list(owners) == ["小王", "小李", "小王"]
    changed = {name: set(after[name]) ^ set(before[name]) for name in before if before[name] != after[name]}
    assert set(changed) <= {"customers_ownerchange"}, changed
    assert not ImportedRow.objects.exists()
    assert not customers_found(cast.admin, "13900000003")
    # The number is free again.
    assert run_import(table(PEOPLE, rows[2]), command="import_customers")["customers_created"] == 1


def test_orders_leave_the_database_as_it_was(stored, run_import, table, cast):
    before = picture()
    lines = (
        "O1,2026-06-01,A1,,,T3,cup,5,30,天猫",
        "O3,2026-11-20,A2,,,T1,tea,4,25,天猫",
        "R3,2026-11-21,A2,,,T1,tea,-4,25,天猫",
        "O4,2026-11-01,N1,新买家,13700000001,T4,kettle,1,99,",
        "O5,2026-11-02,,无号买家,13700000002,T1,tea,1,10,",
    )
    result = run_import(table(LINES, *lines), MAP)
    assert (result["orders"], result["returns"], result["updated"], result["customers_created"]) == (3, 1, 1, 2)
    night()
    assert Customer.objects.get(number="A2").stage == "after_sale"
    job = undone()
    assert (job.state, undo.kept_by(job, None)) == ("undone", [])
    night()
    call_command("rescore")  # whom that night's plans have put back after it rated them
    cohorts_keep(clock.business_date())
    arrivals_keep(clock.business_date())
    after = picture()
    changed = {name: set(after[name]) ^ set(before[name]) for name in before if before[name] != after[name]}
    assert not changed
    assert not ImportedCustomer.objects.filter(job=job).exists()


def test_an_import_into_nothing_leaves_nothing_behind(today, run_import, table):
    before = picture()
    run_import(table(LINES, "O1,2026-06-01,A1,Ann,,T1,tea,2,10,", "O2,2026-10-01,A2,Bob,,T1,tea,1,10,"), MAP)
    night()
    assert RunSum.objects.exists()
    assert ScoreInterval.objects.exists()
    undone()
    night()
    after = picture()
    before.pop("segmentation_cutpoints")  # a night has measured
    before.pop("segmentation_torate")  # and leaves whom it never rated to a night with customers
    assert {name: after[name] for name in before if before[name] != after[name]} == {}


# --- touched ---------------------------------------------------------------------------------------------------------
def one(number: str = "B1") -> Customer:
    return Customer.all_objects.get(number=number)


def log_a_call(cast):
    interaction_log(
        customer=one(),
        by=cast.wang,
        kind="call",
        direction="out",
        occurred_at=clock.now(),
        result="reached",
        summary="x",
    )


TOUCHES = {
    "edit": lambda cast: customer_update(customer=one(), changes={"region": "North"}, version=1, by=cast.wang),
    "bin": lambda cast: customer_delete(customer=one(), by=cast.wang),
    "log": log_a_call,
    "order": lambda cast: order_create(
        customer=one(), by=cast.wang, ordered_at=clock.now(), lines=[Line(description="x", quantity=1, unit_price=5)]
    ),
    "tag": lambda cast: customers_tag(customer_ids=[one().pk], tag=Tag.objects.create(name="vip"), by=cast.wang),
    "contact": lambda cast: contact_update(
        contact=Contact.objects.get(customer=one()), changes={"position": "boss"}, version=1, by=cast.wang
    ),
    "follow-up": lambda cast: FollowUp.objects.create(customer=one(), assignee=cast.wang, due_on=clock.business_date()),
    "reminder": lambda cast: Reminder.objects.create(customer=one(), user=cast.wang, due_at=clock.now(), text="x"),
    "complaint": lambda cast: Complaint.objects.create(
        customer=one(),
        number="X1",
        owner=cast.wang,
        received_at=clock.now(),
        created_by=cast.wang,
        first_response_due_at=clock.now(),
    ),
    "share": lambda cast: CustomerShare.objects.create(customer=one(), user=cast.li),
    "tier": lambda cast: TierOverride.objects.create(
        customer=one(), tier="a", by=cast.lead, expires_on=clock.business_date()
    ),
    "referral": lambda cast: Customer.objects.filter(number="B2").update(referred_by=one()),
}


@pytest.mark.parametrize("touch", TOUCHES)
def test_what_somebody_has_touched_stays_and_is_named(touch, today, run_import, table, cast):
    rows = ("B1,甲公司,13800000011,,钱进,13900000011,新展,,wang@example.com", "B2,乙,13800000012,,,,,,wang@example.com")
    run_import(table(PEOPLE, *rows), command="import_customers")
    TOUCHES[touch](cast)
    seen = undo.outlook(latest(), cast.admin)
    assert [kept.rows[0][0] for kept in seen.stays] == ["甲公司"], seen
    assert str(seen.goes[0]) == "1 customer"
    job = undone(by=cast.admin)
    assert [row.number for row in Customer.all_objects.all()] == ["B1"]
    assert Contact.all_objects.filter(customer=one()).count() == 1
    assert Tag.objects.filter(name="新展").exists()
    assert [kept.words for kept in undo.kept_by(job, cast.admin)] == [seen.stays[0].words]
    assert ImportedCustomer.objects.get(job=job).customer == one()


def test_without_anybodys_touch_it_would_have_gone(today, run_import, table):
    """The twin of the test above: nothing else keeps these rows, nor do scores, plans and warnings."""
    run_import(table(PEOPLE, "B1,甲公司,,,钱进,,新展,,wang@example.com"), command="import_customers")
    night()
    assert FollowUp.objects.filter(customer=one()).exists()
    undone()
    assert not Customer.all_objects.exists()


def test_every_table_that_names_a_customer_says_whether_its_rows_hold_it():
    known = {*registry().customer_touches, *registry().every(lambda part: part.customer_traces)}
    naming = {
        relation.related_model._meta.label
        for relation in Customer._meta.get_fields(include_hidden=True)
        if (relation.one_to_many or relation.one_to_one) and relation.auto_created and not relation.concrete
    }
    naming = {label for label in naming if not label.endswith("Event")}  # before-images, which name nothing for sure
    assert naming - known == set()
    assert known - naming == set()


def test_an_order_that_was_edited_stays_with_its_customer(today, run_import, table, cast):
    from sales.services import order_update

    run_import(table(LINES, "O1,2026-11-01,A1,Ann,,T1,tea,2,10,天猫", "O2,2026-11-02,A2,Bob,,T1,tea,1,10,天猫"), MAP)
    order_update(order=Order.objects.get(number="O1"), changes={"notes": "paid"}, version=1, by=cast.admin)
    seen = undo.outlook(latest(), cast.admin)
    assert [kept.rows[0][0] for kept in seen.stays] == ["O1", "Ann"]
    job = undone(by=cast.admin)
    assert list(Order.objects.values_list("number", flat=True)) == ["O1"]
    assert list(Customer.objects.values_list("number", flat=True)) == ["A1"]
    assert Product.objects.get().sku == "T1"
    assert {kept.words.split(":")[0] for kept in undo.kept_by(job, cast.admin)} == {
        "1 order", "1 customer",
    }  # fmt: skip
    assert CustomerFacts.objects.get().orders_total == 1


def test_goods_that_have_come_back_keep_their_order(today, run_import, table, cast):
    from sales.services import order_return

    run_import(table(LINES, "O1,2026-11-01,A1,Ann,,T1,tea,2,10,"), MAP)
    order = Order.objects.get()
    lines = [Line(product=Product.objects.get(), description="tea", quantity=1, unit_price=10)]
    order_return(order=order, by=cast.admin, ordered_at=clock.now(), lines=lines)
    job = undone(by=cast.admin)
    assert Order.objects.count() == 2
    assert "come back" in undo.kept_by(job, cast.admin)[0].words


def test_of_two_imports_the_later_one_goes_first(today, run_import, table, cast):
    first = "B1,甲公司,13800000011,,,,,天猫,wang@example.com"
    run_import(table(PEOPLE, first), command="import_customers")
    run_import(
        table(PEOPLE, first.replace("甲公司", "甲集团").replace("天猫", "京东"), name="b.csv"),
        command="import_customers",
    )
    later, earlier = ImportJob.objects.all()
    assert undo.outlook(earlier, cast.admin).anything is False or not undo.outlook(earlier, cast.admin).goes[
        0
    ].startswith("1 customer")
    undone(later)
    assert (one().name, one().channel.name_zh, one().version) == ("甲公司", "天猫", 3)
    undone(earlier)
    assert not Customer.all_objects.exists()


def test_what_was_left_can_be_taken_back_once_nothing_holds_it(today, run_import, table, cast):
    run_import(table(PEOPLE, "B1,甲公司,,,,,,,wang@example.com"), command="import_customers")
    reminder = TOUCHES["reminder"](cast)
    job = undone()
    assert Customer.objects.exists()
    reminder.delete()
    undone(job)
    assert not Customer.all_objects.exists()


# --- other kinds -----------------------------------------------------------------------------------------------------
def test_targets_and_rates(today, run_import, table, cast):
    target_set(user=cast.wang, month=clock.business_date().replace(day=1), metric="orders", value=5, by=cast.admin)
    before = picture()
    header, rows = (
        "user_email,month,metric,value",
        ("wang@example.com,2026-11,orders,9", "li@example.com,2026-11,orders,7"),
    )
    run_import(table(header, *rows), command="import_targets")
    undone()
    run_import(table("date,code,rate", "2026-11-01,USD,7.1"), command="import_rates")
    undone()
    assert (Target.objects.get().value, ExchangeRate.objects.count()) == (5, 0)
    assert picture() == before


def test_accounts_cannot_be_taken_back(today, run_import, table):
    run_import(table("name,email", "新人,new@example.com"), command="import_users")
    assert not undo.can_be_undone(latest())
    with pytest.raises(undo.UndoRefusedError):
        undo.undo_start(job=latest(), by=None)


# --- by whom and how long --------------------------------------------------------------------------------------------
def test_only_for_a_week(today, run_import, table, time_machine):
    run_import(table(PEOPLE, "B1,甲公司,,,,,,,"), command="import_customers")
    time_machine.shift(timedelta(days=7, minutes=1))
    assert not undo.can_be_undone(latest())
    services.clean_up()
    assert not ImportedRow.objects.exists()
    assert one().name == "甲公司"


def test_the_page_shows_first_and_does_it_then(today, run_import, table, cast, sign_in):
    run_import(
        table(PEOPLE, "B1,甲公司,,,,,,,wang@example.com", "B2,乙,,,,,,,wang@example.com"), command="import_customers"
    )
    TOUCHES["log"](cast)
    page, address = sign_in(cast.admin), f"/imports/{latest().pk}/"
    assert f"{address}undo/" in page.get(address).content.decode()
    text = page.get(f"{address}undo/").content.decode()
    assert "1 customer" in text
    assert "has entries in the log (小王" in text
    assert Customer.objects.count() == 2
    assert page.post(f"{address}undo/").status_code == 302
    assert "Being taken back" in page.get(address).content.decode()
    tick_jobs()
    text = page.get(address).content.decode()
    assert "This import was taken back" in text
    assert "甲公司" in text
    assert list(AuditEntry.objects.filter(act__startswith="import.undo").values_list("act", "by__name")) == [
        ("import.undone", cast.admin.name), ("import.undo", cast.admin.name),
    ] or AuditEntry.objects.filter(act="import.undone", by=cast.admin).exists()  # fmt: skip


@pytest.mark.parametrize("who", ["li", "lead", "auditor"])
def test_others_may_not(who, today, run_import, table, cast, sign_in):
    run_import(table(PEOPLE, "B1,甲公司,,,,,,,wang@example.com"), command="import_customers")
    ImportJob.objects.update(user=cast.wang)
    assert sign_in(getattr(cast, who)).post(f"/imports/{latest().pk}/undo/").status_code in (403, 404)
    assert latest().state == "done"


def test_a_right_that_is_taken_away_stops_it(today, run_import, table, cast, monkeypatch):
    rows = [f"C{n},客户{n},,,,,,,wang@example.com" for n in range(4)]
    run_import(table(PEOPLE, *rows), command="import_customers")
    ImportJob.objects.update(user=cast.wang)
    monkeypatch.setattr(undo, "SLICE", 2)
    job = ImportJob.objects.get()
    undo.undo_start(job=job, by=cast.wang)
    engine.run(job, until=clock.now())
    cast.wang.role.grants.filter(permission="customer.delete").delete()
    from core import memo

    memo.forget_all()
    engine.run(job)
    job.refresh_from_db()
    assert (job.state, Customer.objects.count()) == ("undone", 2)
    assert "withdrawn" in job.message


def test_the_command_tells_and_does(today, run_import, table, cast):
    run_import(table(LINES, "O1,2026-11-01,A1,Ann,,T1,tea,2,10,"), MAP)
    out = io.StringIO()
    call_command("undo_import", latest().pk, dry_run=True, stdout=out)
    assert "Would go: 1 order" in out.getvalue()
    assert Order.objects.exists()
    call_command("undo_import", latest().pk, stdout=out)
    assert "Taken back: 1 order, 1 customer, 1 product" in out.getvalue()
    assert not any(model._base_manager.exists() for model in (Order, OrderLine, Customer))
    with pytest.raises(CommandError, match="can't be taken back"):
        call_command("undo_import", latest().pk, stdout=out)


# --- stopped half way ------------------------------------------------------------------------------------------------
def test_one_that_was_killed_goes_on(today, run_import, table, cast, monkeypatch):
    rows = [f"C{n},客户{n},,,,,,,wang@example.com" for n in range(7)]
    run_import(table(PEOPLE, *rows), command="import_customers")
    job = latest()
    undo.undo_start(job=job, by=None)
    monkeypatch.setattr(undo, "SLICE", 3)
    plain, slices = undo._slice, []

    def killed(job, part, ids):
        if slices:
            raise KeyboardInterrupt
        slices.append(ids)
        plain(job, part, ids)

    monkeypatch.setattr(undo, "_slice", killed)
    with pytest.raises(KeyboardInterrupt):
        engine.run(ImportJob.objects.get())
    assert Customer.objects.count() == 4
    monkeypatch.setattr(undo, "_slice", plain)
    tick_jobs()
    job.refresh_from_db()
    assert (job.state, Customer.objects.count(), job.counts["undo"]["customer"]["gone"]) == ("undone", 0, 7)
