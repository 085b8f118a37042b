"""A file brings what people are like and how they buy; words that nobody knows are refused or asked about."""

from __future__ import annotations

import pytest

from customers.models import Customer, DecisionStyle
from intake import undo
from intake.models import ImportedRow, ImportJob

pytestmark = pytest.mark.django_db
HEADER = "客户编号,客户名称,收入,消费习惯,性格,沟通风格,决策风格,价格敏感度,购买决定因素"
ROW = '001,李雷,100k-200k,月底采购,沉稳,先给结论,rational,高,"信任、价格"'


def bring(run_import, table, *rows, **options):
    return run_import(table(HEADER, *rows), command="import_customers", **options)


def told() -> tuple[object, ...]:
    row = Customer.objects.get()
    return row.income_band.code, row.spending_habits, row.decision_style.code, row.price_sensitivity, row.reasons


def test_each_column_fills_its_field_and_twice_changes_nothing(run_import, table):
    assert bring(run_import, table, ROW)["errors"] == 0
    assert told() == ("100k-200k", "月底采购", "rational", "high", ["price", "trust"])
    assert bring(run_import, table, ROW)["unchanged"] == 1


@pytest.mark.parametrize(("was", "said"), [("高", "天价"), ("信任、价格", "信任、颜色")])
def test_a_word_of_neither_language_is_refused(run_import, table, was, said):
    assert bring(run_import, table, ROW.replace(was, said))["errors"] == 1


def test_a_new_decision_style_goes_with_its_import(run_import, table):
    bring(run_import, table, ROW.replace("rational", "看心情"))
    assert DecisionStyle.objects.get(name_zh="看心情").customer_set.count() == 1
    back()
    assert not DecisionStyle.objects.filter(name_zh="看心情").exists()


def test_taken_back_a_customer_is_as_before(run_import, table):
    bring(run_import, table, ROW)
    bring(run_import, table, '001,李雷,over-500k,天天买,急躁,只听价格,price,low,"feeling"')
    assert told() == ("over-500k", "天天买", "price", "low", ["feeling"])
    back()
    assert told() == ("100k-200k", "月底采购", "rational", "high", ["price", "trust"])


def test_an_import_of_before_these_columns_is_taken_back_and_leaves_them(run_import, table):
    """What was remembered of a row then doesn't name columns that came later: they stay as they are."""
    bring(run_import, table, ROW)
    bring(run_import, table, "001,李雷,,,急躁,,,,")
    for row in ImportedRow.objects.filter(what="customer", before__isnull=False):
        row.before.pop("reasons")
        row.before.pop("spending_habits")
        row.save()
    back()
    assert told() == ("100k-200k", "月底采购", "rational", "high", ["price", "trust"])
    assert Customer.objects.get().personality == "沉稳"


def back() -> None:
    job = ImportJob.objects.latest("pk")
    undo.undo_start(job=job, by=None)
    assert undo.run(job, wait=True)
