"""Answers and satisfaction calls of a complaint stand in the customer's log: once, as one thing, and they count."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import RoleGrant, User
from core import clock
from customers.models import CustomerFacts, Interaction
from feedback import services
from followups.models import FollowUp
from followups.services import follow_up_create
from workbench.customer_page.timeline import timeline

pytestmark = pytest.mark.django_db


def said(customer):
    entries = Interaction.objects.filter(customer=customer).order_by("pk")
    return [(entry.kind, entry.direction, entry.mood) for entry in entries]


def shown(user, customer):
    return [entry.kind for entry in timeline(user, customer).entries]


def test_the_first_response_is_a_contact_at_its_moment(take_in, cast, customer):
    case = take_in(hours_ago=5, channel="wechat")
    at = clock.now() - timedelta(hours=2)
    services.complaint_respond(complaint=case, by=cast.wang, version=1, note="已道歉", at=at, channel="phone")
    entry = Interaction.objects.get()
    assert (entry.kind, entry.occurred_at, entry.summary, entry.user) == ("call", at, "已道歉", cast.wang)
    facts = CustomerFacts.objects.get(pk=customer.pk)
    assert (facts.last_contact_at, facts.last_contact_kind, facts.touches) == (at, "call", 1)
    assert case.steps.get(kind="response").interaction == entry


def test_an_act_over_several_states_is_one_contact(take_in, cast, customer):
    case = take_in()
    services.complaint_advance(complaint=case, to="closed", by=cast.wang, version=1, result="换货", csat=2)
    assert said(customer) == [("call", "out", "bad")]


def test_each_later_act_is_one_and_the_rating_comes_from_the_customer(take_in, cast, customer):
    case = take_in(channel="email")
    for to, known in [("answered", {"result": "换货"}), ("satisfaction_asked", {}), ("closed", {"csat": 5})]:
        services.complaint_advance(complaint=case, to=to, by=cast.wang, version=case.version, **known)
    assert said(customer) == [("email", "out", ""), ("email", "out", ""), ("email", "in", "good")]


def test_steps_without_the_customer_are_none(complaint, cast, customer):
    services.complaint_advance(complaint=complaint, to="resolving", by=cast.wang, version=1)
    assert said(customer) == []
    assert CustomerFacts.objects.get(pk=customer.pk).last_contact_at is None


def test_the_history_shows_each_of_them_once(take_in, cast, customer):
    answered = take_in(response="马上换", received_at=None)
    services.complaint_advance(complaint=answered, to="answered", by=cast.wang, version=answered.version, result="换了")
    page = timeline(cast.wang, customer).entries
    steps = [entry.data["note"] for entry in page if entry.kind == "complaint_step"]  # the way there, no contacts
    assert not {"马上换", "换了"} & set(steps)
    contact, intake = (entry for entry in page if entry.kind != "complaint_step")
    assert (contact.kind, intake.kind) == ("complaint_contact", "complaint")
    assert intake.data["answer"] == "马上换"
    assert contact.data["summary"] == "换了"


def test_who_may_not_see_complaints_still_sees_the_contacts(take_in, cast, customer):
    take_in(response="马上换")
    RoleGrant.objects.filter(role=cast.wang.role, permission__startswith="complaint.").delete()
    assert shown(User.objects.get(pk=cast.wang.pk), customer) == ["interaction"]


def test_the_contacts_of_a_complaint_in_the_bin_stay_in_the_history(take_in, cast, customer):
    case = take_in(response="马上换")
    services.complaint_delete(complaint=case, by=cast.lead, version=case.version)
    assert shown(cast.wang, customer) == ["interaction"]


def test_the_page_of_the_customer_links_the_contact_to_its_complaint(take_in, sign_in, cast, customer):
    case = take_in(hours_ago=1)
    services.complaint_respond(complaint=case, by=cast.wang, version=1, note="已致电")
    page = sign_in(cast.wang).get(reverse("customer", args=[customer.pk])).content.decode()
    assert page.count("已致电") == 1
    assert "first response to a complaint" in page


@pytest.mark.parametrize("source", ["manual", "warning"])
def test_what_is_planned_about_something_else_stands(take_in, cast, customer, source):
    day = clock.business_date()
    plan = follow_up_create(customer=customer, assignee=cast.wang, due_on=day, by=cast.wang, source=source)
    services.complaint_respond(complaint=take_in(), by=cast.wang, version=1)
    plan.refresh_from_db()
    assert (plan.state, FollowUp.objects.filter(state="open").count()) == ("open", 1)


def test_the_default_plan_moves_on(take_in, cast, customer):
    day = clock.business_date()
    plan = follow_up_create(customer=customer, assignee=cast.wang, due_on=day, by=cast.wang, source="cadence")
    services.complaint_respond(complaint=take_in(), by=cast.wang, version=1)
    plan.refresh_from_db()
    assert plan.state == "done"
