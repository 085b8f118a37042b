"""Before anything is written it is said what was understood: sums, days, what is new, and what to look at."""

import io

import pytest
from django.core.management import call_command
from django.utils import translation

from intake.models import ImportJob
from intake.understood import asked_by, figures_of, refusals_of
from sales.imports import steps
from sales.models import Order

HEADER = "no,at,customer,name,sku,qty,price,channel"
MAP = "order_no=no,ordered_at=at,customer_no=customer,customer_name=name,sku=sku,quantity=qty,unit_price=price"
MAP += ",channel=channel"
ROWS = (
    "1,2026-01-05,C1,王芳,A,2,10,线下",
    "1,2026-01-05,C1,王芳,B,1,5,线下",
    "2,2026-01-09,,李雷,A,1,7,",
    "3,2026-01-07,C2,,A,-1,4,",
    "4,never,C3,,A,1,4,",
    "5,2026-01-03,,,A,1,1,",
)


def told(path, mapping=MAP, **options):
    out = io.StringIO()
    call_command("import_orders", str(path), map=mapping, stdout=out, **options)
    return out.getvalue(), ImportJob.objects.latest("pk")


@pytest.fixture(autouse=True)
def _company(db, defaults):
    """A company with its channels."""


def test_sums_by_sign_days_and_what_to_look_at(table):
    text, job = told(table(HEADER, *ROWS), dry_run=True)
    understood = job.counts["understood"]
    assert (understood["sales"], understood["returned"], understood["currency"]) == (3300, -400, "CNY")
    assert (understood["first"], understood["last"], understood["customers"]) == ("2026-01-03", "2026-01-09", 2)
    assert understood["encoding"] == "UTF-8"
    asked = {row["code"]: (row["count"], row["rows"], row["names"]) for row in job.counts["questions"]}
    assert asked["people_dropped"] == (1, [4], [])
    assert asked["no_customer"] == (1, [7], [])
    assert asked["nameless"] == (1, [5], [])
    assert asked["new_channels"] == (2, [2, 3], ["线下"])
    assert asked["new_products"] == (5, [2, 3, 4, 5, 7], ["A", "B"])
    assert "1 row names a customer, but neither" in text
    assert "sales: ¥33" in text
    assert not Order.objects.exists()


def test_the_command_says_it_before_it_writes(table, monkeypatch):
    out, seen = io.StringIO(), []
    write = steps.newcomers.create
    monkeypatch.setattr(steps.newcomers, "create", lambda *a, **k: seen.append(out.getvalue()) or write(*a, **k))
    call_command("import_orders", str(table(HEADER, *ROWS)), map=MAP, stdout=out)
    assert "names a customer, but neither" in seen[0]
    assert out.getvalue().count("names a customer, but neither") == 1


def test_one_reason_is_told_once_with_all_its_rows(table):
    rows = [f"{n},2026-01-05,C{n},x,A,1,1,nowhere" for n in range(1, 40)]
    header, mapping = f"{HEADER},who", f"{MAP},owner_email=who"
    text, job = told(table(header, *[f"{row},ghost@example.com" for row in rows]), mapping, dry_run=True)
    [[reason, count, places]] = job.counts["reasons"]
    assert (count, places) == (39, list(range(2, 22)))
    assert "ghost@example.com" in reason
    assert text.count("ghost@example.com") == 1
    assert "and 19 more" in text


def test_the_same_amount_on_every_line_is_asked_about(table):
    rows = ["1,2026-01-05,60,tea", "1,2026-01-05,60,pot", "2,2026-01-05,60,tea"]
    _text, job = told(table("no,at,amount,what", *rows), "order_no=no,ordered_at=at,amount=amount,product=what")
    asked = {row["code"]: row["rows"] for row in job.counts["questions"]}
    assert asked["same_amounts"] == [2]


def test_it_reads_as_chinese_throughout(table):
    header, mapping = f"{HEADER},status", MAP + ",status=status"
    torn = ("5,2026-01-05,C1,王芳,A,2,10,,paid", "5,2026-01-05,C1,王芳,B,1,5,,refunded")
    rows = (*(f"{row},paid" for row in ROWS[:4]), "4,never,C3,,A,1,4,,paid", "6,2026-01-05,C4,,A,1,4,,open", *torn)
    with translation.override("zh-hans"):
        _text, job = told(table(header, *rows), mapping, dry_run=True)
        sentences = [asked.text for asked in asked_by(job)] + [refusal.text for refusal in refusals_of(job)]
        figures = dict(figures_of(job))
    assert "5 行写了新的商品：“A”、“B”。" in sentences
    assert "订单 5 各行有两种状态：已完成、已退款。" in sentences
    assert any(text.startswith("下单时间：“never”") for text in sentences)
    assert "未完成 1、已完成 3" in figures.values()
