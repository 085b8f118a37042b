"""The way of an upload: file, columns, dry run, start, worker, refused rows; each to its owner only."""

import re
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from accounts.models import AuditEntry
from conftest import set_number
from crm.tasks import tick_jobs
from customers import selectors
from customers.models import Customer
from intake import services
from intake.models import ImportJob
from sales.models import Order, OrderLine, Product

pytestmark = pytest.mark.django_db
ORDERS = """订单号,下单时间,客户编号,客户名称,数量,单价
1,2026-01-05,007,王芳,2,3.5
2,2026-01-06,008,李雷,-1,4
3,never,007,,1,1
"""


def upload(client, text: str = ORDERS, kind: str = "", **more):
    file = SimpleUploadedFile("orders.csv", text.encode("gbk"))
    data = {"kind": kind, "file": file, "idempotency_key": str(uuid.uuid4())} | more
    return client.post(reverse("import_new"), data)


def at(name: str, job: ImportJob) -> str:
    return reverse(name, args=[job.pk])


def columns(client, job: ImportJob, **more):
    """Send the columns page as it came."""
    page = client.get(at("import_columns", job)).content.decode()
    chosen = dict(re.findall(r'<select name="(col\d+)".*?<option value="(\w+)" selected', page, re.DOTALL))
    owner = re.search(r'name="owner".*?value="([^"]*)"', page, re.DOTALL)[1]
    data = {"owner": owner, "timezone": "Asia/Shanghai", "currency": "CNY", "source": "import"}
    return client.post(at("import_columns", job), data | chosen | more)


def content(answer) -> str:
    """A downloaded file. Only the file is closed: closing the answer would close the database connection too."""
    text = b"".join(answer.streaming_content).decode()
    for close in answer._resource_closers:
        close()
    return text


@pytest.fixture
def rep(sign_in, cast):
    return sign_in(cast.wang)


def brought_in(client, text: str = ORDERS) -> ImportJob:
    upload(client, text)
    job = ImportJob.objects.latest("pk")
    columns(client, job)
    tick_jobs()
    client.post(at("import_start", job))
    tick_jobs()
    job.refresh_from_db()
    return job


def test_the_columns_are_guessed_and_shown_with_first_rows(rep):
    answer = upload(rep)
    job = ImportJob.objects.get()
    assert answer["Location"] == at("import_job", job)
    assert (job.state, job.mapping["order_no"], job.mapping["unit_price"]) == ("uploaded", "订单号", "单价")
    page = rep.get(at("import_job", job)).content.decode()
    assert "王芳" in page
    assert "GB18030" in page


def test_the_dry_run_writes_nothing_and_the_start_does(rep, cast):
    upload(rep)
    job = ImportJob.objects.get()
    assert columns(rep, job).status_code == 302
    tick_jobs()
    job.refresh_from_db()
    assert (job.state, job.counts["orders"], job.counts["returns"], job.counts["errors"]) == ("ready", 1, 1, 1)
    assert not Order.objects.exists()
    rep.post(at("import_start", job))
    tick_jobs()
    job.refresh_from_db()
    assert (job.state, Order.objects.count(), job.counts["customers_created"]) == ("done", 2, 2)
    assert set(Customer.objects.values_list("owner", flat=True)) == {cast.wang.pk}, "a rep's import gives the rep"
    assert "Imported" in rep.get(at("import_job", job)).content.decode()


def test_the_same_file_again_adds_nothing(rep):
    brought_in(rep)
    again = brought_in(rep)
    assert [again.counts[name] for name in ("orders", "returns", "updated", "customers_created")] == [0, 0, 0, 0]
    assert Order.objects.count() == 2


def test_a_double_post_keeps_one_file(rep):
    key = str(uuid.uuid4())
    assert upload(rep, idempotency_key=key)["Location"] == upload(rep, idempotency_key=key)["Location"]
    assert ImportJob.objects.count() == 1


def test_two_starts_write_once(rep):
    job = brought_in(rep)
    rep.post(at("import_start", job))
    job.refresh_from_db()
    assert job.state == "done"


def test_refused_rows_are_for_whoever_may_see_the_import(rep, sign_in, cast):
    job = brought_in(rep)
    own = rep.get(at("import_errors", job))
    text = content(own)
    assert own["Content-Disposition"].startswith("attachment")
    assert text.count("\n") == 2
    assert "never" in text
    for stranger in (cast.outsider, cast.li, cast.lead, cast.manager):
        client = sign_in(stranger)
        for name in ("import_errors", "import_job", "import_columns"):
            assert client.get(at(name, job)).status_code == 404
        for name in ("import_start", "import_cancel"):
            assert client.post(at(name, job)).status_code == 404
    assert "never" in content(sign_in(cast.admin).get(at("import_errors", job)))


def test_the_page_names_each_refused_row_with_its_reason(rep):
    """On a phone nobody opens a CSV file to learn why a row was left out."""
    upload(rep)
    job = ImportJob.objects.get()
    columns(rep, job)
    tick_jobs()
    rep.cookies["django_language"] = "en"
    page = rep.get(at("import_job", job)).content.decode()
    assert "row 4</span>" in page, "as a spreadsheet counts them"
    assert job.counts == {}
    job.refresh_from_db()
    [[number, reason]] = job.counts["refused"]
    assert number == 4
    assert escape(reason) in page
    assert f"{at('import_job', job)}#refused" in rep.get(reverse("import_list")).content.decode()


def test_who_may_not_import_finds_no_door(sign_in, cast):
    for person in (cast.agent, cast.auditor):
        assert upload(sign_in(person)).status_code == 403


def test_cancelling_removes_the_file_and_stops(rep):
    upload(rep)
    job = ImportJob.objects.get()
    columns(rep, job)
    path = services.files.job_path(job)
    assert path.exists()
    rep.post(at("import_cancel", job))
    tick_jobs()
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert not Order.objects.exists()


def test_a_rep_reaches_neither_others_customers_nor_their_orders(rep, cast, sign_in):
    Customer.objects.create(number="007", name="foreign", owner=cast.outsider)
    Customer.objects.create(number="008", name="in the pool")
    job = brought_in(rep)
    assert (Order.objects.count(), job.counts["errors"]) == (0, 3)
    text = content(rep.get(at("import_errors", job)))
    assert "belongs to somebody else" in text
    assert "unassigned pool" in text
    admin = brought_in(sign_in(cast.admin))
    assert admin.counts["orders"] == 1, "the twin: an administrator reaches everybody"


def test_a_changed_order_of_somebody_else_is_refused(rep, sign_in, cast):
    brought_in(sign_in(cast.admin))
    Customer.objects.update(owner=cast.outsider)
    upload(rep, ORDERS.replace("3.5", "4.5"))
    job = ImportJob.objects.latest("pk")
    columns(rep, job)
    tick_jobs()
    job.refresh_from_db()
    assert (job.counts["updated"], job.counts["errors"]) == (0, 2)


def test_a_lead_may_deal_customers_out_in_turn_but_only_inside_the_team(sign_in, cast):
    client = sign_in(cast.lead)
    upload(client)
    job = ImportJob.objects.get()
    assert columns(client, job, owner=f"team:{cast.north.pk}").status_code == 422
    assert columns(client, job, owner=f"team:{cast.shanghai.pk}").status_code == 302
    tick_jobs()
    client.post(at("import_start", job))
    tick_jobs()
    assert dict(Customer.objects.values_list("number", "owner__name")) == {"007": "小李", "008": "小王"}


def test_a_rep_gives_customers_to_nobody_else(rep, cast):
    upload(rep)
    assert columns(rep, ImportJob.objects.get(), owner=f"user:{cast.li.pk}").status_code == 422


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty"),
        (b"PK\x03\x04 broken", "damaged"),
        (b"\xd0\xcf\x11\xe0 old", "old or password-protected"),
        (b"a,b\n\xff\x81\xfe\x81\xff,1\n", "unknown encoding"),
    ],
)
def test_what_is_no_table_is_said_and_not_kept(rep, content, sentence, settings):
    data = {"kind": "orders", "file": SimpleUploadedFile("x.csv", content), "idempotency_key": str(uuid.uuid4())}
    answer = rep.post(reverse("import_new"), data)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not ImportJob.objects.exists()


def test_missing_and_doubled_columns_are_told(rep):
    upload(rep)
    job = ImportJob.objects.get()
    missing = columns(rep, job, col1="")
    assert missing.status_code == 422
    assert "date of the order" in missing.content.decode()
    doubled = columns(rep, job, col0="ordered_at")
    assert doubled.status_code == 422
    assert "goes there already" in doubled.content.decode()


def test_the_progress_is_shown_with_and_without_scripts(rep):
    upload(rep)
    job = ImportJob.objects.get()
    columns(rep, job)
    whole = rep.get(at("import_job", job)).content.decode()
    assert "Refresh" in whole
    assert "hx-get" in whole
    part = rep.get(at("import_job", job), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    back = rep.get(at("import_job", job), headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in back.content.decode()


def test_the_template_is_recognised_when_it_comes_back(rep):
    text = rep.get(reverse("import_template", args=["orders"])).content.decode("utf-8-sig")
    upload(rep, text)
    assert len(ImportJob.objects.get().mapping) == len(text.strip().split(","))


def test_what_nobody_finishes_is_given_up_after_a_week(rep, time_machine):
    upload(rep)
    job = ImportJob.objects.get()
    services.clean_up()
    job.refresh_from_db()
    assert job.state == "uploaded", "the twin: not before"
    time_machine.move_to(timezone.now() + timedelta(days=8))
    services.clean_up()
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert not services.files.job_path(job).exists()


# --- a file of telephone numbers is no directory ---------------------------------------------------------------------
def looked_up(client, *rows: str) -> tuple[ImportJob, str]:
    """The dry run of a customer file and its refused rows."""
    upload(client, "\n".join(("客户名称,手机", *rows, "")), kind="customers")
    job = ImportJob.objects.latest("pk")
    columns(client, job)
    tick_jobs()
    job.refresh_from_db()
    return job, content(client.get(at("import_errors", job))) if job.counts["errors"] else ""


def test_it_tells_of_as_many_strangers_customers_a_day_as_a_form(rep, cast, strangers, monkeypatch):
    set_number("hints_a_day", 3)
    rows = [f"某人,1370000000{n}" for n in range(6)]
    job, text = looked_up(rep, *rows, "新人,13999999999")
    assert text.count("Ask 外组") == 3
    assert text.count("Not looked up") == 4, "whether the new one exists isn't said either"
    assert AuditEntry.objects.filter(act=selectors.HINT_ACT, by=cast.wang).count() == 3
    _again, text = looked_up(rep, rows[5])
    assert "Not looked up" in text
    rep.post(at("import_start", job))
    tick_jobs()
    job.refresh_from_db()
    assert (job.state, Customer.objects.filter(owner=cast.wang).count()) == ("done", 0)


def test_what_the_dry_run_promised_is_written(rep, cast, strangers, monkeypatch):
    """The day's limit is reached by the dry run itself; the writing must not stop earlier than it did."""
    set_number("hints_a_day", 3)
    job, _text = looked_up(rep, *[f"某人,1370000000{n}" for n in range(3)], "新人,13999999999")
    assert job.counts["customers_created"] == 1
    rep.post(at("import_start", job))
    tick_jobs()
    job.refresh_from_db()
    assert (job.counts["customers_created"], job.counts["errors"]) == (1, 3)


def test_ones_own_customers_and_new_ones_are_looked_up_without_end(rep, cast, monkeypatch):
    set_number("hints_a_day", 0)
    Customer.objects.create(number="M1", name="自己的", phone="13911112222", owner=cast.wang)
    job, _text = looked_up(rep, "自己的,13911112222")
    assert job.counts["errors"] == 0


def test_a_reps_orders_leave_the_catalogue_alone(rep, sign_in, cast):
    text = ORDERS.replace("单价", "单价,商品编码,商品").replace("3.5", "3.5,LAMP-1,台灯").replace("-1,4", "-1,4,FAN-1,")
    brought_in(rep, text)
    assert not Product.objects.exists()
    assert set(OrderLine.objects.values_list("description", flat=True)) == {"台灯", "FAN-1"}
    brought_in(sign_in(cast.admin), text.replace("\n1,", "\n11,").replace("\n2,", "\n12,"))
    assert set(Product.objects.values_list("sku", flat=True)) == {"LAMP-1", "FAN-1"}, "the twin: who may write it does"
