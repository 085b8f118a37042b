"""A log entry is put right later by its author or a lead: facts, plan and stage follow, and the history says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import AuditEntry
from core import clock
from core.versions import StaleVersionError
from customers.models import Customer, CustomerFacts, Interaction
from customers.services import interaction_correct, interaction_log
from followups.models import FollowUp

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai


@pytest.fixture(autouse=True)
def _tuesday():
    with time_machine.travel(TUESDAY, tick=False):
        yield


@pytest.fixture
def entry(customer, cast):
    CustomerFacts.objects.get_or_create(pk=customer.pk)
    return interaction_log(customer=customer, by=cast.wang, kind="call", result="reached", summary="问价")


def correct(entry, by, **changes):
    interaction_correct(interaction=entry, changes=changes, version=entry.version, by=by)


def facts(entry):
    return CustomerFacts.objects.get(pk=entry.customer_id)


def sent(client, entry, **more):
    address = reverse("interaction_correct", args=[entry.pk])
    form = client.get(address).context["form"]
    data = {name: form[name].value() for name in ("kind", "result", "summary", "direction", "version", "original")}
    return client.post(address, {**data, "occurred_at": "2026-11-24T10:00", **more}, follow=True)


def test_its_author_puts_it_right_and_the_history_says_so(entry, cast, sign_in):
    client = sign_in(cast.wang)
    assert (
        reverse("interaction_correct", args=[entry.pk])
        in client.get(f"/customers/{entry.customer_id}/").content.decode()
    )
    page = sent(client, entry, summary="问二期报价", needs_found="第二条产线").content.decode()
    entry.refresh_from_db()
    assert (entry.summary, entry.needs_found, entry.corrected_at) == ("问二期报价", "第二条产线", clock.now())
    assert "Entry corrected" in page
    assert "Edited" in page
    line = AuditEntry.objects.get(act="interaction.correct")
    assert (line.by, line.details["fields"]) == (cast.wang, ["needs_found", "summary"])


def test_the_facts_and_the_date_follow_the_corrected_result_and_day(entry, cast):
    before = FollowUp.objects.get(customer=entry.customer, state="open").due_on
    correct(entry, cast.wang, result="no_answer", occurred_at=TUESDAY - timedelta(days=1))
    found = facts(entry)
    assert (found.last_contact_at, found.last_attempt_at) == (None, TUESDAY - timedelta(days=1))
    assert (found.unanswered, found.last_result, found.touches) == (1, "no_answer", 1)
    planned = FollowUp.objects.get(customer=entry.customer, state="open")
    assert planned.due_on < before
    assert found.next_follow_up_on == planned.due_on


def test_what_a_person_planned_stands(customer, cast):
    CustomerFacts.objects.get_or_create(pk=customer.pk)
    entry = interaction_log(customer=customer, by=cast.wang, kind="call", result="reached", next_step="7")
    correct(entry, cast.wang, result="declined")
    assert FollowUp.objects.get(customer=customer, state="open").due_on.isoformat() == "2026-12-01"


def test_the_stage_goes_with_the_result_and_comes_back_with_it(customer, cast):
    CustomerFacts.objects.get_or_create(pk=customer.pk)
    Customer.objects.filter(pk=customer.pk).update(stage="needs")
    customer.refresh_from_db()
    entry = interaction_log(customer=customer, by=cast.wang, kind="call", result="proposal_sent")
    correct(entry, cast.wang, result="needs_time")
    assert Customer.objects.get(pk=customer.pk).stage == "needs"
    correct(entry, cast.wang, result="proposal_sent")
    assert Customer.objects.get(pk=customer.pk).stage == "proposal"


def test_an_older_entry_moves_no_stage(customer, cast):
    CustomerFacts.objects.get_or_create(pk=customer.pk)
    Customer.objects.filter(pk=customer.pk).update(stage="needs")
    customer.refresh_from_db()
    old = interaction_log(
        customer=customer, by=cast.wang, kind="call", result="reached", occurred_at=TUESDAY - timedelta(days=9)
    )
    interaction_log(customer=customer, by=cast.wang, kind="call", result="reached")
    correct(old, cast.wang, result="proposal_sent")
    assert Customer.objects.get(pk=customer.pk).stage == "needs"


def test_whether_it_is_late_counts_from_when_it_came_in(entry, cast):
    correct(entry, cast.wang, kind="visit", occurred_at=TUESDAY - timedelta(days=3))
    assert entry.late
    with time_machine.travel(TUESDAY + timedelta(days=5), tick=False):
        correct(entry, cast.wang, occurred_at=TUESDAY - timedelta(hours=2))
    assert not entry.late


@pytest.mark.parametrize(
    "changes", [{"result": ""}, {"occurred_at": TUESDAY + timedelta(hours=1)}], ids=["no result", "in the future"]
)
def test_what_no_entry_can_be_is_refused(entry, cast, changes):
    with pytest.raises(ValidationError):
        correct(entry, cast.wang, **changes)


def test_a_call_that_was_a_note_has_no_result_and_is_no_contact(entry, cast):
    correct(entry, cast.wang, kind="note")
    assert (entry.result, entry.direction, facts(entry).touches) == ("", "internal", 0)
    correct(entry, cast.wang, kind="visit", result="interested")
    assert (entry.direction, facts(entry).touches, facts(entry).last_contact_kind) == ("out", 1, "visit")


def test_a_note_takes_no_result_when_it_is_corrected_and_moves_no_stage(entry, cast):
    correct(entry, cast.wang, kind="note")
    stage = Customer.objects.get(pk=entry.customer_id).stage
    correct(entry, cast.wang, result="proposal_sent", mood="good")
    entry.refresh_from_db()
    assert (entry.result, entry.mood) == ("", "")
    assert Customer.objects.get(pk=entry.customer_id).stage == stage


def test_neither_the_customer_nor_an_automatic_entry_can_be_changed(entry, cast):
    with pytest.raises(ValueError, match="customer"):
        correct(entry, cast.wang, customer=entry.customer)
    Interaction.objects.filter(pk=entry.pk).update(automatic=True)
    entry.refresh_from_db()
    with pytest.raises(ValueError, match="corrected"):
        correct(entry, cast.wang, summary="x")


def test_over_a_newer_version_it_is_merged_or_asked(entry, cast, sign_in):
    with pytest.raises(StaleVersionError):
        interaction_correct(interaction=entry, changes={"summary": "x"}, version=entry.version - 1, by=cast.wang)
    client = sign_in(cast.wang)
    address = reverse("interaction_correct", args=[entry.pk])
    form = client.get(address).context["form"]
    data = {name: form[name].value() for name in ("kind", "result", "summary", "direction", "version", "original")}
    data["occurred_at"] = "2026-11-24T10:00"
    correct(Interaction.objects.get(pk=entry.pk), cast.lead, summary="组长改了")
    assert client.post(address, {**data, "place": "苏州"}).status_code == 302  # different fields: both count
    entry.refresh_from_db()
    assert (entry.summary, entry.place) == ("组长改了", "苏州")
    asked = client.post(address, {**data, "summary": "我改了"})
    assert asked.status_code == 409
    assert "组长改了" in asked.content.decode()


def test_leads_correct_others_and_colleagues_dont(entry, customer, cast, sign_in):
    address = reverse("interaction_correct", args=[entry.pk])
    assert sign_in(cast.lead).get(address).status_code == 200
    theirs = interaction_log(customer=customer, by=cast.lead, kind="call", result="reached")
    client = sign_in(cast.wang)
    page = client.get(f"/customers/{customer.pk}/").content.decode()
    assert client.get(reverse("interaction_correct", args=[theirs.pk])).status_code == 403
    assert reverse("interaction_correct", args=[theirs.pk]) not in page
    assert client.get(address).status_code == 200
