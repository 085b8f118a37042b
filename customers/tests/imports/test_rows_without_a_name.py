"""New customers without a name are left out of a file, or called by their number: the person chooses."""

import pytest
from django.urls import reverse

from customers.imports.nameless import NAMELESS
from customers.models import Customer
from intake.models import ImportJob

pytestmark = pytest.mark.django_db
ROWS = ("X00087,甲", "X00088,", "X00089,")


def asked():
    job = ImportJob.objects.order_by("-pk").first()
    return {row["code"]: (row["count"], row["rows"]) for row in job.counts["questions"]}


def test_they_are_left_out_with_the_reason(run_import, table, refused):
    dry = run_import(table("number,name", *ROWS), command="import_customers", dry_run=True)
    assert asked() == {"without_name": (2, [3, 4]), "lacking": (1, [2])}
    done = run_import(table("number,name", *ROWS), command="import_customers")
    assert (dry["errors"], done["errors"], done["customers_created"]) == (2, 2, 1)
    assert {row["reason"].split(".")[0] for row in refused(done)} == {"This new customer has no name"}
    assert list(Customer.objects.values_list("number", flat=True)) == ["X00087"]


def test_or_taken_by_their_number_and_marked(run_import, table, cast, sign_in):
    path = table("number,name", *ROWS)
    dry = run_import(path, command="import_customers", dry_run=True, nameless="number")
    assert asked()["nameless"] == (2, [3, 4])
    done = run_import(path, command="import_customers", nameless="number")
    assert (dry["customers_created"], done["customers_created"]) == (3, 3)
    assert Customer.objects.get(number="X00088").name == "X00088"
    Customer.objects.update(owner=cast.wang)
    listed = sign_in(cast.wang).get(reverse("data_quality") + "?tab=missing&lacks=name").content.decode()
    assert "X00088" in listed
    assert "X00087" not in listed


def test_a_known_customer_needs_no_name(run_import, table):
    Customer.objects.create(number="7", name="甲")
    done = run_import(table("number,name,region", "7,,上海"), command="import_customers")
    assert (done["updated"], done["errors"], Customer.objects.get().name) == (1, 0, "甲")


def test_the_page_of_columns_asks(cast):
    offered = NAMELESS.field(cast.wang).choices
    assert [code for code, _words in offered] == ["", "number"]
