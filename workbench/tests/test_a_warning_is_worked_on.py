"""The page of a warning: its cause, its plan, what was done at what cost, how it ended; each step can be taken back."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import AuditEntry
from core import clock
from core.texts import seen
from core.versions import StaleVersionError
from customers.models import Customer, CustomerFacts, CustomerShare, Interaction
from customers.services import UndoTooLateError
from followups.models import FollowUp, Notice
from followups.services import follow_up_create
from segmentation.cases import services
from segmentation.cases.models import CaseAction, CaseStep, ChurnCause
from segmentation.models import ChurnCase
from segmentation.services import RefusedError
from tests.races import at_once
from workbench.tests.test_a_warning_is_given import warned

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast):
    return warned("W1", cast.wang, at_risk=500_000)


@pytest.fixture
def price():
    return ChurnCause.objects.get(code="price")


def page_of(case):
    return reverse("warning", args=[case.pk])


def send(client, case, act, **typed):
    case.refresh_from_db()
    return client.post(page_of(case), {"act": act, "version": case.version, **typed})


# --- the page --------------------------------------------------------------------------------------------------------
def test_it_says_why_with_numbers_and_nothing_twice(sign_in, cast, case):
    page = sign_in(cast.wang).get(page_of(case)).content.decode()
    assert "Usually buys every 18 days" in page
    assert "No purchase for" not in page


def test_who_may_look_but_not_change_finds_no_form(sign_in, cast, case):
    page = sign_in(cast.auditor).get(page_of(case))
    assert page.status_code == 200
    assert "Note an action" not in page.content.decode()
    assert sign_in(cast.outsider).get(page_of(case)).status_code == 404


def test_cause_plan_and_deadline_are_written_and_put_it_into_work(sign_in, cast, case, price):
    day = clock.business_date() + timedelta(days=10)
    send(sign_in(cast.wang), case, "plan", cause=price.pk, cause_note="贵了一成", plan="送样品", due_on=day.isoformat())
    case.refresh_from_db()
    assert (case.cause, case.cause_note, case.plan, case.due_on) == (price, "贵了一成", "送样品", day)
    assert (case.state, case.in_charge) == ("working", cast.wang)


@pytest.mark.parametrize(("day", "words"), [("2020-01-01", "lies in the past"), ("2099-01-01", "within a year")])
def test_a_deadline_that_cannot_be_is_said_at_its_field(sign_in, cast, case, day, words):
    answer = send(sign_in(cast.wang), case, "plan", plan="x", due_on=day)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'value="' + day in answer.content.decode()


def test_an_action_with_its_cost_takes_a_new_warning_into_work(sign_in, cast, case):
    today = clock.business_date()
    ChurnCase.objects.filter(pk=case.pk).update(opened_on=today - timedelta(days=3))
    client = sign_in(cast.wang)
    client.post(page_of(case), {"act": "action", "kind": "gift", "done_on": today.isoformat(), "cost": "120.50"})
    action = CaseAction.objects.get()
    assert (action.kind, action.cost, action.done_by) == ("gift", 12_050, cast.wang)
    case.refresh_from_db()
    assert (case.state, case.in_charge) == ("working", cast.wang)
    page = client.get(page_of(case)).content.decode()
    assert "120.50" in page
    assert "Gift" in page


def test_an_empty_cost_is_not_noted_and_no_zero(sign_in, cast, case):
    services.action_add(case=case, kind="call", done_on=clock.business_date(), by=cast.wang)
    assert CaseAction.objects.get().cost is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "bribe"}, "kind"),
        ({"done_on": date(2099, 1, 1)}, "done_on"),
        ({"done_on": date(2020, 1, 1)}, "done_on"),
        ({"cost": -1}, "cost"),
    ],
)
def test_what_cannot_have_been_done_is_refused_by_name(cast, case, wrong, field):
    right = {"kind": "gift", "done_on": clock.business_date(), "cost": 100}
    with pytest.raises(ValidationError) as refused:
        services.action_add(case=case, by=cast.wang, **{**right, **wrong})
    assert list(refused.value.message_dict) == [field]


def test_the_same_form_sent_twice_notes_one_action(sign_in, cast, case):
    client, key = sign_in(cast.wang), "5b0ed54e-9d2c-4a57-8ad8-1a8b7ce2f2a1"
    typed = {"act": "action", "kind": "visit", "done_on": clock.business_date().isoformat(), "idempotency_key": key}
    for _turn in range(2):
        client.post(page_of(case), typed)
    assert CaseAction.objects.count() == 1


def test_logged_activities_stand_in_the_record_by_themselves(sign_in, cast, case):
    day = clock.now()
    common = {"customer": case.customer, "user": cast.wang, "result": "reached"}
    Interaction.objects.create(kind="call", occurred_at=day, summary="价格可以谈", **common)
    Interaction.objects.create(kind="email", occurred_at=day, automatic=True, summary="自动发送", **common)
    Interaction.objects.create(kind="visit", occurred_at=day.replace(year=2020), summary="以前的", **common)
    page = sign_in(cast.wang).get(page_of(case)).content.decode()
    assert "价格可以谈" in page
    assert "自动发送" not in page
    assert "以前的" not in page
    assert "1 activity logged" in page


def test_a_removed_action_counts_no_more_and_can_be_put_back(sign_in, cast, case):
    action = services.action_add(case=case, kind="gift", done_on=clock.business_date(), cost=900, by=cast.wang)
    client = sign_in(cast.wang)
    client.post(reverse("case_action_remove", args=[action.pk]))
    assert "0 actions noted" in client.get(page_of(case)).content.decode()
    client.post(reverse("case_action_restore", args=[action.pk]))
    assert "1 action noted" in client.get(page_of(case)).content.decode()
    assert sign_in(cast.outsider).post(reverse("case_action_remove", args=[action.pk])).status_code == 404


def test_closing_needs_a_reason_and_may_name_the_cause(sign_in, cast, case, price):
    client = sign_in(cast.wang)
    assert send(client, case, "close", state="lost", reason="").status_code == 422
    send(client, case, "close", state="lost", reason="换了供应商", cause=price.pk)
    case.refresh_from_db()
    assert (case.state, case.close_reason, case.cause) == ("lost", "换了供应商", price)
    assert CustomerFacts.objects.get(pk=case.customer_id).warning == "none"


@pytest.mark.parametrize("reason", [" \t", "\u202a\u202e", "\u2066\u2069\u200b", "\u3164\ufe0f\u061c"])
def test_a_reason_that_nobody_sees_is_none(cast, case, reason):
    with pytest.raises(RefusedError):
        services.warning_close(case=case, version=1, state="lost", reason=reason, by=cast.wang)
    assert seen(reason) == ""
    assert seen(f" ‏走了‏ {reason}")


@pytest.mark.parametrize("ahead", [-1, 367, 2_900_000])
def test_it_is_given_for_a_day_within_a_year(cast, case, ahead):
    day = clock.business_date() + timedelta(days=ahead)
    with pytest.raises(ValidationError) as refused:
        services.warning_give(case=case, version=1, to=cast.li, due_on=day, by=cast.lead)
    assert list(refused.value.message_dict) == ["due_on"]


def test_on_the_last_day_of_the_year_it_is_settled_at_the_latest(cast, case):
    last = clock.business_date() + services.LONGEST_PLAN
    services.warning_give(case=case, version=1, to=cast.li, due_on=last, by=cast.lead)
    assert case.due_on == last


def test_of_a_closed_one_the_cause_can_still_be_written(sign_in, cast, case, price):
    client = sign_in(cast.wang)
    send(client, case, "close", state="lost", reason="gone")
    send(client, case, "plan", cause=price.pk, plan="too late")
    case.refresh_from_db()
    assert (case.cause, case.plan, case.state) == (price, "", "lost")


# --- two people ------------------------------------------------------------------------------------------------------
def test_over_somebody_elses_step_nothing_is_done_and_nothing_typed_is_lost(sign_in, cast, case):
    seen = case.version
    services.warning_start(case=case, version=case.version, by=cast.lead)
    answer = sign_in(cast.wang).post(page_of(case), {"act": "plan", "version": seen, "plan": "送样品"})
    assert answer.status_code == 409
    assert "送样品" in answer.content.decode()
    case.refresh_from_db()
    assert (case.plan, case.in_charge) == ("", cast.lead)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_one_warning_at_the_same_moment_one_is_told(cast):
    case = warned("R1", cast.wang)
    people = [cast.wang, cast.lead]

    def move(turn):
        try:
            services.warning_start(case=ChurnCase.objects.get(pk=case.pk), version=1, by=people[turn])
        except StaleVersionError:
            return "stale"
        return "moved"

    assert sorted(at_once(move, 2)) == ["moved", "stale"]
    assert CaseStep.objects.count() == 1


# --- taking back -----------------------------------------------------------------------------------------------------
def test_closing_is_taken_back_with_the_level_in_the_lists(sign_in, cast, case):
    client = sign_in(cast.wang)
    send(client, case, "close", state="false_alarm", reason="oops")
    client.post(reverse("warning_undo", args=[case.pk]))
    case.refresh_from_db()
    assert (case.state, case.closed_at, case.close_reason, case.closed_by) == ("new", None, "", None)
    facts = CustomerFacts.objects.get(pk=case.customer_id)
    assert (facts.warning, facts.value_at_risk) == ("red", 500_000)


def test_a_stranger_or_a_late_hand_takes_nothing_back(cast, case):
    services.warning_start(case=case, version=1, by=cast.wang)
    with pytest.raises(UndoTooLateError):
        services.warning_undo(case=case, by=cast.lead)
    with time_machine.travel(clock.now() + timedelta(minutes=11), tick=False), pytest.raises(UndoTooLateError):
        services.warning_undo(case=case, by=cast.wang)
    services.warning_plan(case=case, version=2, changes={"plan": "x"}, by=cast.lead)
    with pytest.raises(UndoTooLateError):
        services.warning_undo(case=case, by=cast.wang)


def test_a_gift_of_work_is_taken_back_with_its_follow_up_and_its_share(cast, case):
    day = clock.business_date() + timedelta(days=2)
    services.warning_give(case=case, version=1, to=cast.outsider, due_on=day, by=cast.manager, plan="拜访老板")
    plan = FollowUp.objects.get(customer=case.customer, state="open")
    assert (plan.assignee, plan.purpose) == (cast.outsider, "拜访老板")
    assert case.due_on == day + timedelta(days=14)
    services.warning_undo(case=case, by=cast.manager)
    case.refresh_from_db()
    assert (case.state, case.in_charge, case.plan, case.due_on) == ("new", None, "", None)
    assert not FollowUp.objects.filter(state="open").exists()
    assert not CustomerShare.objects.exists()
    plan.refresh_from_db()
    assert plan.source_key is None  # the night may plan its task anew


def test_what_stood_before_stands_again(cast, case):
    day = clock.business_date() + timedelta(days=5)
    common = {"customer": case.customer, "assignee": cast.wang, "due_on": day, "by": None}
    nightly = follow_up_create(source="warning", source_key=f"warning:{case.pk}", **common)
    services.warning_give(
        case=case, version=1, to=cast.li, due_on=day + timedelta(days=1), by=cast.lead, method="visit"
    )
    services.warning_undo(case=case, by=cast.lead)
    nightly.refresh_from_db()
    assert (nightly.assignee, nightly.due_on, nightly.method, nightly.state) == (cast.wang, day, "call", "open")


def test_a_plan_that_gave_way_comes_back(cast, case):
    day = clock.business_date() + timedelta(days=5)
    cadence = follow_up_create(customer=case.customer, assignee=cast.wang, due_on=day, by=None, source="cadence")
    services.warning_give(case=case, version=1, to=cast.li, due_on=day, by=cast.lead)
    services.warning_undo(case=case, by=cast.lead)
    cadence.refresh_from_db()
    assert cadence.state == "open"
    assert FollowUp.objects.filter(state="open").count() == 1


def test_many_given_at_once_go_back_at_once(sign_in, cast, case):
    cases = [case, warned("W2", cast.wang), warned("W3", cast.li)]
    client, day = sign_in(cast.lead), clock.business_date() + timedelta(days=2)
    typed = {"ids": [one.pk for one in cases], "confirm": "1", "to": "", "due_on": day.isoformat(), "plan": "打电话"}
    typed |= {f"version-{one.pk}": one.version for one in cases}
    answer = client.post(reverse("warnings_give"), typed, follow=True)
    batch = CaseStep.objects.values_list("batch", flat=True).distinct().get()
    undo = reverse("warnings_given_undo", args=[batch])
    assert undo in answer.content.decode()
    services.warning_plan(case=ChurnCase.objects.get(pk=case.pk), version=2, changes={"plan": "x"}, by=cast.wang)
    sign_in(cast.manager).post(undo)
    assert ChurnCase.objects.filter(state="working").count() == 3
    client.post(undo)
    assert set(ChurnCase.objects.values_list("customer__number", "state")) == {
        ("W1", "working"),
        ("W2", "new"),
        ("W3", "new"),
    }


def test_given_together_what_is_out_of_reach_by_now_stays_and_is_counted(sign_in, cast, case):
    cases = [case, warned("W2", cast.wang), warned("W3", cast.wang)]
    batch, day = uuid4(), clock.business_date() + timedelta(days=2)
    for one in cases:
        services.warning_give(case=one, version=1, to=cast.li, due_on=day, by=cast.lead, batch=batch)
    Customer.objects.filter(pk=cases[0].customer_id).update(owner=cast.outsider, team=cast.north)
    Customer.objects.filter(pk=cases[1].customer_id).update(deleted_at=clock.now())
    client, undo = sign_in(cast.lead), reverse("warnings_given_undo", args=[batch])
    said = client.post(undo, follow=True).content.decode()
    assert "1 warning is as it was before. 2 are no longer yours to change and stay." in said
    assert list(ChurnCase.objects.order_by("pk").values_list("state", flat=True)) == ["working", "working", "new"]
    assert FollowUp.objects.filter(customer=cases[0].customer_id, state="open").exists()
    assert "2 are no longer yours to change and stay." in client.post(undo, follow=True).content.decode()


def test_what_a_person_closed_can_be_opened_again_what_the_night_closed_cannot(cast, case):
    services.warning_close(case=case, version=1, state="lost", reason="gone", by=cast.wang)
    services.warning_reopen(case=case, version=2, by=cast.lead)
    assert (case.state, case.closed_at, case.in_charge) == ("working", None, cast.lead)
    ChurnCase.objects.filter(pk=case.pk).update(state="won_back", closed_at=clock.now(), closed_on=date(2026, 11, 2))
    with pytest.raises(RefusedError):
        services.warning_reopen(case=case, version=3, by=cast.lead)


def test_beside_another_open_warning_none_is_opened_again(cast, case):
    services.warning_close(case=case, version=1, state="lost", reason="gone", by=cast.wang)
    day = date(2026, 11, 3)
    ChurnCase.objects.create(customer=case.customer, level="red", opened_on=day, level_since=day)
    with pytest.raises(RefusedError):
        services.warning_reopen(case=case, version=2, by=cast.wang)


# --- who hears of it -------------------------------------------------------------------------------------------------
def test_who_is_given_a_warning_reads_why_and_opens_it(sign_in, cast, case):
    day = clock.business_date() + timedelta(days=2)
    services.warning_give(case=case, version=1, to=cast.li, due_on=day, by=cast.lead, plan="打电话")
    notice = Notice.objects.get(user=cast.li, kind="follow_up")
    assert notice.url == page_of(case)
    inbox = sign_in(cast.li).get(reverse("inbox")).content.decode()
    assert "Usually buys every 18 days" in inbox


def test_every_step_stands_in_the_audit_log(cast, case):
    services.warning_start(case=case, version=1, by=cast.wang)
    action = services.action_add(case=case, kind="gift", done_on=clock.business_date(), cost=900, by=cast.wang)
    services.action_remove(action=action, by=cast.wang)
    services.warning_plan(case=case, version=2, changes={"plan": "x"}, by=cast.wang)
    services.warning_undo(case=case, by=cast.wang)
    acts = AuditEntry.objects.filter(act__startswith="warning.").values_list("act", flat=True)
    assert set(acts) == {f"warning.{act}" for act in ("start", "action", "action_remove", "plan", "undo")}
