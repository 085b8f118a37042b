"""import_customers makes new customers and fills in known ones; the same file twice changes nothing."""

from contextlib import suppress
from threading import Event, Thread

import pytest
from django.db import connection

from core.versions import StaleVersionError
from customers.imports import writer
from customers.models import Channel, Contact, Customer, OwnerChange, Tag
from customers.services import customer_update

HEADER = "客户编号,客户名称,类型,手机,邮箱,联系人,联系人电话,标签,渠道,生日"
ROWS = (
    "00012,恒远机械,公司,138-1234-5678,a@b.com,王芳,13900000001,老客户；重点,展会,",
    ",李雷,个人,138 1111 2222,,,,,,1990-02-28",
)


def bring(run_import, table, *rows, **options):
    return run_import(table(HEADER, *rows), command="import_customers", **options)


def test_companies_persons_contacts_tags_and_channels(run_import, table):
    result = bring(run_import, table, *ROWS)
    assert (result["customers_created"], result["errors"]) == (2, 0)
    firm, person = Customer.objects.order_by("number")
    assert (firm.number, firm.kind, firm.phone, firm.channel.code) == ("00012", "company", "13812345678", "exhibition")
    assert Contact.objects.get().name == "王芳"
    assert set(firm.tags.values_list("name", flat=True)) == {"老客户", "重点"}
    assert (person.kind, person.birthday, person.number[0]) == ("person", "1990-02-28", "K")
    assert {"p:13900000001", "c:王芳"} <= set(firm.search_tokens)
    assert firm.facts.orders_total == 0


def test_twice_changes_nothing(run_import, table):
    bring(run_import, table, *ROWS)
    before = list(Customer.objects.order_by("pk").values_list("pk", "version", "updated_at"))
    result = bring(run_import, table, *ROWS)
    assert (result["customers_created"], result["updated"], result["unchanged"]) == (0, 0, 2)
    assert list(Customer.objects.order_by("pk").values_list("pk", "version", "updated_at")) == before
    assert (Contact.objects.count(), Tag.objects.count()) == (1, 2)


def test_filled_cells_replace_and_empty_ones_change_nothing(run_import, table):
    bring(run_import, table, *ROWS)
    result = bring(run_import, table, "00012,恒远机械股份,,,,王芳,13900000002,,,")
    assert result["updated"] == 1
    firm = Customer.objects.get(number="00012")
    assert (firm.name, firm.phone, firm.version) == ("恒远机械股份", "13812345678", 2)
    assert "n:股份" in firm.search_tokens
    assert Contact.objects.get().phone == "13900000002"


def test_without_number_the_phone_tells_who_it_is(run_import, table):
    result = bring(run_import, table, ROWS[1], ",李雷,个人,13811112222,lilei@example.com,,,,,")
    assert (result["customers_created"], result["updated"]) == (1, 1)
    assert Customer.objects.get().email == "lilei@example.com"


def test_a_dry_run_counts_the_same(run_import, table):
    rows = (*ROWS, ",李雷,个人,13811112222,lilei@example.com,,,,,", "7,x,什么,,,,,,,")
    dry = bring(run_import, table, *rows, dry_run=True)
    assert not Customer.objects.exists()
    done = bring(run_import, table, *rows)
    assert {**dry, "seconds": 0, "error_file": ""} == {**done, "seconds": 0, "error_file": ""}


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("1,x,公司,12,,,,,,", "isn't a phone number"),
        ("1,x,公司,,nope,,,,,", "isn't an e-mail address"),
        ("1,x,whatever,,,,,,,", "is no kind"),
        ("1,x,个人,,,,,,,1990-02-30", "no such day"),
        (",,个人,13811112222,,,,,,", "Neither a name nor a number"),
        (f"1,{'x' * 161},个人,,,,,,,", "too long"),
    ],
)
def test_bad_rows_are_told(run_import, table, refused, row, sentence):
    result = bring(run_import, table, row, "2,fine,个人,,,,,,,")
    assert (result["customers_created"], result["errors"]) == (1, 1)
    assert sentence in refused(result)[0]["reason"]


def test_two_customers_with_one_name_need_a_number(run_import, table, refused):
    Customer.objects.create(number="1", name="李雷")
    Customer.objects.create(number="2", name="李雷")
    result = bring(run_import, table, ",李雷,个人,,,,,,,")
    assert "Several customers have this" in refused(result)[0]["reason"]


def test_what_lies_in_the_bin_is_not_changed(run_import, table, refused):
    Customer.objects.create(number="00012", name="old", deleted_at="2026-01-01T00:00Z")
    assert "recycle bin" in refused(bring(run_import, table, ROWS[0]))[0]["reason"]


def test_owners_by_column_and_in_turn(run_import, table, cast):
    header = "number,name,owner_email"
    rows = ["1,a,", "2,b,li@example.com", "3,c,"]
    run_import(table(header, *rows), command="import_customers", owner="round-robin:Shanghai")
    assert dict(Customer.objects.values_list("number", "owner__name")) == {"1": "小李", "2": "小李", "3": "小李"}
    run_import(table(header, "2,b,wang@example.com"), command="import_customers")
    moved = Customer.objects.get(number="2")
    assert (moved.owner.name, moved.team.name) == ("小王", "Shanghai")
    assert OwnerChange.objects.filter(customer=moved).count() == 2


def test_a_new_channel_is_made(run_import, table):
    bring(run_import, table, "1,x,个人,,,,,,抖音,")
    assert Channel.objects.get(name_zh="抖音").code.startswith("channel-")


@pytest.mark.django_db(transaction=True)
def test_what_a_person_saves_meanwhile_is_kept(run_import, table, cast, monkeypatch):
    """The import reads 00012, a rep changes its phone, the import writes the region: both stand, under two versions."""
    firm = Customer.objects.create(number="00012", name="恒远机械", phone="13800000000", owner=cast.wang)
    plain, saved = writer._change, Event()

    def rep() -> None:
        for _turn in range(2):
            row = Customer.objects.get(pk=firm.pk)
            with suppress(StaleVersionError):  # told that somebody was faster, looks again
                customer_update(customer=row, changes={"phone": "13911112222"}, version=row.version, by=cast.wang)
                break
        connection.close()
        saved.set()

    def between(*args) -> int:
        Thread(target=rep).start()
        saved.wait(1)  # the rep waits for the lock of the import's row; without it, this is where the loss begins
        return plain(*args)

    monkeypatch.setattr(writer, "_change", between)
    run_import(table("number,region", "00012,苏州"), command="import_customers")
    assert saved.wait(10)
    firm.refresh_from_db()
    assert (firm.region, firm.phone, firm.version) == ("苏州", "13911112222", 3)
