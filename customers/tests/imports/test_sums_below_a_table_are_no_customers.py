"""Sums and remarks that programs write below and between the rows become nobody; who is really called so comes in."""

import openpyxl
import pytest

from customers.models import Customer
from intake import totals

SUMS = (
    *(
        "合计",
        "合 计",
        "合计：",
        "总计：2 家",
        "本页小计",
        "客户数合计",
        "合計",
        "合计（元）",
        "王一 汇总",
        "汇总",
        "총계",
    ),
    *("Total", "TOTAL:", "Grand Total", "Sub-total", "subtotal", "Total amount", "Итого", "Gesamtsumme"),
)
REMARKS = (
    "制表人：张三",
    "审核：",
    "共2条记录",
    "共 2 家",
    "打印时间：2026-11-27 10:00",
    "以上数据截至2026-11-27",
    "2 rows",
)
NAMES = (
    "总计算机公司",
    "合计同创科技",
    "Totally Tea",
    "Total Energies",
    "Sumitomo",
    "小计划科技",
    "以上科技",
    "共创",
    "Count Basie",
)


@pytest.mark.parametrize("text", SUMS)
def test_a_sum_is_known_by_its_name(text):
    assert totals.is_total(text)


@pytest.mark.parametrize("text", NAMES)
def test_names_are_no_sums(text):
    assert not totals.is_total_of_number(text)
    assert not totals.is_remark([text, ""])


@pytest.mark.parametrize("text", REMARKS)
def test_a_remark_stands_alone_in_its_row(text):
    assert totals.is_remark(["", text, ""])
    assert not totals.is_remark([text, "13800138000"])


def test_neither_sums_nor_remarks_become_customers(run_import, table, refused):
    rows = ["S1,王一,13800138000,5", "S2,王二,13800138001,6", *(f",{text},,11" for text in SUMS)]
    rows += [*(f"{text},,,11" for text in SUMS), *(f",{text},," for text in REMARKS)]
    path = table("客户编号,客户名称,电话,累计消费", *rows)
    for dry in (True, False):
        result = run_import(path, command="import_customers", dry_run=dry)
        assert (result["customers_created"], result["errors"]) == (2, len(rows) - 2)
    assert "Leave it out" in refused(result)[0]["reason"]
    assert set(Customer.objects.values_list("name", flat=True)) == {"王一", "王二"}


def test_a_sum_whose_word_stands_before_the_columns_that_are_read(run_import, table):
    path = table("序号,客户名称,电话", "1,王一,13800138000", "合计,1 家,")
    result = run_import(path, command="import_customers")
    assert (result["customers_created"], result["errors"]) == (1, 1)


def test_a_workbook_with_titles_and_a_sum(run_import, tmp_path):
    book = openpyxl.Workbook()
    rows = [["客户资料"], ["客户编号", "客户名称", "电话"], ["S1", "王一", "13800138000"], ["合计", None, None]]
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "customers.xlsx")
    result = run_import(tmp_path / "customers.xlsx", command="import_customers")
    assert (result["customers_created"], result["errors"]) == (1, 1)


def test_who_is_really_called_so_comes_in_with_a_number_or_a_phone(run_import, table):
    path = table("number,name,phone", "T1,Total,", ",合计,13800138000")
    assert run_import(path, command="import_customers")["customers_created"] == 2
