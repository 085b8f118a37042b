"""Complaints reach who has to answer them; their clocks speak up before they break: the owner first, then the lead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail as outgoing
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from crm.dispatching import dispatch_round
from feedback.notices import clock_notices_make
from feedback.services import complaint_assign, complaint_move, complaint_respond
from followups import selectors
from followups.selectors import NoticeRow
from tests.races import at_once

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # 16:00 in Shanghai: the first response is due at 16:00 on Tuesday
QUARTER_LEFT = MONDAY + timedelta(hours=18, minutes=5)  # 10:05 on Tuesday
TENTH_LEFT = MONDAY + timedelta(hours=21, minutes=40)  # 13:40


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False), timezone.override("Asia/Shanghai"):
        yield


def at(moment: datetime) -> Any:
    return time_machine.travel(moment, tick=False)


def told(user: User, kind: str = "complaint") -> list[NoticeRow]:
    user = User.objects.get(pk=user.pk)
    rows = [selectors.notice_row(notice) for notice in selectors.notices_with_names(user).order_by("pk")]
    return [row for row in rows if row.notice.kind == kind]


def warned(user: User) -> list[str]:
    return [row.title for row in told(user, "complaint_clock")]


# --- received and handed over ----------------------------------------------------------------------------------------
def test_who_has_to_answer_it_reads_how_severe_it_is_and_opens_it(take_in: Any, cast: Any, client: Any) -> None:
    complaint = take_in(owner=cast.agent, severity="high")
    (row,) = told(cast.agent)
    ends = "high, first response due by 24 Nov 16:00"
    assert row.title == f"小王 took in complaint {complaint.number} for you: {ends}"
    assert (row.url, row.customer) == (f"/feedback/complaints/{complaint.pk}/", complaint.customer)
    client.force_login(cast.agent)
    assert client.get(row.url).status_code == 200
    assert told(cast.wang) == told(cast.lead) == told(cast.li) == []


def test_who_takes_in_their_own_is_told_nothing(take_in: Any, cast: Any) -> None:
    take_in()
    assert told(cast.wang) == []


def test_the_owner_of_the_customer_hears_of_a_complaint_that_a_colleague_answers(take_in: Any, cast: Any) -> None:
    complaint = take_in(by=cast.agent, owner=cast.agent)
    (row,) = told(cast.wang)
    assert row.title.startswith(f"Complaint {complaint.number} of your customer, taken in by 客服; 客服 answers it")
    assert told(cast.agent) == []


def test_a_hand_over_tells_both_but_who_did_it(take_in: Any, cast: Any) -> None:
    complaint = take_in()
    complaint_assign(complaint=complaint, to=cast.li, by=cast.lead, version=complaint.version, note="小李熟悉产品")
    (row,) = told(cast.li)
    assert row.title.startswith(f"组长 handed complaint {complaint.number} over to you: normal, first response due by")
    assert row.typed == "小李熟悉产品"
    assert [row.title for row in told(cast.wang)] == [
        f"组长 gave complaint {complaint.number} to 小李; you needn't answer it any more"
    ]
    complaint_assign(complaint=complaint, to=cast.wang, by=cast.li, version=complaint.version)
    assert told(cast.li) == told(cast.lead) == []  # it is no longer theirs to see, and it was their own doing


def test_one_that_is_opened_again_comes_back_to_its_owner(take_in: Any, cast: Any, bring_to: Any) -> None:
    complaint = bring_to(take_in(), "closed")
    complaint_move(complaint=complaint, to="reopened", by=cast.lead, version=complaint.version)
    assert [row.title.split(":")[0] for row in told(cast.wang)] == [f"组长 opened complaint {complaint.number} again"]


def test_a_complaint_out_of_reach_is_told_no_more(take_in: Any, cast: Any) -> None:
    complaint = take_in(owner=cast.outsider)
    assert [row.customer for row in told(cast.outsider)] == [None]  # theirs to answer, the customer is not to be named
    complaint_assign(complaint=complaint, to=cast.li, by=cast.manager, version=complaint.version)
    assert told(cast.outsider) == []


# --- the clock -------------------------------------------------------------------------------------------------------
def test_the_owner_hears_when_a_quarter_is_left_and_the_lead_when_a_tenth_is(take_in: Any, cast: Any) -> None:
    complaint = take_in()
    with at(QUARTER_LEFT - timedelta(minutes=10)):
        assert clock_notices_make() == 0
    with at(QUARTER_LEFT):
        assert [clock_notices_make() for _ in range(2)] == [1, 0]
        ends = "normal, first response due by 24 Nov 16:00"
        assert warned(cast.wang) == [f"Complaint {complaint.number} is about to break its clock: {ends}"]
        assert warned(cast.lead) == []
    with at(TENTH_LEFT):
        assert [clock_notices_make() for _ in range(2)] == [1, 0]
        assert warned(cast.lead) == [f"Complaint {complaint.number} with 小王 is about to break its clock: {ends}"]
        assert len(warned(cast.wang)) == 1
        assert warned(cast.manager) == warned(cast.admin) == []


def test_what_breaks_in_the_night_is_told_before_work_ends(take_in: Any, cast: Any) -> None:
    take_in(hours_ago=10)  # due at 6:00
    with at(MONDAY + timedelta(hours=1, minutes=25)):  # 17:25
        assert clock_notices_make() == 0
    with at(MONDAY + timedelta(hours=2, minutes=5)):  # 18:05
        assert clock_notices_make() == 0
    with at(MONDAY + timedelta(hours=1, minutes=35)):
        assert clock_notices_make() == 2
        assert len(warned(cast.wang)) == len(warned(cast.lead)) == 1


def test_nobody_is_told_on_a_day_off(take_in: Any, cast: Any) -> None:
    take_in()
    with at(MONDAY + timedelta(days=5, hours=18)):  # Saturday
        assert clock_notices_make() == 0


def test_an_answer_in_time_takes_the_notice_back(take_in: Any, cast: Any) -> None:
    complaint = take_in()
    with at(QUARTER_LEFT):
        clock_notices_make()
        assert len(warned(cast.wang)) == 1
        complaint_respond(complaint=complaint, by=cast.wang, version=complaint.version)
        assert warned(cast.wang) == []
        assert clock_notices_make() == 0


def test_a_promise_runs_short_like_a_first_response(take_in: Any, cast: Any) -> None:
    complaint = take_in(promised_at=MONDAY + timedelta(hours=24))
    complaint_respond(complaint=complaint, by=cast.wang, version=complaint.version)
    with at(QUARTER_LEFT):
        clock_notices_make()
        assert warned(cast.wang)[0].endswith("normal, solution due by 24 Nov 16:00")


def test_after_a_day_of_silence_nobody_is_flooded(take_in: Any, cast: Any) -> None:
    take_in(hours_ago=30)  # broke before the silence: old news
    for _ in range(8):
        take_in()
    with at(MONDAY + timedelta(hours=26)):  # 18:00 is over; the next morning
        assert clock_notices_make() == 0
    with at(MONDAY + timedelta(hours=41)):  # 9:00 on Wednesday
        assert clock_notices_make() == 10  # five for the owner, five for the lead
        assert warned(cast.wang)[-1] == "The clocks of 4 more complaints are about to break"
        assert "was due by" in warned(cast.wang)[0]
        assert clock_notices_make() == 0


def test_who_left_is_passed_over_and_a_lead_who_owns_it_is_followed_by_the_next_above(take_in: Any, cast: Any) -> None:
    take_in(owner=cast.lead)
    take_in(owner=cast.agent)  # in no team
    take_in(owner=cast.li)
    User.objects.filter(pk=cast.li.pk).update(is_active=False)
    with at(TENTH_LEFT):
        clock_notices_make()
        assert len(warned(cast.lead)) == 2  # the own one, and that of 小李
        assert len(warned(cast.manager)) == 1
        assert len(warned(cast.admin)) == 1
        assert warned(cast.li) == []


def test_it_comes_by_mail_to_who_has_not_said_otherwise(take_in: Any, cast: Any) -> None:
    complaint = take_in()
    with at(QUARTER_LEFT):
        dispatch_round()
    (letter,) = outgoing.outbox
    assert letter.to == [cast.wang.email]
    assert f"/feedback/complaints/{complaint.pk}/" in letter.body
    User.objects.filter(pk=cast.wang.pk).update(notice_mails={"complaint_clock": False})
    take_in()
    with at(QUARTER_LEFT):
        dispatch_round()
    assert len(outgoing.outbox) == 1


def test_looking_costs_the_same_however_many_run_short(take_in: Any) -> None:
    def statements() -> int:
        with at(TENTH_LEFT), CaptureQueriesContext(connection) as seen:
            clock_notices_make()
        return len(seen)

    take_in()
    with at(TENTH_LEFT):
        clock_notices_make()
    alone = statements()
    for _ in range(3):
        take_in()
    with at(TENTH_LEFT):
        clock_notices_make()
    assert statements() == alone


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_once(take_in: Any, cast: Any) -> None:
    for _ in range(3):
        take_in()
    with at(TENTH_LEFT):
        made = at_once(lambda turn: clock_notices_make(), 3)
        assert sum(made) == 6
        assert len(warned(cast.wang)) == len(warned(cast.lead)) == 3
