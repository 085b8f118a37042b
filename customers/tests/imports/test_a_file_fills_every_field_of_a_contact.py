"""A file brings what a company's contact is and has to say, and the company's place in its market."""

from __future__ import annotations

import pytest

from customers.models import Contact, Customer
from intake import undo
from intake.models import ImportJob

HEADER = "客户编号,客户名称,市场定位,成长性,联系人,联系人微信,职级,决策权,联系人备注"
ROW = "001,恒远机械,华东第一,每年两成,王芳,wangfang_wx,总监,决策人,只在上午接电话"


def bring(run_import, table, *rows, **options):
    return run_import(table(HEADER, *rows), command="import_customers", **options)


def contact() -> tuple[str, ...]:
    row = Contact.objects.get()
    return row.wechat, row.rank, row.authority, row.notes


def test_each_column_fills_its_field(run_import, table):
    assert bring(run_import, table, ROW)["errors"] == 0
    firm = Customer.objects.get()
    assert (firm.market_position, firm.growth) == ("华东第一", "每年两成")
    assert contact() == ("wangfang_wx", "总监", "decider", "只在上午接电话")
    assert bring(run_import, table, ROW)["unchanged"] == 1


@pytest.mark.parametrize(
    ("said", "code"),
    [("decides", "decider"), ("Evaluates technically", "evaluator"), ("使用者", "user"), ("champion", "champion")],
)
def test_decision_authority_is_read_in_both_languages(run_import, table, said, code):
    assert bring(run_import, table, ROW.replace("决策人", said))["errors"] == 0
    assert Contact.objects.get().authority == code


def test_another_word_is_refused_and_not_guessed(run_import, table):
    assert bring(run_import, table, ROW.replace("决策人", "老大"))["errors"] == 1
    assert not Contact.objects.exists()


def test_taken_back_the_contact_is_as_it_was(run_import, table):
    bring(run_import, table, ROW)
    bring(run_import, table, "001,恒远机械,,,王芳,wf2,经理,使用者,晚上打")
    assert contact() == ("wf2", "经理", "user", "晚上打")
    job = ImportJob.objects.latest("pk")
    undo.undo_start(job=job, by=None)
    assert undo.run(job, wait=True)
    assert contact() == ("wangfang_wx", "总监", "decider", "只在上午接电话")
