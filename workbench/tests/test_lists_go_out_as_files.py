"""A list goes out as the file that its page announces: with a reason, on record, masked, harmless to spreadsheets."""

import csv
import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import AuditEntry, ExportedRows
from accounts.policy import RELATIONS
from accounts.services import mask_change
from conftest import set_number
from customers.models import Contact, Customer, CustomerFacts, Industry, Tag
from intake import export

pytestmark = pytest.mark.django_db
REASON = "for the year's talk"


@pytest.fixture
def page():
    return reverse("customer_export")


def send(client, page, query="", **sent):
    return client.post(f"{page}{query}", {"reason": REASON, "file": "csv", **sent})


def rows_of(answer):
    """The cells of a CSV answer, and its heads."""
    assert answer.status_code == 200, answer.content.decode()[:3000]
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text))
    return [dict(zip(head, row, strict=True)) for row in rows]


def book_of(answer):
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def test_who_may_export_finds_the_way_on_the_list_and_others_do_not(cast, customer, sign_in, page):
    listed = sign_in(cast.lead).get(reverse("customer_list"), {"view": "all", "kind": "company"}).content.decode()
    assert f"{page}?view=all&amp;kind=company" in listed
    assert page not in sign_in(cast.wang).get(reverse("customer_list")).content.decode()
    assert sign_in(cast.wang).get(page).status_code == 403


def test_the_page_says_what_goes_out(cast, customer, sign_in, page):
    shown = sign_in(cast.lead).get(page, {"view": "all", "kind": "company"}).content.decode()
    assert "1 customer" in shown
    assert "Company" in shown
    assert "Second phone" in shown


def test_without_a_reason_nothing_goes_out(cast, customer, sign_in, page):
    answer = send(sign_in(cast.lead), page, reason=" ")
    assert answer.status_code == 422
    assert "Say what you need the file for" in answer.content.decode()
    assert not AuditEntry.objects.filter(act="customer.export").exists()
    assert send(sign_in(cast.lead), page, file="exe").status_code == 422


def test_what_went_out_stands_in_the_audit_log(cast, customer, sign_in, page):
    Customer.objects.create(number="K2", name="乙", owner=cast.wang, team=cast.shanghai, kind="person")
    Customer.objects.filter(pk=customer.pk).update(region="13812345678")
    client = sign_in(cast.lead)
    rows_of(send(client, page, "?view=all&kind=company&region=13812345678"))
    line = AuditEntry.objects.get(act="customer.export")
    assert (line.by, line.details["rows"], line.details["reason"], line.details["file"]) == (
        cast.lead,
        1,
        REASON,
        "csv",
    )
    assert "Kind: Company" in line.details["told"]["en"].title()
    assert "公司" in line.details["told"]["zh-hans"]
    assert "138****5678" in str(line.details)  # what was asked for may be a number that is masked elsewhere
    assert "13812345678" not in str(line.details)
    assert ExportedRows.objects.get().ids == [customer.pk]
    audit = sign_in(cast.auditor)
    about = audit.get(reverse("audit_list"), {"object": f"customers.customer:{customer.pk}"}).content.decode()
    assert "exported customers" in about
    assert REASON in about.replace("&#x27;", "'")
    other = Customer.objects.get(number="K2")
    elsewhere = audit.get(reverse("audit_list"), {"object": f"customers.customer:{other.pk}"}).content.decode()
    assert REASON not in elsewhere.replace("&#x27;", "'")


def test_the_file_holds_the_columns_that_were_chosen_in_the_list(cast, customer, sign_in, page):
    client, chosen = sign_in(cast.lead), "?view=all&columns=owner&columns=email&columns=tier"
    [row] = rows_of(send(client, page, chosen))
    assert list(row) == ["Number", "Name", "Owner", "E-mail", "Tier"]
    assert row["Owner"] == cast.wang.name
    shown = client.get(f"{page}{chosen}").content.decode()
    assert "The columns that were chosen in the list" in shown
    assert 'href="?view=all"' in shown  # everything, one tap away
    with_scores = rows_of(send(client, page, "?view=all&columns=health&columns=region"))[0]
    assert {"Number", "Name", "Region", "Health"} <= set(with_scores)
    book = book_of(send(client, page, chosen, file="xlsx"))
    assert len(book.worksheets) == 1


def test_a_chosen_column_that_is_hidden_stays_out_of_the_file(cast, customer, sign_in, page):
    hidden = {("email", relation): "hidden" for relation in RELATIONS}
    mask_change(role=cast.lead.role, modes=hidden, by=cast.admin)
    [row] = rows_of(send(sign_in(cast.lead), page, "?view=all&columns=email&columns=region"))
    assert list(row) == ["Number", "Name", "Region"]


def test_so_often_a_day(cast, customer, sign_in, page, monkeypatch):
    set_number("exports_a_day", 2)
    client = sign_in(cast.lead)
    for _ in range(2):
        rows_of(send(client, page))
    refused = send(client, page)
    assert refused.status_code == 422
    assert "You have exported this list 2 times within a day" in refused.content.decode()
    assert REASON in refused.content.decode().replace("&#x27;", "'")  # nothing typed is lost


def test_an_empty_list_says_so(cast, customer, sign_in, page):
    client = sign_in(cast.lead)
    assert "Nothing to export" in client.get(page, {"q": "nobody"}).content.decode()
    assert send(client, page, "?q=nobody").status_code == 422
    assert not ExportedRows.objects.exists()


def test_more_than_a_file_holds_is_refused_with_the_cure(cast, customer, sign_in, page, monkeypatch):
    monkeypatch.setattr(export, "MOST_ROWS", 1)
    Customer.objects.create(number="K2", name="乙", owner=cast.wang, team=cast.shanghai)
    answer = send(sign_in(cast.lead), page)
    assert answer.status_code == 422
    assert "Narrow the list with a filter" in answer.content.decode()


def test_pool_and_shared_customers_stay_and_the_page_says_how_many(cast, customer, sign_in, page):
    Customer.objects.create(number="K2", name="公海", owner=None)
    client = sign_in(cast.lead)
    shown = client.get(page, {"view": "pool"}).content.decode()
    assert "You may look at the rows of this list" in shown
    assert [row["Name"] for row in rows_of(send(client, page, "?view=all"))] == [customer.name]


def test_masked_values_go_out_masked_and_hidden_columns_stay(cast, customer, sign_in, page):
    Contact.objects.create(customer=customer, name="王敏", phone="13987654321", wechat="wangmin_wx")
    client = sign_in(cast.admin)  # reads everybody's masked
    assert "masked where you read them masked: Phone" in client.get(page, {"view": "all"}).content.decode()
    (row,) = rows_of(send(client, page))
    assert (row["Phone"], row["Address"]) == ("138****5678", "苏州****")
    answer = send(client, page, file="xlsx")
    raw = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    text = "".join(raw.read(name).decode() for name in raw.namelist())
    assert "王敏" in text
    for secret in ("13812345678", "13987654321", "wangmin_wx", "工业园区"):
        assert secret not in text
    hidden = {("phone", relation): "hidden" for relation in RELATIONS}
    mask_change(role=cast.admin.role, modes=hidden, by=cast.admin)
    (row,) = rows_of(send(sign_in(cast.admin), page))
    assert not {"Phone", "Second phone", "WeChat"} & set(row)
    assert row["E-mail"] == "o****@hengyuan.example.com"


def test_no_cell_is_a_formula_or_loses_its_digits(cast, customer, sign_in, page):
    typed = {
        "name": "=HYPERLINK(1)",
        "notes": "\t=1+1",
        "hobbies": "＝SUM(A1)",
        "region": "@x",
        "number": "00123",
        "occupation": "-2+3",
        "credit_code": "440307199001011234",
    }
    tea = Industry.objects.create(code="x", name_en="3-4", name_zh="3-4")
    Customer.objects.filter(pk=customer.pk).update(**typed, industry=tea)
    client = sign_in(cast.lead)
    (row,) = rows_of(send(client, page))
    assert row["Name"] == "'=HYPERLINK(1)"
    assert row["Notes"] == "'\t=1+1"
    assert row["Hobbies"].startswith("'")
    assert row["Region"] == "'@x"
    assert row["Occupation"] == "'-2+3"
    assert (row["Number"], row["Credit code"], row["Industry"]) == ("'00123", "'440307199001011234", "'3-4")
    assert row["Phone"] == "13812345678"
    sheet = book_of(send(client, page, file="xlsx")).worksheets[0]
    cells = {sheet.cell(1, n).value: sheet.cell(2, n) for n in range(1, sheet.max_column + 1)}
    assert {cell.data_type for cell in cells.values() if isinstance(cell.value, str)} <= {"s", "inlineStr"}
    assert (cells["Number"].value, cells["Credit code"].value) == ("00123", "440307199001011234")
    assert cells["Name"].value == "'=HYPERLINK(1)"


def test_a_workbook_holds_days_amounts_and_contacts_as_what_they_are(cast, customer, sign_in, page):
    at = timezone.make_aware(dt.datetime(2026, 11, 1, 23, 30), dt.UTC)  # the next day in Shanghai
    CustomerFacts.objects.create(
        customer=customer, last_contact_at=at, next_follow_up_on=dt.date(2026, 12, 3), orders_total=3
    )
    customer.tags.add(Tag.objects.create(name="VIP"))
    boss = Contact.objects.create(customer=customer, name="老板", rank="总经理", notes="晨会后")
    Contact.objects.create(customer=customer, name="助理", reports_to=boss, is_primary=True)
    book = book_of(send(sign_in(cast.lead), page, file="xlsx"))
    assert book.sheetnames == ["Customers", "Contacts", "Consents"]
    customers, contacts, _consents = (list(sheet.values) for sheet in book.worksheets)
    row = dict(zip(customers[0], customers[1], strict=True))
    assert row["Last activity"] == dt.datetime(2026, 11, 2, 7, 30)
    assert row["Next follow-up"] == dt.datetime(2026, 12, 3)
    assert (row["Orders so far"], row["Tags"], row["12 months (CNY)"]) == (3, "VIP", None)
    named = [dict(zip(contacts[0], one, strict=True)) for one in contacts[1:]]
    assert [one["Name"] for one in named] == ["助理", "老板"]
    assert (named[0]["Reports to"], named[1]["Rank"], named[1]["Notes"]) == ("老板", "总经理", "晨会后")


def test_file_and_heads_are_named_in_the_readers_language(cast, customer, sign_in, page):
    cast.lead.language = "zh-hans"
    cast.lead.save()
    with translation.override("zh-hans"):
        answer = send(sign_in(cast.lead), page)
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text.splitlines()[0].startswith("编号,")
    assert "%E5%AE%A2%E6%88%B7" in answer.headers["Content-Disposition"]  # 客户
    assert b"".join(send(sign_in(cast.lead), page).streaming_content).startswith(b"\xef\xbb\xbf")
