"""A file brings two addresses of a customer, and knows the customer by either."""

from __future__ import annotations

import pytest

from customers import services
from customers.models import Customer

pytestmark = pytest.mark.django_db
HOME = "lilei.home@example.com"


@pytest.fixture
def known(cast):
    ways = {"email": "lilei@example.com", "email2": HOME}
    return services.customer_create(by=cast.wang, owner=cast.wang, name="李雷", **ways)


HEADER = "客户名称,邮箱,备用邮箱"


def bring(run_import, table, *rows, **options):
    return run_import(table(HEADER, *rows), command="import_customers", **options)


def test_a_file_knows_a_customer_by_either(known, run_import, table):
    result = bring(run_import, table, f"李雷,{HOME},lilei@example.com")
    assert (result["customers_created"], result["unchanged"]) == (0, 1)
    known.refresh_from_db()
    assert (known.email, known.email2) == ("lilei@example.com", HOME)


def test_a_file_brings_both(run_import, table):
    bring(run_import, table, "韩梅,a@example.com,b@example.com")
    made = Customer.objects.get()
    assert (made.email, made.email2) == ("a@example.com", "b@example.com")
    assert {"e:a@example.com", "e:b@example.com"} <= set(made.search_tokens)
    assert bring(run_import, table, "韩梅,,c@example.com,")["errors"] == 0
    assert Customer.objects.count() == 2  # nothing says that it is the same one
