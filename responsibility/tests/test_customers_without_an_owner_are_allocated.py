"""Ordered rules give customers without an owner to people: by hand, API, file and button; in turn, exactly."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from customers import services
from customers.models import Customer, CustomerFacts, ImportedCustomer, Industry, PoolRules
from followups.models import Absence
from intake.models import ImportJob
from responsibility.allocation.selectors import trial
from responsibility.allocation.services import allocate, file_allocate, pool_share_out, rule_move
from responsibility.models import AllocationRule, HandOver
from sales.models import Need
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def rule(cast):
    """`rule(cast.wang, cast.li, regions=["江苏"])`: one more, behind the others."""

    def make(*people, **asks):
        count = AllocationRule.objects.count()
        named = {"name": f"规则{count}", "place": count, **asks}
        return AllocationRule.objects.create(people=[person.pk for person in people], **named)

    return make


def pooled(name, **more):
    count = Customer.all_objects.count()
    made = Customer.objects.create(number=f"P{count}", name=name, kind=more.pop("kind", "company"), **more)
    CustomerFacts.objects.get_or_create(pk=made.pk)
    return made


def owners():
    return dict(Customer.objects.values_list("name", "owner__name"))


# --- which rule ------------------------------------------------------------------------------------------------------
def test_the_first_rule_that_fits_counts(cast, rule):
    industry = Industry.objects.create(code="steel", name_en="Steel", name_zh="钢铁")
    rule(cast.outsider, industries=[industry.pk])
    rule(cast.li, regions=["江苏", "上海"])
    rule(cast.wang)
    made = [
        pooled("钢铁在苏州", region="江苏苏州", industry=industry),
        pooled("在苏州", region="江苏苏州"),
        pooled("在别处", region="四川"),
    ]
    allocate(customers=[row.pk for row in made], by=cast.admin)
    assert owners() == {"钢铁在苏州": "外组", "在苏州": "小李", "在别处": "小王"}
    assert Customer.objects.get(name="在苏州").owner_changes.get().reason == "By rule: 规则1"


@pytest.mark.parametrize(
    ("asks", "gets"),
    [
        ({"kinds": ["person"]}, False),
        ({"kinds": ["company"]}, True),
        ({"tiers": ["A"]}, True),
        ({"tiers": ["B"]}, False),
        ({"needs": ["阀门"]}, True),
        ({"needs": ["水泵"]}, False),
        ({"sizes": [0]}, False),
        ({"is_on": False}, False),
        ({"tiers": ["A"], "regions": ["北京"]}, False),
    ],
)
def test_all_that_a_rule_asks_must_be_so(asks, gets, cast, rule):
    rule(cast.wang, **asks)
    customer = pooled("客户", region="上海浦东")
    CustomerFacts.objects.filter(pk=customer.pk).update(tier="A")
    Need.objects.create(customer=customer, text="要新阀门", since=clock.business_date(), moved_at=clock.now())
    assert allocate(customers=[customer.pk], by=cast.admin) == gets


def test_who_has_an_owner_keeps_it(cast, rule, customer):
    rule(cast.li)
    assert allocate(customers=[customer.pk], by=cast.admin) == 0
    assert Customer.objects.get(pk=customer.pk).owner == cast.wang


# --- whose turn ------------------------------------------------------------------------------------------------------
def test_turns_go_on_where_they_ended(cast, rule):
    rule(cast.wang, cast.li, cast.lead)
    for n in range(5):
        allocate(customers=[pooled(f"客户{n}").pk], by=None)
    assert [owner for _name, owner in sorted(owners().items())] == ["小王", "小李", "组长", "小王", "小李"]


def test_who_is_away_or_has_left_is_left_out(cast, rule):
    today = clock.business_date()
    Absence.objects.create(user=cast.wang, first_on=today, last_on=today + timedelta(days=2))
    cast.lead.is_active = False
    cast.lead.save()
    rule(cast.wang, cast.lead, cast.li)
    allocate(customers=[pooled(f"客户{n}").pk for n in range(2)], by=None)
    assert set(owners().values()) == {"小李"}


def test_where_nobody_is_there_the_next_rule_is_asked(cast, rule):
    today = clock.business_date()
    Absence.objects.create(user=cast.wang, first_on=today, last_on=today)
    rule(cast.wang)
    rule(cast.li)
    allocate(customers=[pooled("客户").pk], by=None)
    assert owners() == {"客户": "小李"}


def test_by_load_the_one_with_the_fewest_gets_the_next(cast, rule):
    for n in range(2):
        Customer.objects.create(number=f"W{n}", name=f"小王的{n}", owner=cast.wang)
    rule(cast.wang, cast.li, how="load")
    allocate(customers=[pooled(f"客户{n}").pk for n in range(4)], by=None)
    assert Counter(owners().values()) == {"小王": 3, "小李": 3}


def test_nobody_gets_more_than_the_quota(cast, rule):
    PoolRules.objects.create(pk=1, quota=1)
    rule(cast.wang, cast.li)
    assert allocate(customers=[pooled(f"客户{n}").pk for n in range(4)], by=None) == 2


@pytest.mark.django_db(transaction=True)
def test_turns_are_exact_when_several_come_at_once(cast, rule):
    rule(cast.wang, cast.li, cast.lead)

    def enter(turn: int) -> None:
        for n in range(3):
            services.customer_create(by=cast.admin, owner=None, name=f"同时{turn}-{n}")

    at_once(enter, 6)
    assert Counter(owners().values()) == {"小王": 6, "小李": 6, "组长": 6}


# --- by which door ---------------------------------------------------------------------------------------------------
def test_by_form_and_over_the_api(cast, rule, sign_in):
    rule(cast.wang)
    client = sign_in(cast.admin)
    sent = {"kind": "company", "name": "新客户", "phone": "13811112222", "owner": "", "anyway": "on"}
    client.post(
        reverse("customer_new"),
        {**sent, "channel": Customer._meta.get_field("channel").related_model.objects.first().pk},
    )
    answer = client.post(
        reverse("api:customer-list"), {"name": "接口客户", "kind": "company"}, content_type="application/json"
    )
    assert answer.status_code == 201
    assert owners() == {"新客户": "小王", "接口客户": "小王"}


def test_new_customers_of_a_file(cast, rule):
    rule(cast.wang)
    job = ImportJob.objects.create(user=cast.admin, kind="customers", file_name="x.csv", path="x.csv", state="done")
    new, known = pooled("文件里的"), pooled("早就在公海")
    ImportedCustomer.objects.create(job=job, customer=new, made=True)
    ImportedCustomer.objects.create(job=job, customer=known, made=False)
    file_allocate(job=job, since=None)
    assert owners() == {"文件里的": "小王", "早就在公海": None}


def test_without_rules_they_wait_in_the_pool(cast):
    made = services.customer_create(by=cast.admin, owner=None, name="公海客户")
    assert Customer.objects.get(pk=made.pk).owner is None


# --- tried, then done ------------------------------------------------------------------------------------------------
def test_what_is_tried_is_what_happens(cast, rule):
    rule(cast.wang, cast.li, regions=["江苏"])
    for n in range(5):
        pooled(f"客户{n}", region="江苏" if n else "四川")
    found = trial(cast.admin)
    assert [(to.name, n) for _rule, to, n in found.shares] == [("小李", 2), ("小王", 2)]
    assert (found.tried, found.left) == (5, 1)
    assert set(owners().values()) == {None}, "nothing is written"
    ids = list(Customer.objects.values_list("pk", flat=True))
    assert pool_share_out(customers=ids, by=cast.admin) == 4
    assert Counter(owners().values()) == {"小王": 2, "小李": 2, None: 1}
    assert HandOver.objects.get().customers == 4


def test_a_rule_is_tried_before_it_is_saved(cast, sign_in):
    pooled("客户")
    client, path = sign_in(cast.admin), reverse("allocation_new")
    sent = {"name": "江苏", "people": [cast.wang.pk], "how": "turn", "is_on": "on"}
    page = client.post(path, {**sent, "try": "1"})
    assert "Who would get the 1 in the pool now" in page.content.decode()
    assert not AllocationRule.objects.exists()
    assert client.post(path, sent).status_code == 302
    saved = AllocationRule.objects.get()
    assert (saved.name, saved.people) == ("江苏", [cast.wang.pk])
    edit = reverse("allocation_edit", args=[saved.pk])
    client.post(edit, {**sent, "regions": "江苏，上海", "version": 1})
    assert AllocationRule.objects.get().regions == ["江苏", "上海"]
    assert client.post(edit, {**sent, "people": [], "version": 2}).status_code == 422
    listed = client.get(reverse("allocation_list"), {"try": "1"}).content.decode()
    assert "江苏" in listed
    client.post(reverse("allocation_remove", args=[saved.pk]))
    assert not AllocationRule.objects.exists()


def test_rules_are_moved(cast, rule):
    first, second = rule(cast.wang), rule(cast.li)
    rule_move(rule=second, up=True, by=cast.admin)
    allocate(customers=[pooled("客户").pk], by=None)
    assert owners() == {"客户": "小李"}
    rule_move(rule=first, up=False, by=cast.admin)
    assert list(AllocationRule.objects.order_by("place").values_list("pk", flat=True)) == [second.pk, first.pk]
