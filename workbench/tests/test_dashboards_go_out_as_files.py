"""The tables of the dashboards go out as files that say what the pages say, under the same filters."""

import csv
import io

import openpyxl
import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from segmentation.cohorts.nightly import cohorts_keep
from workbench.tests.scored import MONTH_ENDS, score, widen

pytestmark = pytest.mark.django_db


@pytest.fixture
def scored(cast):
    score(cast)
    widen(cast)
    cohorts_keep(MONTH_ENDS[-1])
    return cast


def read_csv(answer):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def read_book(answer):
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def test_the_table_of_tiers_is_that_of_the_page(sign_in, scored):
    client = sign_in(scored.auditor)
    page = client.get(reverse("segmentation")).context["page"]
    head, *rows = read_csv(client.get(reverse("segmentation"), {"file": "csv", "table": "tiers"}))
    assert head[:3] == ["Tier", "Customers", "Net sales (CNY)"]
    assert [int(row[1]) for row in rows] == [effect["row"].customers for effect in page.effect]
    assert sum(float(row[2]) for row in rows) * 100 == page.total.revenue


def test_each_file_is_a_line_of_the_audit_log_and_the_page_is_none(sign_in, scored):
    client, page = sign_in(scored.wang), reverse("segmentation")
    client.get(page)
    client.head(page, {"file": "csv", "table": "tiers"})
    client.get(page, {"file": "csv", "table": "nothing"})
    assert not AuditEntry.objects.filter(act="figures.export").exists()
    table = read_csv(client.get(page, {"file": "csv", "table": "tiers", "scheme": "b2b"}))
    read_book(client.get(page, {"file": "xlsx"}))
    one, whole = AuditEntry.objects.filter(act="figures.export").order_by("pk")
    assert one.by == scored.wang
    assert one.details == {"file": "tiers-2026-09-30-tiers.csv", "rows": len(table) - 1, "asked": "scheme=b2b"}
    assert whole.details["file"] == "tiers-2026-09-30.xlsx"
    log = sign_in(scored.admin).get(reverse("audit_list")).content.decode()
    assert "took figures of a page as a file" in log


def test_the_moves_and_the_months_are_those_of_the_page(sign_in, scored):
    client = sign_in(scored.auditor)
    page = client.get(reverse("segmentation")).context["page"]
    moves = read_csv(client.get(reverse("segmentation"), {"file": "csv", "table": "moves"}))
    assert [int(row[-1]) for row in moves[1:]] == [row["total"].count for row in page.matrix_rows]
    months = read_csv(client.get(reverse("segmentation"), {"file": "csv", "table": "months"}))
    assert [row[0] for row in months] == ["Month", "Aug 2026", "Sep 2026"]
    assert sum(map(int, months[-1][1:])) == page.rated


def test_a_workbook_has_a_sheet_for_each_table(sign_in, scored):
    sheets = read_book(sign_in(scored.manager).get(reverse("segmentation"), {"file": "xlsx"}))
    assert list(sheets) == [
        "1 Customers by tier and month",
        "2 Customers by tier before and ",
        "3 Value and potential",
        "4 Figures by tier",
    ]
    sheets = read_book(sign_in(scored.manager).get(reverse("purchases"), {"file": "xlsx"}))
    assert list(sheets) == ["1 Who bought again", "2 Net sales by month", "3 How sales are spread over cus"]
    assert sheets["1 Who bought again"][1][:2] == ["Q3 2026", 4]


def test_the_filters_of_the_page_hold_for_its_files(sign_in, scored):
    client, asked = sign_in(scored.auditor), {"scheme": "b2b", "file": "csv", "table": "spread"}
    head, *rows = read_csv(client.get(reverse("purchases"), asked))
    assert head[0] == "The best"
    assert [row[1:4] for row in rows] == [["1", "2660.73", "2700.00"]]


def test_people_take_out_what_they_may_count(sign_in, scored):
    _head, *rows = read_csv(sign_in(scored.wang).get(reverse("purchases"), {"file": "csv", "table": "again"}))
    assert sum(int(row[1]) for row in rows) == 2


def test_the_page_links_its_files_under_its_filters(sign_in, scored):
    text = sign_in(scored.manager).get(reverse("segmentation"), {"run": "2026-09-30"}).content.decode()
    assert "?run=2026-09-30&amp;file=xlsx" in text
    assert "?run=2026-09-30&amp;file=csv&amp;table=moves" in text


@pytest.mark.parametrize("asked", [{"file": "pdf"}, {"file": "csv"}, {"file": "csv", "table": "nonsense"}])
def test_a_file_that_is_none_shows_the_page(sign_in, scored, asked):
    for page in ("segmentation", "purchases"):
        assert sign_in(scored.manager).get(reverse(page), asked)["Content-Type"].startswith("text/html")


def test_who_has_no_customers_is_offered_no_file(sign_in, scored):
    assert "file=xlsx" not in sign_in(scored.agent).get(reverse("segmentation")).content.decode()
