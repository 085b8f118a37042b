"""Tags and hand-overs for the ticked customers or for the whole list, however many it holds beyond the page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from conftest import Cast
from customers.models import Customer, OwnerChange, Tag
from workbench.customer_list import bulk

pytestmark = pytest.mark.django_db
TAG, ASSIGN = reverse("customers_tag"), reverse("customers_assign")


@pytest.fixture
def many(cast: Cast) -> list[Customer]:
    """Sixty customers of 小王's in 苏州, ten elsewhere, and one of another team's in 苏州."""
    rows = [
        Customer(
            number=f"M{n}", name=f"客户{n}", name_sort=f"{n:03}", region="苏州" if n < 60 else "上海", owner=cast.wang
        )
        for n in range(70)
    ]
    rows.append(Customer(number="F1", name="外组客户", region="苏州", owner=cast.outsider))
    return Customer.objects.bulk_create(rows)


def asked(client: Any, address: str, **data: Any) -> dict[str, str]:
    """What the question sends back with its answer."""
    page = client.post(address, data).content.decode()
    return dict(re.findall(r'<input type="hidden" name="(chosen|confirm)" value="([^"]*)"', page))


def test_the_whole_list_is_tagged_beyond_its_page(sign_in: Any, cast: Cast, many: list[Customer]) -> None:
    client, tag = sign_in(cast.wang), Tag.objects.create(name="重点")
    question = client.post(TAG, {"all": "1", "view": "?view=mine&region=苏州"}).content.decode()
    assert "外组客户" not in question
    sent = asked(client, TAG, all="1", view="?view=mine&region=苏州")
    client.post(TAG, {**sent, "tag": tag.pk})
    assert set(tag.customers.values_list("region", "owner")) == {("苏州", cast.wang.pk)}
    assert tag.customers.count() == 60


def test_who_joins_the_list_after_the_question_is_left(sign_in: Any, cast: Cast, many: list[Customer]) -> None:
    client = sign_in(cast.lead)
    sent = asked(client, ASSIGN, all="1", view="?view=all&region=苏州")
    late = Customer.objects.create(number="L1", name="晚到客户", region="苏州", owner=cast.wang)
    client.post(ASSIGN, {**sent, "to": cast.li.pk, "reason": "休假"})
    late.refresh_from_db()
    assert late.owner == cast.wang
    assert Customer.objects.filter(owner=cast.li).count() == OwnerChange.objects.filter(to_user=cast.li).count() == 60


def test_of_a_list_only_what_one_may_change_is_changed_and_the_rest_is_said(
    sign_in: Any, cast: Cast, many: list[Customer]
) -> None:
    """An agent sees all customers and changes their own."""
    Customer.objects.filter(number="M0").update(owner=cast.agent)
    tag = Tag.objects.create(name="重点")
    client = sign_in(cast.agent)
    question = client.post(TAG, {"all": "1", "view": "?view=all&region=苏州"}, headers={"Accept-Language": "en"})
    assert question.context["left"] == 60
    assert "60 customers of the list" in question.content.decode()
    sent = asked(client, TAG, all="1", view="?view=all&region=苏州")
    client.post(TAG, {**sent, "tag": tag.pk})
    assert [customer.number for customer in tag.customers.all()] == ["M0"]


def test_an_answer_that_was_changed_does_nothing(sign_in: Any, cast: Cast, many: list[Customer]) -> None:
    client = sign_in(cast.lead)
    sent = asked(client, ASSIGN, ids=[many[0].pk])
    sent["chosen"] = sent["chosen"].replace(sent["chosen"][3], "x" if sent["chosen"][3] != "x" else "y", 1)
    client.post(ASSIGN, {**sent, "to": cast.li.pk, "reason": "休假"})
    assert not Customer.objects.filter(owner=cast.li).exists()


def test_an_answer_counts_for_the_question_and_the_person_that_it_was_given_to(
    sign_in: Any, cast: Cast, many: list[Customer]
) -> None:
    Tag.objects.create(name="重点")
    tagging, handing = (asked(sign_in(cast.lead), url, all="1", view="?view=all") for url in (TAG, ASSIGN))
    answer = {"to": cast.li.pk, "reason": "休假"}
    sign_in(cast.lead).post(ASSIGN, {**tagging, **answer})
    sign_in(cast.manager).post(ASSIGN, {**handing, **answer})
    assert not Customer.objects.filter(owner=cast.li).exists()
    sign_in(cast.lead).post(ASSIGN, {**handing, **answer})
    assert Customer.objects.filter(owner=cast.li).exists()


def test_more_than_go_at_once_are_cut_and_it_is_said(
    sign_in: Any, cast: Cast, many: list[Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST_AT_ONCE", 50)
    page = sign_in(cast.wang).post(TAG, {"all": "1", "view": "?view=mine"}, headers={"Accept-Language": "en"})
    assert page.context["count"] == 50
    assert "At most 50 go at once" in page.content.decode()


def test_a_wrong_answer_asks_again_about_the_same(sign_in: Any, cast: Cast, many: list[Customer]) -> None:
    client = sign_in(cast.lead)
    sent = asked(client, ASSIGN, all="1", view="?view=all&region=上海")
    again = client.post(ASSIGN, {**sent, "to": cast.li.pk, "reason": ""})
    assert (again.status_code, again.context["count"]) == (422, 10)
