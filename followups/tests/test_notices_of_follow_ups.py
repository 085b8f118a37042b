"""A follow-up that somebody else plans, moves, gives or calls off is told to who has it; one's own never."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest

from accounts.models import User
from core import clock
from followups import selectors
from followups.models import FollowUp
from followups.planning import plans_make
from followups.selectors import NoticeRow
from followups.services import (
    follow_up_cancel,
    follow_up_change,
    follow_up_complete,
    follow_up_create,
    follow_up_reschedule,
    follow_ups_pass_on,
)

pytestmark = pytest.mark.django_db


def told(user: User) -> list[NoticeRow]:
    user = User.objects.get(pk=user.pk)
    return [selectors.notice_row(notice) for notice in selectors.notices_with_names(user).order_by("pk")]


def plan(customer: Any, assignee: User, by: User, **more: Any) -> FollowUp:
    day = clock.business_date() + timedelta(days=8)
    values = {"due_on": day, "due_time": time(15), "purpose": "送样品", "method": "visit", **more}
    return follow_up_create(customer=customer, assignee=assignee, by=by, **values)


def test_who_gets_one_reads_who_when_how_and_what_for_and_opens_it(cast: Any, make: Any, client: Any) -> None:
    customer = make("恒远")
    planned = plan(customer, cast.wang, cast.lead)
    (row,) = told(cast.wang)
    assert row.title == "组长 planned a follow-up for you: Wed 2 Dec 15:00, visit"
    assert (row.typed, row.customer, row.url) == ("送样品", customer, f"/follow-ups/{planned.pk}/edit/")
    client.force_login(cast.wang)
    assert client.get(row.url).status_code == 200
    assert told(cast.lead) == []


def test_ones_own_plan_and_the_default_plan_are_no_news(cast: Any, make: Any, log_contact: Any) -> None:
    customer = make("恒远", last_contact=45)
    plan(customer, cast.wang, cast.wang)
    plans_make()
    log_contact(make("常客"), by=cast.lead)  # its next step is the default plan of the owner's customer
    assert FollowUp.objects.filter(assignee=cast.wang, source="cadence").exists()
    assert told(cast.wang) == []


def test_the_next_step_that_a_colleague_chose_is_news_to_the_owner(cast: Any, make: Any, log_contact: Any) -> None:
    log_contact(make("常客"), next_step="7", by=cast.lead)
    (row,) = told(cast.wang)
    assert row.title == "组长 planned a follow-up for you: Tue 1 Dec, call"


def test_who_gives_it_on_tells_both(cast: Any, make: Any) -> None:
    planned = plan(make("恒远"), cast.wang, cast.wang)
    follow_up_change(follow_up=planned, changes={"assignee": cast.li}, version=planned.version, by=cast.lead)
    assert [row.title for row in told(cast.li)] == ["组长 gave you a follow-up: Wed 2 Dec 15:00, visit"]
    (row,) = told(cast.wang)
    assert row.title == "组长 gave your follow-up of Wed 2 Dec 15:00 to 小李"
    assert row.url == f"/customers/{planned.customer_id}/"


def test_a_change_that_moves_nothing_is_no_news(cast: Any, make: Any) -> None:
    planned = plan(make("恒远"), cast.wang, cast.wang)
    follow_up_change(follow_up=planned, changes={"purpose": "带报价"}, version=planned.version, by=cast.lead)
    follow_up_reschedule(follow_up=planned, due_on=planned.due_on, by=cast.lead)
    assert told(cast.wang) == []
    follow_up_reschedule(follow_up=planned, due_on=planned.due_on + timedelta(days=1), by=cast.lead)
    assert [row.title for row in told(cast.wang)] == ["组长 moved your follow-up to Thu 3 Dec 15:00, visit"]


def test_called_off_by_others_is_news_done_by_others_is_not(cast: Any, make: Any) -> None:
    follow_up_complete(follow_up=plan(make("甲"), cast.wang, cast.wang), by=cast.lead)
    follow_up_cancel(follow_up=plan(make("丙"), cast.wang, cast.wang), by=cast.wang)
    follow_up_cancel(follow_up=plan(make("乙"), cast.wang, cast.wang), by=cast.lead)
    assert [row.title for row in told(cast.wang)] == ["组长 called off your follow-up of Wed 2 Dec 15:00"]


def test_a_plan_with_a_customer_out_of_reach_names_nobody(cast: Any, make: Any) -> None:
    planned = plan(make("远方", owner=cast.outsider), cast.wang, cast.manager)
    (row,) = told(cast.wang)
    assert row.customer is None
    assert row.url == f"/follow-ups/{planned.pk}/edit/"


def test_it_is_hidden_once_it_is_somebody_elses(cast: Any, make: Any) -> None:
    planned = plan(make("恒远"), cast.wang, cast.lead)
    follow_up_change(follow_up=planned, changes={"assignee": cast.li}, version=planned.version, by=cast.lead)
    assert [row.notice.kind for row in told(cast.wang)] == ["taken"]


def test_the_heirs_of_a_leaver_hear_once_how_many(cast: Any, make: Any) -> None:
    for n in range(3):
        plan(make(f"外{n}", owner=None), cast.wang, cast.wang)
    follow_ups_pass_on(cast.wang, [cast.li], cast.lead)
    assert [row.title for row in told(cast.li)] == ["小王 left: 组长 gave you 3 follow-ups"]
