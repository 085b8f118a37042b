"""The demo company is the same each time, every page of it is alive, and it leaves without a trace."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from core import company
from core.models import Company
from customers.models import Consent, Customer, Interaction
from demo.load import NAME
from demo.phrases import NOBODY_ANSWERED
from feedback.models import Complaint
from followups.models import FollowUp, Message, Reminder
from followups.services import message_cancel, message_sent
from sales.models import Order, Target
from segmentation.models import CaseAction, ChurnCase, HoldOut, HoldOutMember, Qualification, ScoreRun
from segmentation.policies.selectors import entitled

pytestmark = pytest.mark.django_db(transaction=True)
UNTIL = date(2026, 11, 24)


@pytest.fixture
def demo(settings, tmp_path, defaults):
    settings.DEMO_PASSWORD, settings.DATA_DIR = "a-long-demo-password", tmp_path

    def fill() -> list[tuple]:
        call_command("load_demo", customers=120, until=UNTIL)
        return sorted(Order.objects.values_list("ordered_on", "customer__name", "total"))

    return fill


def test_it_is_alive_the_same_each_time_and_can_be_cleared(demo):
    first = demo()
    assert company.company().is_demo
    assert ScoreRun.objects.exclude(published_at=None).count() == 13
    for model in (Interaction, FollowUp, Reminder, Target, ChurnCase):
        assert model.objects.exists(), model
    call_command("clear_demo")
    assert not company.company().is_demo
    assert not Customer.all_objects.exists()
    assert not User.objects.exists()
    assert demo() == first


def test_warnings_have_been_worked_on_and_ended_in_every_way(demo):
    demo()
    states = Counter(ChurnCase.objects.values_list("state", flat=True))
    assert states.keys() >= {"new", "working", "won_back", "lost", "false_alarm"}
    won = CaseAction.objects.filter(case__state="won_back")
    assert won.filter(cost__gt=0).exists()
    for case in ChurnCase.objects.prefetch_related("actions", "steps"):
        assert all(case.opened_on <= action.done_on for action in case.actions.all())
        assert all(case.closed_on is None or action.done_on <= case.closed_on for action in case.actions.all())
        assert case.opened_at.astimezone(company.zone()).date() == case.opened_on + timedelta(days=1)
        assert case.version == 1 + case.steps.count()
        if case.closed_by_id:
            facts = case.customer.facts
            assert facts.warning == "none" or case.customer.churn_cases.filter(closed_at=None).exists()


def test_tiers_have_privileges_and_offers(demo):
    demo()
    held = Customer.objects.filter(kind="company", facts__tier="A").select_related("facts").first()
    assert [row.kind for row in entitled(held, UNTIL)][:2] == ["privilege", "offer"]
    left_out = HoldOut.objects.get()  # of one of them a share has been left out of the plans for months
    assert (left_out.state, left_out.comparison.until) == ("running", UNTIL)
    assert HoldOutMember.objects.filter(hold_out=left_out, held=True).exists()


def test_reps_have_asked_some_of_their_prospects(demo):
    demo()
    asked = Qualification.objects.select_related("customer__facts")
    assert {row.frame for row in asked} == {"bant", "faint"}
    for row in asked:
        assert row.customer.facts.last_order_on is None
        assert row.customer.facts.qualification == row.score.percent
        assert row.created_by == row.customer.owner
    # unscoped: the whole demo
    prospects = Customer.objects.filter(facts__last_order_on=None)
    assert 0 < asked.count() < prospects.count()
    assert len(set(prospects.values_list("facts__qualification", flat=True))) > 2


@pytest.mark.parametrize(("name", "left"), [("", "Keben"), ("恒远机械", "恒远机械")])
def test_a_name_that_somebody_chose_outlives_the_demo(name, left, settings, tmp_path, defaults):
    settings.DATA_DIR = tmp_path
    Company.objects.filter(pk=1).update(name=name or NAME, is_demo=True)
    company.forget()
    call_command("clear_demo")
    assert company.company().name == left


def test_each_rep_with_customers_finds_a_complaint_that_waits(demo):
    demo()
    owners = set(Customer.objects.filter(orders__isnull=False, owner__role__code="rep").values_list("owner", flat=True))
    waiting = set(Complaint.objects.exclude(state="closed").values_list("customer__owner", flat=True))
    assert owners <= waiting


def test_it_never_goes_into_a_company_of_ones_own(demo, cast):
    with pytest.raises(CommandError, match="empty installation only"):
        demo()


def test_nothing_in_it_looks_made_by_a_machine(demo):
    demo()
    received = {
        moment.astimezone(company.zone()).strftime("%H:%M")
        for moment in Complaint.objects.values_list("received_at", flat=True)
    }
    assert len(received) > 1
    hours = {moment.astimezone(company.zone()).hour for moment in Reminder.objects.values_list("due_at", flat=True)}
    assert hours <= set(range(8, 19))
    noted = Interaction.objects.exclude(summary="").values_list("result", "summary", "customer__name")
    for result, summary, name in noted:
        assert summary.isascii() == name.isascii() or not summary.isascii(), (name, summary)
        assert (summary in NOBODY_ANSWERED) <= (result == "no_answer"), summary
    done = FollowUp.objects.filter(state="done", method__in=("visit", "meeting"))
    assert not done.filter(closed_by_interaction=None).exists()


def test_pages_of_messages_show_something_of_every_kind(demo, sign_in):
    demo()
    states = Counter(Message.objects.values_list("state", flat=True))
    assert states.keys() >= {"sent", "held", "unknown", "failed", "draft"}
    assert not Message.objects.filter(Q(text__contains="{{") | Q(subject__contains="{{")).exists()
    assert Message.objects.exclude(template=None).values("template").distinct().count() > 1
    admin = sign_in(User.objects.get(email="admin@demo.keben.example"))
    for tab in ("stuck", "draft", "waiting", "sent", "all"):
        assert admin.get(reverse("message_list"), {"tab": tab}).context["list"].page.rows, tab
    [batch] = admin.get(reverse("automatic_messages")).context["batches"]
    assert batch.held == batch.messages > 0


def test_messages_of_the_demo_are_one_story_with_the_rest(demo):
    demo()
    for message in Message.objects.filter(state="sent").select_related("interaction"):
        assert message.interaction.customer_id == message.customer_id
        assert message.sent_at == message.interaction.occurred_at
        assert message.created_at < message.sent_at
    agreed = Consent.objects.filter(allowed=True, topic="marketing").values("customer")
    assert not Message.objects.filter(topic="marketing").exclude(customer__in=agreed).exists()
    assert Consent.objects.filter(allowed=False).exists()


def test_a_message_that_nobody_knows_of_can_be_decided(demo):
    demo()
    unknown, failed = (Message.objects.filter(state=state).first() for state in ("unknown", "failed"))
    message_sent(message=unknown, by=unknown.user)
    message_cancel(message=failed, by=failed.user)
    assert set(Message.objects.filter(pk__in=[unknown.pk, failed.pk]).values_list("state", flat=True)) == {
        "sent",
        "cancelled",
    }
