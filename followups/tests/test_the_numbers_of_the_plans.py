"""The numbers beside the cadence table are the company's: edited on one page, and open automatic dates follow them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from core import jobs
from customers.models import ContactRules, Customer, CustomerFacts
from customers.rules import contact_rules_row
from customers.services import customer_create, interaction_log
from customers.services.interactions import is_late
from customers.stages import stage_after
from followups import cadence
from followups.cadence_table.numbers import GROUPS
from followups.models import FollowUp, Rhythm
from followups.planning import plans_make
from followups.reckoning import reckon
from followups.services import contact_rules_change, follow_up_create
from followups.visits import never_written_up
from segmentation.models import ChurnCase

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


@pytest.fixture
def rule(cast):
    """`rule(tries=2)`: the company says so."""

    def change(**changes):
        row = contact_rules_row()
        contact_rules_change(row=row, changes=changes, version=row.version, by=cast.manager)

    return change


def only(customer):
    return FollowUp.objects.get(customer=customer, state="open")


def as_function_and_sql(customer):
    """What the two say of one customer; they agree."""
    plans_make()
    wanted = reckon(Customer.objects.select_related("facts", "owner", "rhythm").get(pk=customer.pk))
    made = only(customer)
    assert (made.reckoned_on, made.method, made.reason.get("pace")) == (
        wanted.on,
        wanted.method,
        wanted.numbers.get("pace"),
    )
    return made


# --- open dates follow -----------------------------------------------------------------------------------------------
def test_a_new_customer_moves_with_the_hours_until_the_first_contact(cast, rule):
    customer = customer_create(by=cast.wang, owner=cast.wang, name="新客户", kind="person")
    planned = only(customer)
    assert (planned.due_on, planned.due_time) == (date(2026, 11, 25), time(10))
    rule(first_contact_hours=4)
    moved = as_function_and_sql(customer)
    assert (moved.pk, moved.due_on, moved.due_time) == (planned.pk, TODAY, time(14))
    assert moved.due_at == datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    assert (moved.reason["hours"], moved.reason["was"], moved.reason["because"]) == (4, "2026-11-25", "table")
    assert not plans_make()["moved"], "once is enough"


@pytest.mark.parametrize(
    ("facts", "changes", "before", "after"),
    [
        ({"unanswered": 1}, {"retry_days": 3}, 7, 3),
        ({"unanswered": 2}, {"tries": 2}, 7, 45),  # now it is the no-response path: the long end
        ({"warning": "yellow"}, {"warned_days": 5}, 14, 5),
    ],
)
def test_tries_and_warnings_move_with_their_numbers(make, rule, facts, changes, before, after):
    customer = make(tier="A", last_contact=0, **facts)
    made = as_function_and_sql(customer)
    assert made.reckoned_on == TODAY + timedelta(days=before)
    rule(**changes)
    moved = as_function_and_sql(customer)
    assert (moved.pk, moved.reckoned_on) == (made.pk, TODAY + timedelta(days=after))
    assert moved.reason["because"] in ("table", "answer")


def test_the_first_month_after_a_deal_is_as_long_as_the_company_says(make, rule):
    bought = TODAY - timedelta(days=20)
    customer = make(stage="after_sale", stage_since=bought, last_contact=1, last_order_on=bought)
    assert as_function_and_sql(customer).reason["phase"] == "first_month"
    rule(first_month_days=14)
    assert as_function_and_sql(customer).reason["phase"] == "after_sale"


def test_the_first_month_ends_although_nobody_was_in_touch(make):
    bought = TODAY - timedelta(days=60)
    customer = make(stage="after_sale", stage_since=bought, last_order_on=bought)
    made = as_function_and_sql(customer)
    assert (made.reason["phase"], made.reckoned_on) == ("after_sale", bought + timedelta(days=30))
    ordered = TODAY - timedelta(days=36)
    young = make(stage="after_sale", stage_since=ordered, last_order_on=ordered)
    assert as_function_and_sql(young).reason["phase"] == "first_month", "the last week of it still counts"


def test_a_revisit_moves_to_the_day_that_takes_the_place_of_its_own(make, rule):
    customer = make(tier="D", first_order=5, last_contact=4)
    plans_make()
    assert (only(customer).source, only(customer).due_on) == ("revisit", TODAY + timedelta(days=2))
    rule(revisit_1_days=9, revisit_1_method="wechat", revisit_1_content="是否用得顺手")
    plans_make()
    moved = only(customer)
    assert (moved.due_on, moved.method, moved.purpose) == (date(2026, 11, 30), "wechat", "是否用得顺手")
    assert (moved.reason["days"], moved.reason["was"], moved.reason["because"]) == (9, "2026-11-26", "table")
    rule(revisit_1_days=7)
    plans_make()
    assert (only(customer).reason["days"], only(customer).due_on) == (7, TODAY + timedelta(days=2))
    assert not plans_make()["made"]


def test_a_revisit_that_a_person_has_moved_stands(make, rule):
    customer = make(tier="D", first_order=5, last_contact=4)
    plans_make()
    FollowUp.objects.update(reason={**only(customer).reason, "chosen": True})
    rule(revisit_1_days=9)
    plans_make()
    assert only(customer).due_on == TODAY + timedelta(days=2)


def test_a_revisit_replaces_a_plan_that_comes_as_much_earlier_as_the_company_says(make, rule):
    bought = TODAY - timedelta(days=25)
    customer = make(tier="A", first_order=25, last_contact=4, stage="after_sale", stage_since=bought)
    rule(chain_near_days=0)
    plans_make()
    gap = (TODAY + timedelta(days=5) - only(customer).reckoned_on).days
    assert gap > 1, "the plan comes before the revisit of day 30"
    rule(chain_near_days=gap - 1)
    plans_make()
    assert only(customer).source == "cadence"
    rule(chain_near_days=gap)
    plans_make()
    assert (only(customer).source, only(customer).reason["days"]) == ("revisit", 30)


def test_a_missed_revisit_is_left_out_after_as_many_days_as_the_company_says(make, rule):
    before = make(tier="D", first_order=15, last_contact=14)
    plans_make()
    rule(chain_late_days=8)
    after = make(tier="D", first_order=15, last_contact=14)
    plans_make()
    assert [only(one).reason["days"] for one in (before, after)] == [30, 7], "eight days late"


@pytest.mark.parametrize(("within", "state"), [(7, "open"), (9, "done"), (0, "open")])
def test_a_contact_closes_what_falls_due_within_as_many_days_as_the_company_says(make, cast, rule, within, state):
    customer = make(last_contact=20)
    planned = follow_up_create(
        customer=customer, assignee=cast.wang, due_on=TODAY + timedelta(days=9), method="call", by=cast.wang
    )
    rule(closes_days=within)
    interaction_log(customer=customer, by=cast.wang, kind="call", result="reached")
    planned.refresh_from_db()
    assert planned.state == state


# --- as the customer likes it ----------------------------------------------------------------------------------------
OWN = {"method": "visit", "at_time": time(15), "purpose": "带样品"}


def warned(customer):
    ChurnCase.objects.create(customer=customer, level="red", opened_on=TODAY, level_since=TODAY)


@pytest.mark.parametrize("source", ["revisit", "warning"])
@pytest.mark.parametrize("own", [{}, OWN])
@pytest.mark.parametrize("unanswered", [0, 1])
def test_revisits_and_win_back_keep_the_customers_own_plan_and_the_other_method(make, rule, source, own, unanswered):
    rule(win_back_method="email", revisit_1_method="sms", win_back_content="挽回", revisit_1_content="回访")
    customer = make(tier="D", first_order=6, last_contact=2, unanswered=unanswered, lifecycle="first_time")
    if own:
        Rhythm.objects.create(customer=customer, **own)
    if source == "warning":
        warned(customer)
    plans_make()
    made = only(customer)
    line = {"usual": "sms", "other": "call"}
    assert (made.source, made.due_time) == (source, own.get("at_time"))
    preferred = own.get("method") or {"warning": "email", "revisit": "sms"}[source]
    assert made.purpose == own.get("purpose", {"warning": "挽回", "revisit": "回访"}[source])
    table = reckon(Customer.objects.select_related("facts", "owner", "rhythm").get(pk=customer.pk))
    other = table.method if unanswered else line["other"]
    assert made.method == (preferred if not unanswered else other)
    if made.due_time:
        assert made.due_at == datetime.combine(made.due_on, time(7), UTC)


@pytest.mark.parametrize(
    ("preferred", "unanswered", "expected"), [("call", 0, "call"), ("call", 1, "wechat"), ("wechat", 1, "call")]
)
def test_after_a_try_without_an_answer_it_is_the_other_method(preferred, unanswered, expected):
    assert cadence.method_after(preferred, "call", "wechat", unanswered) == expected


@pytest.mark.parametrize(
    ("source", "code", "reason", "prompt"),
    [
        ("revisit", "REVISIT", {"days": 7}, "Has everything arrived"),
        ("revisit", "REVISIT", {"days": 30}, "how satisfied they are"),
        ("revisit", "REVISIT", {"days": 90}, "whom they would recommend us to"),
        ("warning", "WARNING", {"level": "red"}, "Ask openly what has changed"),
    ],
)
def test_the_page_says_what_a_revisit_and_winning_back_are_about(make, cast, sign_in, source, code, reason, prompt):
    customer = make()
    more = {"source": source, "reason_code": code, "reason": reason}
    follow_up_create(customer=customer, assignee=cast.wang, due_on=TODAY, by=cast.wang, **more)
    client = sign_in(cast.wang)
    assert prompt in client.get(f"/customers/{customer.pk}/").content.decode()
    FollowUp.objects.update(purpose="带样品")
    assert prompt not in client.get(f"/customers/{customer.pk}/").content.decode()


# --- what else goes by them ------------------------------------------------------------------------------------------
def test_visits_have_as_many_hours_as_the_company_says(make, cast, rule):
    at, now = datetime(2026, 11, 22, 2, 0, tzinfo=UTC), datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    visit = {"occurred_at": at, "captured_at": None, "received_at": now}
    follow_up_create(
        customer=make(), assignee=cast.wang, due_on=date(2026, 11, 22), due_time=time(10), method="visit", by=cast.wang
    )
    rows = FollowUp.objects.filter(never_written_up(TODAY.replace(day=1)))
    assert (is_late("visit", **visit), rows.count()) == (True, 1)
    rule(write_up_hours=72)
    rows = FollowUp.objects.filter(never_written_up(TODAY.replace(day=1)))
    assert (is_late("visit", **visit), rows.count()) == (False, 0)


def test_touches_and_the_stage_after_the_deal_go_by_them(make, cast, sign_in, rule):
    customer = make(touches=2)
    rule(touches=8, after_sale_days=40, revisit_3_days=60)
    assert "2 of 8 times" in sign_in(cast.wang).get(f"/customers/{customer.pk}/").content.decode()
    assert stage_after(TODAY - timedelta(days=41), TODAY) == ("long_term", TODAY - timedelta(days=1))


def test_a_person_decides_after_as_many_tries_as_the_company_says(make, cast, sign_in, rule):
    customer = make(unanswered=2)
    page = reverse("customer", args=[customer.pk])
    assert "tries without an answer" not in sign_in(cast.wang).get(page).content.decode()
    rule(tries=2)
    assert "tries without an answer" in sign_in(cast.wang).get(page).content.decode()


# --- the page --------------------------------------------------------------------------------------------------------
def fields(**changes):
    return {name: ContactRules._meta.get_field(name).default for group in GROUPS for name in group} | changes


def test_a_manager_changes_them_and_the_plans_run_at_once(cast, sign_in):
    client = sign_in(cast.manager)
    page = client.get("/settings/plans/numbers/")
    opened = {name: page.context["form"][name].value() or "" for name in ("version", "original")}
    client.post("/settings/plans/numbers/", fields(**opened, retry_days="3"))
    assert contact_rules_row().retry_days == 3
    line = AuditEntry.objects.get(act="contact_rules.change")
    assert line.details["retry_days"] == [7, 3]
    assert jobs.night_of(jobs.clock.last_ended_day()).filter(job="plans").exists()
    plans = client.get("/settings/plans/").content.decode()
    assert "Days until an unanswered try is repeated, at most" in plans
    assert plans.count("as shipped") >= len(ContactRules._meta.get_fields()) - 15


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"first_contact_hours": "0"}, "Enter a whole number from 1 to 240."),
        ({"tries": "viel"}, "Enter a whole number from 1 to 20."),
        ({"revisit_2_days": "7"}, "Enter at least 8."),
        ({"after_sale_days": "20"}, "Enter at least 30."),
    ],
)
def test_what_makes_no_sense_is_asked_about(cast, sign_in, typed, sentence):
    answer = sign_in(cast.manager).post("/settings/plans/numbers/", fields(version=0, **typed))
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert not ContactRules.objects.exists()


def test_the_day_of_the_facts_follows(make, rule):
    customer = make(tier="A", last_contact=0, unanswered=1)
    plans_make()
    rule(retry_days=3)
    plans_make()
    assert CustomerFacts.objects.get(pk=customer.pk).next_follow_up_on == TODAY + timedelta(days=3)
