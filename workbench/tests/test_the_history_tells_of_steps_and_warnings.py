"""A customer's history holds the steps of complaints, lifecycle stages, and churn warnings from opening to end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import RoleGrant
from core import clock
from feedback import services as feedback
from feedback.models import Complaint
from segmentation.cases.models import CaseStep, ChurnCause
from segmentation.models import ChurnCase, ChurnReason, ScoreInterval
from workbench.customer_page.timeline import timeline

pytestmark = pytest.mark.django_db
SCORED = {"tier_scheme": "b2b", "tier": "A"}


def told(user, customer, show=""):
    return {entry.kind: entry.data for entry in timeline(user, customer, show=show).entries}


def page(client, customer):
    return client.get(reverse("customer", args=[customer.pk])).content.decode()


@pytest.fixture
def complaint(cast, customer):
    made = feedback.complaint_create(
        customer=customer, by=cast.wang, owner=cast.wang, category="delivery", severity="normal", text="外包装破损"
    )
    feedback.complaint_note(complaint=made, note="已联系物流", by=cast.wang)
    return made


@pytest.fixture
def warning(cast, customer):
    """Opened by the night, given to a colleague, closed by a person for a reason."""
    today = clock.business_date()
    cause = ChurnCause.objects.create(code="own-store", name_en="Own store", name_zh="自建仓库")
    case = ChurnCase.objects.create(
        customer=customer,
        level="red",
        opened_on=today - timedelta(days=9),
        level_since=today,
        state="lost",
        closed_at=clock.now(),
        closed_on=today,
        closed_by=cast.wang,
        close_reason="改用自家仓库",
        cause=cause,
    )
    ChurnReason.objects.create(case=case, code="COMPLAINT", position=1, numbers={"open": 2, "days": 90, "count": 2})
    CaseStep.objects.create(case=case, kind="given", by=cast.lead, version=2, after={"in_charge_id": cast.li.pk})
    CaseStep.objects.create(case=case, kind="given", by=cast.lead, version=3, undone=True)
    return case


def test_a_note_on_a_complaint_stands_in_the_history(cast, customer, complaint, sign_in):
    step = told(cast.wang, customer)["complaint_step"]
    assert (step["note"], step["number"], step["by"]) == ("已联系物流", complaint.number, cast.wang.name)
    assert "已联系物流" in page(sign_in(cast.wang), customer)


def test_the_intake_is_told_once(cast, customer, complaint):
    kinds = [entry.kind for entry in timeline(cast.wang, customer, show="feedback").entries]
    assert kinds == ["complaint_step", "complaint"]


def test_who_may_not_see_complaints_sees_no_step(cast, customer, complaint, sign_in):
    RoleGrant.objects.filter(role=cast.wang.role, permission="complaint.view").delete()
    assert "已联系物流" not in page(sign_in(cast.wang), customer)


def test_steps_of_a_deleted_complaint_are_gone(cast, customer, complaint):
    Complaint.objects.filter(pk=complaint.pk).update(deleted_at=clock.now())
    assert "complaint_step" not in told(cast.wang, customer)


def test_a_warning_tells_why_it_opened_and_how_it_ended(cast, customer, warning, sign_in):
    found = told(cast.wang, customer, "changes")
    assert found["warning"]["level"] == "red"
    assert len(found["warning"]["reasons"]) == 1
    ended = found["warning_closed"]
    assert (ended["state"], ended["reason"], ended["cause"]) == ("lost", "改用自家仓库", "Own store")
    assert found["warning_step"]["to"] == cast.li.name
    text = page(sign_in(cast.wang), customer)
    assert "改用自家仓库" in text
    assert reverse("warning", args=[warning.pk]) in text


def test_a_step_that_was_taken_back_is_not_told(cast, customer, warning):
    steps = [entry for entry in timeline(cast.wang, customer).entries if entry.kind == "warning_step"]
    assert len(steps) == 1


def test_who_may_not_see_warnings_sees_none(cast, customer, warning, sign_in):
    RoleGrant.objects.filter(role=cast.wang.role, permission="warning.view").delete()
    assert "改用自家仓库" not in page(sign_in(cast.wang), customer)


def test_a_lifecycle_stage_is_told_when_it_changed(cast, customer):
    today = clock.business_date()
    days = [today - timedelta(days=n) for n in (300, 200, 100)]
    ends = [day - timedelta(days=1) for day in days[1:]] + [None]
    for start, end, stage in zip(days, ends, ["repeat", "repeat", "dormant"], strict=True):
        ScoreInterval.objects.create(customer=customer, valid_from=start, valid_to=end, lifecycle=stage, **SCORED)
    moves = [entry for entry in timeline(cast.wang, customer).entries if entry.kind == "lifecycle"]
    assert [(move.data["before"], move.data["after"]) for move in moves] == [("repeat customer", "dormant customer")]
    assert moves[0].at.date() == days[2]
