"""Colleagues to choose from stand in the order of their pinyin, in every form and filter: so one finds them."""

import re

import pytest
from django.urls import reverse

from accounts import audit
from accounts.models import User
from core import clock
from customers.forms import NewCustomerForm, ShareForm, TransferForm
from customers.models import Customer
from followups.forms import FollowUpForm
from followups.selectors import assignee_choices
from workbench.customer_list.filters import CustomerFilter

pytestmark = pytest.mark.django_db
SPOKEN = ["安和", "Bob", "李四", "王五", "张三"]  # by the numbers of their signs: Bob, 安, 张, 李, 王


@pytest.fixture(autouse=True)
def team(cast):
    for n, name in enumerate(reversed(SPOKEN)):
        User.objects.create(name=name, email=f"p{n}@example.com", role=cast.wang.role, team=cast.wang.team)


def among(choices):
    names = [str(label) for _value, label in choices]
    return [name for name in names if name in SPOKEN]


def test_in_forms(cast, customer):
    people = assignee_choices(cast.manager, customer)
    for field in (
        NewCustomerForm(user=cast.manager).fields["owner"],
        TransferForm(user=cast.manager).fields["to"],
        ShareForm(user=cast.manager).fields["user"],
        FollowUpForm(people=people, today=clock.business_date()).fields["assignee"],
    ):
        assert among(field.choices) == SPOKEN


def test_the_pool_and_the_empty_choice_stand_first(cast):
    values = [value for value, _label in TransferForm(user=cast.manager).fields["to"].choices]
    assert values[:2] == ["", "pool"]


@pytest.mark.parametrize("page", ["order_list", "audit_list"])
def test_in_filters_of_lists(cast, sign_in, page):
    for user in User.objects.filter(name__in=SPOKEN):
        audit.record("sign_in", by=user)
    text = sign_in(cast.admin).get(reverse(page)).content.decode()
    options = [option.strip() for option in re.findall(r"<option[^>]*>([^<]*)</option>", text)]
    assert [name for name in options if name in SPOKEN] == SPOKEN


def test_in_the_filter_of_customers(cast, rf):
    request = rf.get("/")
    request.user = cast.manager
    form = CustomerFilter({}, queryset=Customer.objects.none(), request=request).form
    assert among(form.fields["owner"].choices) == SPOKEN
