"""The page of columns takes what is sure, offers what is near one press away, and asks what it can't know."""

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from crm.tasks import tick_jobs
from customers.models import Customer
from intake.models import ImportJob
from sales.models import Order

pytestmark = pytest.mark.django_db
NEAR = "单号,成交日期,Sales Amount,退款金额\n1,2026-05-01,100,30\n"
AMERICAN = "order id,order date,amount\n1,11/8/2018,100\n2,11/25/2018,50\n"


@pytest.fixture
def rep(sign_in, cast):
    return sign_in(cast.wang)


def uploaded(client, text: str) -> ImportJob:
    file = SimpleUploadedFile("file.csv", text.encode())
    client.post(reverse("import_new"), {"kind": "", "file": file, "idempotency_key": str(uuid.uuid4())})
    return ImportJob.objects.latest("pk")


def fields(answer) -> dict[str, str]:
    """What stands in the page's fields."""
    page = answer.content.decode()
    chosen = {}
    for name, inside in re.findall(r'<select name="(\w+)"(.*?)</select>', page, re.DOTALL):
        found = re.search(r'<option value="([^"]*)" selected', inside) or re.search(r'<option value="([^"]*)"', inside)
        chosen[name] = found[1]
    texts = re.findall(r'<input type="text" name="(\w+)" value="([^"]*)"', page)
    return chosen | dict(texts)


def offers(answer) -> list[str]:
    return re.findall(r'name="take" value="([^"]+)"', answer.content.decode())


def test_near_words_are_offered_and_one_press_takes_them(rep):
    job = uploaded(rep, NEAR)
    address = reverse("import_columns", args=[job.pk])
    page = rep.get(address)
    assert job.mapping == {"order_no": "单号"}
    assert offers(page) == ["col1:ordered_at", "col2:amount"], "the refunds are no offer"
    page = rep.post(address, fields(page) | {"source": "shop-7", "take": "col2:amount"})
    assert page.status_code == 200
    assert (fields(page)["col2"], fields(page)["source"]) == ("amount", "shop-7"), "what was typed stays"
    assert offers(page) == ["col1:ordered_at"]
    job.refresh_from_db()
    assert (job.state, job.mapping) == ("uploaded", {"order_no": "单号"}), "nothing is decided by it"


def test_a_known_export_is_named(rep):
    text = "Name,Financial Status,Created at,Lineitem quantity,Lineitem price,Total\n#1,paid,2026-05-01,1,10,12\n"
    job = uploaded(rep, text)
    assert "amount" not in job.mapping
    assert "Shopify" in rep.get(reverse("import_job", args=[job.pk])).content.decode()


def test_the_order_of_dates_is_asked_before_all_rows_are_refused(rep):
    job = uploaded(rep, AMERICAN)
    address = reverse("import_columns", args=[job.pk])
    sent = fields(rep.get(address))
    answer = rep.post(address, sent)
    assert answer.status_code == 422
    assert "11/8/2018" in answer.content.decode()
    assert rep.post(address, sent | {"date_format": "mdy"}).status_code == 302
    tick_jobs()
    rep.post(reverse("import_start", args=[job.pk]))
    tick_jobs()
    assert [str(order.ordered_on) for order in Order.objects.order_by("number")] == ["2018-11-08", "2018-11-25"]


def test_customers_have_dates_too(rep, run_import, table):
    job = uploaded(rep, "number,name,birthday\n1,Ann,5/3/1990\n")
    assert "date_format" in fields(rep.get(reverse("import_columns", args=[job.pk])))
    path = table("number,name,birthday", "1,Ann,5/3/1990")
    assert run_import(path, command="import_customers")["errors"] == 1
    assert run_import(path, command="import_customers", date_format="%d/%m/%Y")["errors"] == 0
    assert str(Customer.objects.get().birthday) == "1990-03-05"
