"""One follow-up for each of many customers of the list: who gets none is said, and a day long one tap takes it back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import Cast
from core import clock
from customers.models import Customer, CustomerFacts, Stage
from followups.models import FollowUp, Notice, Rescheduling
from followups.services import many as planning

pytestmark = pytest.mark.django_db
PLAN = reverse("customers_plan")


@pytest.fixture
def many(cast: Cast) -> list[Customer]:
    """Sixty customers of 小王's: one isn't to be contacted, one is paused; and one of another team."""
    rows = [Customer(number=f"M{n}", name=f"客户{n}", name_sort=f"{n:03}", owner=cast.wang) for n in range(60)]
    rows[0].do_not_contact, rows[1].stage = True, Stage.PAUSED
    rows.append(Customer(number="F1", name="外组客户", owner=cast.outsider))
    made = Customer.objects.bulk_create(rows)
    CustomerFacts.objects.bulk_create(CustomerFacts(customer=row) for row in made)
    return made


def asked(client: Any, **data: Any) -> tuple[str, dict[str, str]]:
    """The question, and what it sends back with its answer."""
    page = client.post(PLAN, data, headers={"Accept-Language": "en"}).content.decode()
    hidden = re.findall(r'<input type="hidden" name="(chosen|confirm|idempotency_key)" value="([^"]*)"', page)
    return page, dict(hidden)


def answer(cast: Cast, **more: Any) -> dict[str, Any]:
    return {
        "due_on": clock.user_today(cast.wang).isoformat(),
        "method": "visit",
        "purpose": "新品",
        "who": "owner",
        **more,
    }


def test_the_whole_list_is_planned_and_who_gets_none_is_said(sign_in: Any, cast: Cast, many: list[Customer]) -> None:
    client = sign_in(cast.lead)
    page, sent = asked(client, all="1", view="?view=all&owner=" + str(cast.wang.pk))
    assert "1 isn&#x27;t to be contacted." in page
    assert "1 is paused." in page
    client.post(PLAN, {**sent, **answer(cast)})
    planned = FollowUp.objects.filter(purpose="新品", state="open")
    assert set(planned.values_list("assignee", "method", "source")) == {(cast.wang.pk, "visit", "manual")}
    assert set(planned.values_list("customer", flat=True)) == {row.pk for row in many[2:60]}
    assert CustomerFacts.objects.get(pk=many[2].pk).next_follow_up_on == clock.user_today(cast.wang)
    notice = Notice.objects.get(user=cast.wang)  # one for all of them
    assert notice.numbers["n"] == 58


def test_sent_twice_it_plans_once(sign_in: Any, cast: Cast, many: list[Customer]) -> None:
    client = sign_in(cast.wang)
    _page, sent = asked(client, ids=[row.pk for row in many[2:5]])
    for _press in range(2):
        client.post(PLAN, {**sent, **answer(cast)})
    assert FollowUp.objects.filter(purpose="新品").count() == 3


def test_a_break_between_two_slices_leaves_what_is_planned_and_goes_on(
    sign_in: Any, cast: Cast, many: list[Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "SLICE", 10)
    client = sign_in(cast.wang)
    _page, sent = asked(client, all="1", view="?view=mine")
    hold, slices = planning.hold, []

    def breaks(ids: Any) -> None:
        slices.append(ids)
        if len(slices) == 3:
            raise RuntimeError("the machine stopped")
        hold(ids)

    with monkeypatch.context() as broken:
        broken.setattr(planning, "hold", breaks)
        with pytest.raises(RuntimeError):
            client.post(PLAN, {**sent, **answer(cast)})
    assert 0 < FollowUp.objects.filter(purpose="新品").count() < 58
    client.post(PLAN, {**sent, **answer(cast)})
    assert FollowUp.objects.filter(purpose="新品").count() == 58


def test_it_is_taken_back_within_a_day(sign_in: Any, cast: Cast, many: list[Customer]) -> None:
    client = sign_in(cast.lead)
    _page, sent = asked(client, ids=[row.pk for row in many[2:5]])
    client.post(PLAN, {**sent, **answer(cast)})
    Rescheduling.objects.update(at=clock.now() - timedelta(hours=23))
    undo = reverse("follow_ups_put_back", args=[Rescheduling.objects.get().pk])
    assert undo in client.get(reverse("many_change_list")).content.decode()
    client.post(undo)
    assert set(FollowUp.objects.filter(purpose="新品").values_list("state", flat=True)) == {"cancelled"}
    assert CustomerFacts.objects.get(pk=many[2].pk).next_follow_up_on is None
    assert Notice.objects.get(user=cast.wang).cancelled_at is not None


def test_only_who_has_nothing_planned_gets_one_on_wish(sign_in: Any, cast: Cast, many: list[Customer]) -> None:
    client, ids = sign_in(cast.wang), [row.pk for row in many[2:5]]
    _page, first = asked(client, ids=ids[:1])
    client.post(PLAN, {**first, **answer(cast)})
    page, sent = asked(client, ids=ids)
    assert "1 customer has something planned already." in page
    client.post(PLAN, {**sent, **answer(cast, only_without="on", who="me", purpose="再约")})
    assert set(FollowUp.objects.filter(purpose="再约").values_list("customer", flat=True)) == set(ids[1:])


def test_a_day_in_the_past_is_asked_again(sign_in: Any, cast: Cast, many: list[Customer]) -> None:
    client = sign_in(cast.wang)
    _page, sent = asked(client, ids=[many[2].pk])
    assert client.post(PLAN, {**sent, **answer(cast, due_on="2020-01-01")}).status_code == 422
