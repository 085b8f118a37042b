"""Before customers are handed over the page says what each person has, and would have then."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from customers.models import Customer, CustomerFacts
from followups.services import follow_up_create
from responsibility.hand_overs.load import Load, loads
from segmentation.models import RunSum, ScoreRun

pytestmark = pytest.mark.django_db


@pytest.fixture
def book(cast):
    """小王 has three customers with four follow-ups in four weeks, 小李 one."""
    rows = []
    for n, owner in enumerate((cast.wang, cast.wang, cast.wang, cast.li)):
        row = Customer.objects.create(number=f"K{n}", name=f"客户{n}", owner=owner, team=cast.shanghai)
        CustomerFacts.objects.update_or_create(pk=row.pk, defaults={"monetary": 100 * (n + 1)})
        follow_up_create(customer=row, assignee=owner, due_on=clock.business_date() + timedelta(days=n), by=owner)
        rows.append(Customer.objects.select_related("facts").get(pk=row.pk))
    run = ScoreRun.objects.create(as_of=clock.business_date(), started_at=clock.now(), published_at=clock.now())
    for owner, revenue in ((cast.wang, 600), (cast.li, 400)):
        RunSum.objects.create(
            run=run, owner=owner, tier_scheme="b2b", tier="A", lifecycle="repeat", customers=1, revenue=revenue
        )
    return rows


def by_name(rows):
    return {one.person.name: (one.now, one.then) for one in rows}


def test_what_goes_is_taken_off_one_and_put_to_each_other(book, cast):
    found = loads(cast.lead, book[:2])
    assert by_name(found.gives) == {"小王": (Load(3, 0.75, 600), Load(1, 0.25, 300))}
    takers = by_name(found.could_take)
    assert takers["小李"] == (Load(1, 0.25, 400), Load(3, 0.75, 700))
    assert takers["小王"] == (Load(3, 0.75, 600), Load(3, 0.75, 600)), "who has them already"


def test_the_lightest_stands_first(book, cast):
    names = [one.person.name for one in loads(cast.lead, book[:1]).could_take]
    assert names.index("组长") < names.index("小李") < names.index("小王")


def test_figures_of_people_elsewhere_stay_hidden(book, cast):
    assert "外组" not in by_name(loads(cast.lead, book).could_take)
    assert "外组" in by_name(loads(cast.admin, book).could_take)


def test_the_question_shows_it(book, cast, sign_in):
    page = sign_in(cast.lead).post(reverse("customers_assign"), {"ids": [book[0].pk]}).content.decode()
    assert "Load before and after" in page
    assert "小李" in page
