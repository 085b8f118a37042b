"""What a dry run counts of rows that come again in the file is what the import then does."""

import pytest

from customers.models import Customer

FIGURES = ("customers_created", "updated", "unchanged", "errors")


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        ("name", ("José  Núñez", "JOSÉ NÚÑEZ", "Ｊｏｓé Núñez", "Jose\u0301 Nu\u0301n\u0303ez")),
        ("name,email", ("Em One,Em.One@Example.com", "EM ONE,em.one@example.com")),
        ("name,email,phone", ("Ann Lee,a@b.cn,", "ann lee,A@B.cn,13800138000", "Ann Lee,a@b.cn,138 0013 8000")),
        ("name,phone", ("恒远有限公司,13800138000", "恒远,+86 13800138000")),
        ("number,name", ("S1,Ann", "S1,ann", "s1,Ann")),
        ("number,name,region", ("S1,,上海", "S1,王一,上海", "S1,王一,北京")),
    ],
)
def test_spellings_of_one_customer_count_alike(run_import, table, header, rows):
    path = table(header, *rows)
    told = run_import(path, command="import_customers", dry_run=True)
    assert Customer.objects.count() == 0
    done = run_import(path, command="import_customers")
    assert [told[name] for name in FIGURES] == [done[name] for name in FIGURES]
