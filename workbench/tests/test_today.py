"""Today: the order of the queue, the reasons in words, each customer once, only one's own, and a constant effort."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from customers.models import Customer, CustomerFacts
from feedback.models import Complaint
from followups.models import FollowUp
from followups.selectors import move_choices
from followups.services import follow_up_create, reminder_create
from segmentation.models import ChurnCase, ChurnReason, ScoringSettings
from workbench.today import queue

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
MAX_QUERIES = 12


@pytest.fixture(autouse=True)
def _tuesday():
    with time_machine.travel(datetime(2026, 11, 24, 2, 0, tzinfo=UTC), tick=False):  # 10:00 in Shanghai
        yield


def person(owner, name, **facts):
    number = f"T{Customer.all_objects.count():06d}"
    made = Customer.objects.create(number=number, name=name, owner=owner, team=owner.team)
    CustomerFacts.objects.create(customer=made, **{"tier": "A", "tier_rank": 2, "lifecycle": "repeat", **facts})
    return Customer.objects.select_related("facts", "owner").get(pk=made.pk)


def plan(customer, days=0, **more):
    return follow_up_create(
        customer=customer, assignee=customer.owner, due_on=TODAY + timedelta(days=days), by=customer.owner, **more
    )


def warn(customer, value=100_00):
    case = ChurnCase.objects.create(
        customer=customer, level="red", opened_on=TODAY, level_since=TODAY, value_at_risk=value
    )
    numbers = {"median": 30, "silent": 90, "ratio": 3.0}
    ChurnReason.objects.create(case=case, code="SILENT_VS_CYCLE", position=1, numbers=numbers)
    CustomerFacts.objects.filter(pk=customer.pk).update(warning="red", value_at_risk=value)
    return case


def complain(customer, owner):
    return Complaint.objects.create(
        number=f"C{customer.pk}",
        customer=customer,
        category="product",
        text="坏了",
        owner=owner,
        received_at=clock.now(),
        first_response_due_at=clock.now() + timedelta(hours=24),
    )


@pytest.fixture
def book(cast):
    """One of each for 小王, and one of each for a stranger."""
    made = {}
    for owner, mark in ((cast.wang, ""), (cast.outsider, "外")):
        last = clock.now() - timedelta(days=40)
        made |= {
            f"{mark}overdue": person(owner, f"{mark}逾期", last_contact_at=last, last_contact_kind="call"),
            f"{mark}today": person(owner, f"{mark}今天"),
            f"{mark}warned": person(owner, f"{mark}预警"),
            f"{mark}angry": person(owner, f"{mark}投诉"),
            f"{mark}free": person(owner, f"{mark}无计划", first_order_on=TODAY - timedelta(days=12)),
        }
        reason = {"every_days": 30, "basis": "contact", "since": "2026-10-15"}
        plan(made[f"{mark}overdue"], -3, source="cadence", reason_code="TIER_PLAN", reason=reason)
        plan(made[f"{mark}today"], purpose="谈续约")
        warn(made[f"{mark}warned"])
        complain(made[f"{mark}angry"], owner)
        plan(made[f"{mark}angry"], 20)
    return made


def names(parts):
    return [(part.key, [row.customer.name for row in part.rows]) for part in parts]


def test_the_queue_has_its_order_and_only_my_customers(book, cast):
    assert names(queue.sections(cast.wang)) == [
        ("overdue", ["逾期"]),
        ("today", ["今天"]),
        ("warning", ["预警"]),
        ("complaint", ["投诉"]),
        ("no_plan", ["无计划"]),
    ]


def test_the_page_says_why_in_words_with_numbers(book, cast, sign_in):
    page = sign_in(cast.wang).get("/").content.decode()
    for words in (
        "3 days overdue",
        "Plan: every 30 days; last activity 40 days ago",
        "谈续约",
        "Usually buys every 30 days; silent for 90 days (3.0x)",
        "Never contacted; first order 12 days ago",
    ):
        assert words in page
    assert "外" not in page.replace("外组", "")


def test_every_row_can_be_logged_and_leads_back(book, cast, sign_in):
    page = sign_in(cast.wang).get("/").content.decode()
    assert page.count("data-row") == 5
    assert page.count('data-action="log"') == 5
    assert f"/interactions/new/?customer={book['overdue'].pk}&amp;next=%2F" in page


def test_a_win_back_task_of_today_stands_under_warnings_once(book, cast):
    case = ChurnCase.objects.get(customer=book["warned"])
    plan(book["warned"], source="warning", source_key=f"warning:{case.pk}")
    parts = dict(names(queue.sections(cast.wang)))
    assert parts["warning"] == ["预警"]
    assert parts["today"] == ["今天"]


def test_a_warning_planned_for_later_is_shown_with_its_day_but_is_not_todays_work(book, cast):
    plan(book["warned"], 2, source="warning")
    part = next(part for part in queue.sections(cast.wang) if part.key == "warning")
    assert (part.total, part.waiting) == (1, 0)
    assert part.rows[0].why[0] == "planned for Thu 26 Nov"


def test_a_win_back_task_for_a_colleagues_customer_stands_there_too(book, cast):
    other = person(cast.li, "队友的")
    follow_up_create(customer=other, assignee=cast.wang, due_on=TODAY, by=cast.li, source="warning")
    part = next(part for part in queue.sections(cast.wang) if part.key == "warning")
    assert [row.customer.name for row in part.rows] == ["队友的", "预警"]
    assert (part.total, part.waiting) == (2, 2)


def test_a_warned_customer_who_is_overdue_stands_there_only(book, cast):
    plan(book["warned"], -1)
    parts = dict(names(queue.sections(cast.wang)))
    assert sorted(parts["overdue"]) == sorted(["逾期", "预警"])
    assert "warning" not in parts


def test_today_is_the_persons_own_day(cast):
    customer = person(cast.wang, "时区")
    plan(customer)
    cast.wang.time_zone = "America/Los_Angeles"  # still Monday there
    cast.wang.save()
    assert queue.sections(cast.wang) == []


def test_what_finds_no_room_is_one_tap_away(cast, sign_in):
    for n in range(23):
        plan(person(cast.wang, f"客户{n}"), -1)
    (part,) = queue.sections(cast.wang)
    assert (part.total, len(part.rows), part.hidden) == (23, queue.PER_SECTION, 23 - queue.PER_SECTION)
    assert "All 23" in sign_in(cast.wang).get("/").content.decode()


@pytest.mark.parametrize("who", ["wang", "lead", "manager", "agent", "auditor", "admin"])
def test_the_number_of_queries_is_small_and_does_not_grow(book, cast, sign_in, who):
    reminder_create(user=cast.wang, due_at=clock.now() + timedelta(days=1), text="x", by=cast.wang)
    client = sign_in(getattr(cast, who))
    client.get("/")
    with CaptureQueriesContext(connection) as first:
        assert client.get("/").status_code == 200
    for n in range(10):
        plan(person(cast.wang, f"多{n}"), -n)
        warn(person(cast.wang, f"警{n}"))
        person(cast.wang, f"无{n}")
    with CaptureQueriesContext(connection) as second:
        client.get("/")
    assert len(first) == len(second) <= MAX_QUERIES


def test_nobody_meets_an_empty_shell(cast, sign_in):
    for who in ("wang", "lead", "manager", "agent", "auditor", "admin"):
        page = sign_in(getattr(cast, who)).get("/").content.decode()
        assert re.search(r'class="empty"', page), who
        assert page.count("<h1") == 1


def test_leaders_see_their_people_and_administrators_the_health_page(book, cast, sign_in):
    complain(book["overdue"], cast.wang)
    lead = sign_in(cast.lead).get("/").content.decode()
    assert "小王" in lead
    assert "外组" not in lead
    assert "System health" not in lead
    admin = sign_in(cast.admin).get("/").content.decode()
    assert "小王" in admin
    assert "外组" in admin
    assert reverse("health") in admin


def test_moving_counts_from_today_so_a_second_tap_changes_nothing(book, cast, sign_in):
    follow_up = FollowUp.objects.get(customer=book["overdue"])
    client = sign_in(cast.wang)
    for _ in range(2):
        answer = client.post(reverse("follow_up_move", args=[follow_up.pk]), {"days": "3", "next": "/"}, follow=True)
        follow_up.refresh_from_db()
        assert follow_up.due_on == date(2026, 11, 27)
    assert 'role="status"' in answer.content.decode()
    assert "moved to Fri 27 Nov" in answer.content.decode()


def test_a_picked_day_moves_with_or_without_its_time(book, cast, sign_in):
    follow_up, client = FollowUp.objects.get(customer=book["overdue"]), sign_in(cast.wang)
    url = reverse("follow_up_move", args=[follow_up.pk])

    def moved(**typed):
        answer = client.post(url, {"next": "/", **typed}, follow=True)
        follow_up.refresh_from_db()
        return follow_up.due_on, follow_up.due_time, answer

    on, at, answer = moved(on="2026-12-05", at="15:00")
    assert (on, at) == (date(2026, 12, 5), time(15)), "a Saturday too: a person chose it"
    assert "moved to Sat 5 Dec 15:00" in answer.content.decode()
    assert moved(days="3")[:2] == (date(2026, 11, 27), time(15)), "only the day moves"
    assert moved(on="2026-12-07")[:2] == (date(2026, 12, 7), time(15))
    assert moved(on="2026-12-07", at="")[:2] == (date(2026, 12, 7), None)
    for wrong, said in (
        ({"on": "2026-11-01"}, "Day: The day lies in the past"),
        ({"on": "x"}, "Day: Enter a valid date"),
    ):
        *still, answer = moved(**wrong)
        assert still == [date(2026, 12, 7), None]
        assert answer.redirect_chain[0][0] == f"{reverse('follow_up_edit', args=[follow_up.pk])}?next=%2F"
        assert said in answer.content.decode()


def test_a_day_can_be_picked_for_who_has_no_plan(book, cast, sign_in):
    url = reverse("follow_up_plan", args=[book["free"].pk])
    client = sign_in(cast.wang)
    client.post(url, {"on": "2026-12-09", "at": "10:30", "next": "/"})
    planned = FollowUp.objects.get(customer=book["free"])
    assert (planned.due_on, planned.due_time) == (date(2026, 12, 9), time(10, 30))
    page = client.get("/").content.decode()
    assert (
        f'href="{reverse("follow_up_edit", args=[FollowUp.objects.get(customer=book["overdue"]).pk])}?next=%2F"' in page
    )


def test_the_value_at_risk_in_a_heading_is_the_sum_of_its_warnings(cast, sign_in):
    for n in range(1, 21):  # more than the page shows, one of them among the overdue contacts
        warned = person(cast.wang, f"预警{n}")
        warn(warned, n * 100_00)
        if n == 1:
            plan(warned, -1)
    warn(person(cast.outsider, "外"), 777_00)
    (part,) = (part for part in queue.sections(cast.wang) if part.key == "warning")
    assert (part.count, part.at_risk) == (20, sum(n * 100_00 for n in range(1, 21)))
    assert len(part.rows) < part.count
    head = sign_in(cast.wang).get("/").content.decode().partition('id="g-warning"')[2].partition("</h2>")[0]
    assert "¥21,000" in head


@pytest.mark.parametrize("most", [3, 18])
def test_as_many_warnings_stand_there_as_the_company_says_and_of_how_many(cast, sign_in, most):
    ScoringSettings.objects.update(warnings_shown=most)
    for n in range(20):
        warn(person(cast.wang, f"预警{n}"), n * 100_00)
    (part,) = (part for part in queue.sections(cast.wang) if part.key == "warning")
    assert (len(part.rows), part.count) == (most, 20)
    client = sign_in(cast.wang)
    client.cookies["django_language"] = "en"
    assert f"{most} of 20 shown: what you can call in a day." in client.get("/").content.decode()


def test_planning_from_the_list_of_the_unplanned_takes_one_tap(book, cast, sign_in):
    url = reverse("follow_up_plan", args=[book["free"].pk])
    for days in ("1", "7"):
        assert sign_in(cast.wang).post(url, {"days": days, "next": "/"}).status_code == 302
    assert FollowUp.objects.get(customer=book["free"]).due_on == date(2026, 12, 1)
    assert CustomerFacts.objects.get(pk=book["free"].pk).next_follow_up_on == date(2026, 12, 1)


def test_done_and_skip_can_be_undone(book, cast, sign_in):
    follow_up = FollowUp.objects.get(customer=book["today"])
    client = sign_in(cast.wang)
    for act, state in (("done", "done"), ("skip", "skipped"), ("cancel", "cancelled")):
        page = client.post(reverse(f"follow_up_{act}", args=[follow_up.pk]), follow=True).content.decode()
        follow_up.refresh_from_db()
        assert follow_up.state == state
        assert reverse("follow_up_reopen", args=[follow_up.pk]) in page
        client.post(reverse("follow_up_reopen", args=[follow_up.pk]))
        follow_up.refresh_from_db()
        assert follow_up.state == "open"


def test_every_row_says_what_the_customer_brought_and_a_warning_what_is_at_stake(book, cast, sign_in):
    CustomerFacts.objects.filter(pk=book["warned"].pk).update(monetary=4_191_400)
    page = sign_in(cast.wang).get("/").content.decode()
    assert page.count('class="risk"') == page.count("data-row") == page.count('title="Sales in 365 days"')
    row = page.split(f'id="warning-{book["warned"].pk}"')[1].split("</li>")[0]
    assert "¥41,914" in row
    assert "at risk ¥100" in row


def test_a_log_leads_back_to_the_row_after_it(book, cast, sign_in):
    page = sign_in(cast.wang).get("/").content.decode()
    log = f"/interactions/new/?customer={book['overdue'].pk}&amp;next=%2F%23today-{book['today'].pk}"
    assert log in page
    assert f'id="today-{book["today"].pk}"' in page


def test_save_and_next_goes_on_to_the_log_of_the_next_customer(book, cast, sign_in):
    client = sign_in(cast.wang)
    place, after = f"overdue-{book['overdue'].pk}", f"today-{book['today'].pk}"
    form = f"/interactions/new/?customer={book['overdue'].pk}&next=%2F%23{after}"
    assert 'name="then" value="next"' in client.get(form).content.decode()
    sent = {"kind": "call", "result": "reached", "next_step": "none", "occurred_at": "2026-11-24T09:00", "then": "next"}
    answer = client.post(form, sent, follow=True)
    *_others, (last, _status) = answer.redirect_chain
    assert last.startswith(f"/interactions/new/?customer={book['today'].pk}&next=%2F%23")
    assert "logged" in answer.content.decode()
    # A row that is gone meanwhile: the first one that is there.
    assert client.get("/today/next/", {"at": place})["Location"].startswith(
        f"/interactions/new/?customer={book['today'].pk}&"
    )


def test_save_and_next_ends_on_today_when_nothing_waits(cast, sign_in):
    assert sign_in(cast.wang).get("/today/next/", {"at": "today-1"})["Location"] == "/"


def test_only_todays_rows_lead_on_to_the_next(book, cast, sign_in):
    client = sign_in(cast.wang)
    for back in ("", "&next=%2F", "&next=%2Fcustomers%2F%23row"):
        page = client.get(f"/interactions/new/?customer={book['overdue'].pk}{back}").content.decode()
        assert 'name="then"' not in page


def test_tomorrow_is_tomorrow(cast):
    assert [str(label) for _n, label, _day in move_choices(TODAY)] == ["Tomorrow", "In 3 days", "In 7 days"]
    saturday = date(2026, 11, 28)
    for _n, label, day in move_choices(saturday):
        off = (day - saturday).days
        assert str(label) == ("Next working day" if off == 2 else f"In {off} days")
