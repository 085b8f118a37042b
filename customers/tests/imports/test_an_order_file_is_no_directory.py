"""An order file tells of other people's customers and orders as seldom as the form for new customers does."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts import audit
from accounts.models import AuditEntry
from conftest import set_number
from crm.tasks import tick_jobs
from customers import selectors
from customers.models import Contact, Customer
from customers.services import tokens_refresh
from intake.models import ImportJob
from sales.models import Order

pytestmark = pytest.mark.django_db
HEADER = "订单号,下单时间,客户编号,手机,金额"
FIELDS = ("order_no", "ordered_at", "customer_no", "phone", "amount")


@pytest.fixture
def dry(sign_in, cast, monkeypatch):
    """`dry(*rows)` is the dry run of an order file of a rep; three hints a day."""
    set_number("hints_a_day", 3)
    client = sign_in(cast.wang)

    def run(*rows: str) -> ImportJob:
        file = SimpleUploadedFile("orders.csv", "\n".join((HEADER, *rows, "")).encode())
        client.post(reverse("import_new"), {"kind": "orders", "file": file, "idempotency_key": str(uuid.uuid4())})
        job = ImportJob.objects.latest("pk")
        data = {f"col{index}": name for index, name in enumerate(FIELDS)}
        data |= {"owner": f"user:{cast.wang.pk}", "timezone": "Asia/Shanghai", "currency": "CNY", "source": "import"}
        client.post(reverse("import_columns", args=[job.pk]), data)
        tick_jobs()
        job.refresh_from_db()
        return job

    return run


def reasons(job: ImportJob) -> dict[int, str]:
    return dict(job.counts["refused"])


@pytest.mark.parametrize("way", ["number", "phone"])
def test_it_tells_of_few_strangers_and_then_of_nobody(dry, cast, strangers, way):
    who = [f"S{n}," if way == "number" else f",1370000000{n}" for n in range(6)]
    rows = [f"{n},2026-01-05,{who[n]},10" for n in range(6)]
    job = dry(*rows, "9,2026-01-05,N1,,10")
    told = reasons(job)
    assert sum("belongs to somebody else" in text for text in told.values()) == 3
    assert sum("Not looked up" in text for text in told.values()) == 4, "whether the new one exists isn't said either"
    assert AuditEntry.objects.filter(act=selectors.HINT_ACT, by=cast.wang).count() == 3
    assert set(reasons(dry(rows[5], "9,2026-01-05,N1,,10")).values()) == {told[7]}


def test_order_numbers_of_others_are_counted_too(dry, cast, strangers):
    mine = Customer.objects.create(number="M1", name="自己的", owner=cast.wang)
    for n in range(1, 7):
        Order.objects.create(
            source="import", number=str(n), customer=strangers[0], ordered_at="2026-01-05T00:00Z",
            ordered_on="2026-01-05", currency="CNY", total=1, amount=1,
        )  # fmt: skip
    told = reasons(dry(*[f"{n},2026-01-05,{mine.number},,10" for n in range(1, 7)], "7,2026-01-05,M1,,10"))
    assert sum("already stored" in text for text in told.values()) == 3
    assert sum("Not looked up" in text for text in told.values()) == 4


def test_ones_own_customers_go_on(dry, cast, strangers):
    Customer.objects.create(number="M1", name="自己的", owner=cast.wang)
    dry(*[f"{n},2026-01-05,S{n},,10" for n in range(6)])
    assert dry("8,2026-01-05,M1,,10").counts["errors"] == 0


def test_an_own_customer_with_the_same_phone_does_not_tell_of_strangers(dry, cast, strangers):
    """Contacts of one's own with phones to be tried out: files with and without a stranger's must read the same."""
    mine = Customer.objects.create(number="M1", name="自己的", owner=cast.wang)
    for phone in ("13700000000", "13700000009"):
        Contact.objects.create(customer=mine, name="试", phone=phone)
    tokens_refresh([mine.pk])
    job = dry("1,2026-01-05,,13700000000,10", "2,2026-01-05,,13700000009,10")
    assert (job.counts["orders"], job.counts["errors"], job.counts["understood"]["customers"]) == (2, 0, 1)


def test_an_order_told_of_is_no_customer_told_of(cast):
    audit.record(selectors.HINT_ACT, by=cast.wang, on=Order(pk=7))
    assert (selectors.hints_of_today(cast.wang), selectors.hints_of_today(cast.wang, Order)) == (set(), {7})
