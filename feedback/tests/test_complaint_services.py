"""Taking in, responding, moving, handing over: what is written and what is refused."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEntry
from core import clock
from core.versions import StaleVersionError
from customers.models import CustomerFacts
from feedback import services
from feedback.models import Complaint

pytestmark = pytest.mark.django_db


def facts(complaint):
    return CustomerFacts.objects.get(pk=complaint.customer_id)


def move(complaint, to, by, **values):
    return services.complaint_move(complaint=complaint, to=to, by=by, version=complaint.version, **values)


def test_intake_starts_the_24_hour_clock_and_goes_to_the_customers_owner(take_in, cast):
    complaint = take_in(by=cast.agent, hours_ago=3)
    assert complaint.owner == cast.wang
    assert complaint.first_response_due_at - complaint.received_at == timedelta(hours=24)
    assert complaint.number.startswith("TS-")
    assert facts(complaint).open_complaints == 1


def test_a_customer_of_somebody_who_left_gives_the_complaint_to_who_took_it_in(take_in, cast, customer):
    cast.wang.is_active = False
    cast.wang.save()
    customer.refresh_from_db()
    assert take_in(by=cast.agent).owner == cast.agent


def test_two_complaints_never_share_a_number(take_in):
    assert len({take_in().number for _ in range(5)}) == 5


def test_a_promise_before_the_arrival_is_refused(take_in):
    with pytest.raises(ValidationError) as error:
        take_in(promised_at=clock.now() - timedelta(days=1))
    assert "promised_at" in error.value.message_dict


def test_the_first_response_stops_the_clock_once(complaint, cast):
    services.complaint_respond(complaint=complaint, by=cast.wang, version=1, note="已致电")
    assert complaint.first_response_at is not None
    with pytest.raises(ValidationError):
        services.complaint_respond(complaint=complaint, by=cast.wang, version=2)


def test_a_response_cannot_lie_in_the_future_or_before_the_complaint(complaint, cast):
    for hours in (-1, 1):
        with pytest.raises(ValidationError):
            services.complaint_respond(
                complaint=complaint, by=cast.wang, version=1, at=clock.now() + timedelta(hours=hours)
            )


def test_an_answer_counts_as_first_response_where_none_was_noted(complaint, cast):
    for state in ("graded", "investigating", "resolving", "answered"):
        move(complaint, state, cast.wang)
    assert complaint.first_response_at is not None


def test_a_step_that_does_not_follow_is_refused(complaint, cast):
    with pytest.raises(ValidationError) as error:
        move(complaint, "closed", cast.wang, result="换货", csat=5)
    assert "state" in error.value.message_dict


def test_it_is_not_closed_without_result_and_satisfaction(complaint, cast, bring_to):
    bring_to(complaint, "satisfaction_asked")
    Complaint.objects.filter(pk=complaint.pk).update(result="")
    complaint.result = ""
    with pytest.raises(ValidationError) as error:
        move(complaint, "closed", cast.wang)
    assert set(error.value.message_dict) == {"result", "csat"}
    complaint.refresh_from_db()
    assert complaint.state == "satisfaction_asked"


def test_satisfaction_is_a_number_from_1_to_5(complaint, cast, bring_to):
    bring_to(complaint, "satisfaction_asked")
    with pytest.raises(ValidationError):
        move(complaint, "closed", cast.wang, csat=6)


def test_closing_flows_down_into_the_facts(complaint, bring_to):
    bring_to(complaint, "closed")
    row = facts(complaint)
    assert (row.open_complaints, row.last_csat) == (0, 4)
    assert row.complaints_on == [clock.business_date(complaint.received_at)]
    assert row.last_complaint_at == complaint.received_at


def test_reopening_asks_for_a_new_satisfaction(complaint, cast, bring_to):
    bring_to(complaint, "closed")
    move(complaint, "reopened", cast.wang, note="又裂了")
    row = facts(complaint)
    assert (complaint.csat, complaint.closed_at, complaint.result) == (None, None, "换货")
    assert (row.open_complaints, row.last_csat) == (1, None)


def test_every_step_is_kept_with_who_and_what(complaint, cast, bring_to):
    bring_to(complaint, "graded")
    services.complaint_note(complaint=complaint, by=cast.li, note="客户很急")
    kinds = [(step.kind, step.from_state, step.to_state) for step in complaint.steps.all()]
    assert kinds == [
        ("move", "", "received"),
        ("response", "received", "received"),
        ("move", "received", "graded"),
        ("note", "graded", "graded"),
    ]


def test_handing_over_is_audited(complaint, cast):
    services.complaint_assign(complaint=complaint, to=cast.agent, by=cast.lead, version=1, note="假期")
    entry = AuditEntry.objects.get(act="complaint.assign")
    assert (entry.by, entry.details) == (cast.lead, {"from_user": cast.wang.pk, "to_user": cast.agent.pk})


def test_who_cannot_work_on_complaints_cannot_own_one(complaint, cast):
    with pytest.raises(ValidationError):
        services.complaint_assign(complaint=complaint, to=cast.auditor, by=cast.lead, version=1)


def test_an_old_version_changes_nothing(complaint, cast):
    move(complaint, "graded", cast.wang)
    for act in (
        lambda: services.complaint_move(complaint=complaint, to="investigating", by=cast.li, version=1),
        lambda: services.complaint_assign(complaint=complaint, to=cast.li, by=cast.li, version=1),
        lambda: services.complaint_edit(complaint=complaint, by=cast.li, version=1, severity="high"),
        lambda: services.complaint_delete(complaint=complaint, by=cast.li, version=1),
    ):
        with pytest.raises(StaleVersionError):
            act()
    assert complaint.steps.count() == 2


def test_the_bin_takes_it_out_of_the_facts(complaint, cast):
    services.complaint_delete(complaint=complaint, by=cast.wang, version=1)
    assert facts(complaint).open_complaints == 0
    assert not Complaint.objects.filter(pk=complaint.pk).exists()
