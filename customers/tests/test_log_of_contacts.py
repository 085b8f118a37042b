"""Logging a contact: no typing needed, once however often sent, facts and stage follow, undo within ten minutes."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from customers import services
from customers.models import Customer, CustomerFacts, Interaction
from followups.models import FollowUp


def send(client, customer, **more):
    data = {
        "idempotency_key": str(uuid.uuid4()),
        "kind": "call",
        "result": "reached",
        "occurred_at": clock.now().astimezone(clock.user_zone(None)).strftime("%Y-%m-%dT%H:%M"),
        **more,
    }
    return client.post(f"{reverse('interaction_new')}?customer={customer.pk}", data, follow=True)


def test_a_result_is_all_that_must_be_chosen(cast, customer, sign_in):
    answer = send(sign_in(cast.wang), customer)
    assert answer.redirect_chain[-1][0] == reverse("customer", args=[customer.pk])
    assert 'role="status"' in answer.content.decode()
    assert f"{customer.name}: logged." in answer.content.decode()


def test_without_a_result_it_says_what_to_do(cast, customer, sign_in):
    answer = send(sign_in(cast.wang), customer, result="", summary="对方要样品")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose what came out of it" in text
    assert "对方要样品" in text


def test_a_double_submit_makes_one_entry(cast, customer, sign_in):
    client, key = sign_in(cast.wang), str(uuid.uuid4())
    moment = "2026-11-01T10:00"
    for _turn in range(3):
        assert send(client, customer, idempotency_key=key, occurred_at=moment).status_code == 200
    assert Interaction.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(cast, customer, sign_in):
    client, key = sign_in(cast.wang), str(uuid.uuid4())
    send(client, customer, idempotency_key=key, occurred_at="2026-11-01T10:00")
    assert send(client, customer, idempotency_key=key, occurred_at="2026-11-01T10:00", result="done").status_code == 422
    assert Interaction.objects.count() == 1


def test_facts_count_people_and_not_machines_or_notes(cast, customer):
    log = {"customer": customer, "by": cast.wang, "result": "reached"}
    services.interaction_log(**log, kind="call")
    services.interaction_log(**log, kind="wechat", direction="in")
    services.interaction_log(**log, kind="email", automatic=True)
    services.interaction_log(**log, kind="note")
    assert CustomerFacts.objects.get(pk=customer.pk).touches == 2


def test_a_note_among_colleagues_has_no_result_and_moves_no_stage(cast, customer):
    note = services.interaction_log(customer=customer, by=cast.wang, kind="note", result="proposal_sent")
    customer.refresh_from_db()
    assert (note.result, note.direction, customer.stage) == ("", "internal", "first_contact")


def test_an_entry_for_last_week_does_not_push_the_last_contact_back(cast, customer):
    first = services.interaction_log(customer=customer, by=cast.wang, kind="call", result="reached")
    services.interaction_log(
        customer=customer, by=cast.wang, kind="visit", result="reached", occurred_at=clock.now() - timedelta(days=7)
    )
    facts = CustomerFacts.objects.get(pk=customer.pk)
    assert (facts.last_contact_at, facts.last_contact_kind) == (first.occurred_at, "call")


def test_a_sent_proposal_moves_the_stage_and_undo_moves_it_back(cast, customer):
    customer.stage = "needs"
    customer.save(update_fields=["stage"])
    entry = services.interaction_log(customer=customer, by=cast.wang, kind="email", result="proposal_sent")
    assert Customer.objects.get(pk=customer.pk).stage == "proposal"
    services.interaction_undo(interaction=entry, by=cast.wang)
    assert Customer.objects.get(pk=customer.pk).stage == "needs"


def test_who_hands_a_customer_over_no_longer_reads_its_log(cast, customer, sign_in):
    entry = services.interaction_log(customer=customer, by=cast.wang, kind="call", result="reached", summary="底价")
    assert list(Interaction.objects.for_user(cast.wang)) == [entry]
    services.customer_transfer(customer=customer, to=cast.outsider, by=cast.manager)
    assert not Interaction.objects.for_user(cast.wang).exists()
    assert list(Interaction.objects.for_user(cast.outsider)) == [entry]


def test_the_next_step_becomes_a_follow_up_and_undo_takes_it_back(cast, customer, sign_in):
    client = sign_in(cast.wang)
    send(client, customer, next_step="7")
    assert FollowUp.objects.filter(customer=customer, state="open").count() == 1
    entry = Interaction.objects.get()
    client.post(reverse("interaction_undo", args=[entry.pk]))
    assert FollowUp.objects.get(customer=customer, state="open").source == "cadence"  # who is active has a date
    assert CustomerFacts.objects.get(pk=customer.pk).touches == 0
    assert not Interaction.objects.exists()


def test_after_ten_minutes_there_is_no_undo(cast, customer):
    entry = services.interaction_log(customer=customer, by=cast.wang, kind="call", result="reached")
    Interaction.objects.filter(pk=entry.pk).update(received_at=clock.now() - timedelta(minutes=11))
    with pytest.raises(services.UndoTooLateError):
        services.interaction_undo(interaction=entry, by=cast.wang)


def test_nobody_undoes_the_entry_of_a_colleague(cast, customer):
    entry = services.interaction_log(customer=customer, by=cast.wang, kind="call", result="reached")
    with pytest.raises(services.UndoTooLateError):
        services.interaction_undo(interaction=entry, by=cast.lead)


def test_a_draft_is_back_when_the_form_is_opened_again(cast, customer, sign_in):
    client = sign_in(cast.wang)
    client.post(reverse("draft"), {"form_key": f"interaction:{customer.pk}", "data": '[["summary", "半句话"]]'})
    assert "半句话" in client.get(f"{reverse('interaction_new')}?customer={customer.pk}").content.decode()
    send(client, customer)
    assert "半句话" not in client.get(f"{reverse('interaction_new')}?customer={customer.pk}").content.decode()
