"""What is required everywhere is demanded of the new customers of a file; what only the form asks for is counted."""

import pytest

from core.models import Company
from customers import required, services
from customers.models import Customer, Kind, Level

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(cast):
    def change(kind=Kind.COMPANY, **levels):
        row = required.row_of(kind)
        services.required_fields_change(row=row, changes=levels, version=row.version, by=cast.admin)
        required.forget()

    return change


@pytest.fixture
def bring(run_import, table):
    """The dry run must count what the writing then does."""

    def run(*rows, header="name,kind,phone,region"):
        dry = run_import(table(header, *rows), command="import_customers", dry_run=True)
        done = run_import(table(header, *rows), command="import_customers")
        assert [dry[name] for name in ("customers_created", "errors")] == [done["customers_created"], done["errors"]]
        return done

    return run


def asked_of_dry_run():
    from intake.models import ImportJob

    job = ImportJob.objects.order_by("pk").first()
    return {row["code"]: (row["count"], row["names"]) for row in job.counts["questions"]}


def test_rows_that_lack_it_are_refused_and_grouped(bring, refused, ask):
    ask(region=Level.ALWAYS)
    result = bring("甲,company,13800138001,", "乙,company,13800138002,上海", "丙,company,13800138003,", "丁,person,,")
    assert (result["customers_created"], result["errors"]) == (2, 2)
    assert {row["reason"] for row in refused(result)} == {
        "A new customer must have: region. Fill it in, or ask for less in Settings."
    }
    assert asked_of_dry_run()["required"] == (2, ["region"])


def test_what_the_form_asks_for_is_counted_once_a_row_and_taken(bring, ask):
    ask(region=Level.NEW)
    assert bring("甲,company,,", "乙,company,13800138002,上海")["customers_created"] == 2
    count, names = asked_of_dry_run()["lacking"]
    assert count == 2
    assert set(names) == {"source channel", "phone, e-mail or WeChat", "region"}


def test_rows_of_known_customers_are_not_refused(bring, cast, ask):
    ask(region=Level.ALWAYS)
    Customer.objects.create(number="7", name="甲", kind=Kind.COMPANY, owner=cast.wang)
    assert bring("7,13800138001", header="number,phone")["updated"] == 1


def test_of_unsaid_kind_the_firms_usual_one_counts(bring, ask):
    ask(Kind.PERSON, region=Level.ALWAYS)
    assert bring("甲,13800138001", header="name,phone")["customers_created"] == 1
    Company.objects.update(sells_to=Company.SellsTo.PERSONS)
    from core import company

    company.forget()
    assert bring("乙,13800138002", header="name,phone")["errors"] == 1
