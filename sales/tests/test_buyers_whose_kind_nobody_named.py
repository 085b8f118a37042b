"""A buyer that an order file makes is what the company sells to, unless the file says more."""

import pytest

from core.models import Company
from customers.models import Customer

MAPPING = "ordered_at=at,customer_no=customer,amount=amount,customer_name=name"


@pytest.mark.parametrize(("whom", "kind"), [("persons", "person"), ("companies", "company"), ("both", "unknown")])
def test_a_file_without_kinds_follows_the_company(whom, kind, run_import, table):
    Company.objects.filter(pk=1).update(sells_to=whom)
    run_import(table("at,customer,amount,name", "2026-01-01,1,5,李雷"), MAPPING)
    assert Customer.objects.values_list("name", "kind").get() == ("李雷", kind)


def test_what_the_file_says_goes_before(run_import, table):
    Company.objects.filter(pk=1).update(sells_to="persons")
    rows = ["2026-01-01,1,5,a,公司,", "2026-01-01,2,5,b,未知,", "2026-01-01,3,5,c,,", "2026-01-01,4,5,d,,恒远机械"]
    mapping = f"{MAPPING},customer_kind=kind,company=firm"
    run_import(table("at,customer,amount,name,kind,firm", *rows), mapping)
    kinds = dict(Customer.objects.values_list("number", "kind"))
    assert kinds == {"1": "company", "2": "unknown", "3": "person", "4": "company"}
