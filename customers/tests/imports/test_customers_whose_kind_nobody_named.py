"""A customer whose kind nobody named is what the company sells to: in the form, in files, and on its page."""

import pytest
from django.urls import reverse

from core.models import Company
from customers.models import Customer

pytestmark = pytest.mark.django_db
MAIN_LINE = "Main line"
CASES = [("persons", "person"), ("companies", "company"), ("both", "unknown")]


def sells_to(whom):
    Company.objects.filter(pk=1).update(sells_to=whom)


@pytest.fixture
def brought(run_import, table):
    """Runs import_customers over these lines and returns {number: kind}."""

    def bring(header, *rows):
        run_import(table(header, *rows), command="import_customers")
        return dict(Customer.objects.values_list("number", "kind"))

    return bring


@pytest.mark.parametrize(("whom", "kind"), CASES)
def test_a_file_without_kinds_follows_the_company(whom, kind, brought):
    sells_to(whom)
    assert brought("客户编号,客户名称,手机", "1,李雷,13811112222") == {"1": kind}


def test_a_change_counts_for_the_next_file_at_once(brought):
    brought("客户编号,客户名称", "1,李雷")
    sells_to("persons")
    assert brought("客户编号,客户名称", "2,韩梅梅") == {"1": "unknown", "2": "person"}


def test_what_the_file_says_goes_before(brought):
    sells_to("persons")
    rows = ("1,恒远机械,公司,", "2,李雷,未知,", "3,韩梅梅,,", "4,华东仪表,,王芳")
    kinds = brought("客户编号,客户名称,类型,联系人", *rows)
    assert kinds == {"1": "company", "2": "unknown", "3": "person", "4": "company"}


def test_a_known_customer_keeps_its_kind(brought):
    brought("客户编号,客户名称,类型", "1,恒远机械,公司")
    sells_to("persons")
    assert brought("客户编号,客户名称", "1,恒远机械") == {"1": "company"}


@pytest.mark.parametrize(("whom", "kind"), [("persons", "person"), ("companies", "company"), ("both", "company")])
def test_the_form_of_a_new_customer_begins_with_it(whom, kind, cast, sign_in):
    sells_to(whom)
    form = sign_in(cast.wang).get(reverse("customer_new")).context["form"]
    assert form["kind"].value() == kind


@pytest.mark.parametrize(
    ("whom", "kind", "is_main_line"),
    [
        ("persons", "unknown", False),
        ("persons", "company", True),
        ("both", "unknown", True),
        ("companies", "unknown", True),
        ("companies", "person", False),
    ],
)
def test_the_number_of_a_person_is_no_main_line(whom, kind, is_main_line, cast, customer, sign_in):
    sells_to(whom)
    Customer.objects.filter(pk=customer.pk).update(kind=kind)
    page = sign_in(cast.wang).get(reverse("customer", args=[customer.pk])).content.decode()
    assert (MAIN_LINE in page) == is_main_line
