"""The frames under the note fit stage, kind and tier; a team may ask for a note with every visit."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEntry, Team
from accounts.services import team_change
from customers.models import Interaction
from followups.asking import frames_for

pytestmark = pytest.mark.django_db


def names(customer):
    return [str(frame.name) for frame in frames_for(customer, "visit")]


def headings(customer):
    return [str(prompt.heading) for prompt in frames_for(customer, "visit")[0].prompts]


@pytest.mark.parametrize(
    ("stage", "kind", "frame"),
    [
        ("first_contact", "company", ["SPIN"]),
        ("needs", "company", ["FAINT"]),
        ("needs", "person", ["Need, money, time"]),
        ("proposal", "company", ["LAER"]),
        ("long_term", "company", ["Long-term customer"]),
    ],
)
def test_each_stage_has_its_frame(make, stage, kind, frame):
    assert names(make(stage=stage, kind=kind))[1:] == frame


def test_who_has_bought_before_has_a_budget_to_ask_for(make):
    assert names(make(stage="needs", kind="company", first_order=200))[1:] == ["BANT"]


def test_a_visit_asks_for_people_needs_changes_and_the_next_step_and_of_key_customers_more(make):
    assert headings(make(tier="C", tier_rank=4)) == ["Participants", "New needs", "Changes", "Next step"]
    assert {"Who decides", "Competitors"} < set(headings(make(tier="A", tier_rank=2)))


def test_they_stand_in_the_form(make, cast, sign_in):
    customer = make(stage="first_contact")
    page = sign_in(cast.wang).get("/interactions/new/", {"customer": customer.pk}).content.decode()
    assert 'data-inserts="Situation"' in page


def visit(client, customer, **more):
    data = {"kind": "visit", "result": "reached", "occurred_at": "2026-11-24T09:00", "next_step": "none", **more}
    data["idempotency_key"] = str(uuid4())  # as each form has one: what is refused is taken back by itself
    return client.post(f"/interactions/new/?customer={customer.pk}", data)


def test_a_team_may_ask_for_a_note_with_every_visit(make, cast, sign_in):
    customer, client = make(), sign_in(cast.wang)
    assert visit(client, customer).status_code == 302
    admin, address = sign_in(cast.admin), f"/settings/teams/{cast.east.pk}/"
    form = admin.get(address).context["form"]
    sent = {name: form[name].value() for name in ("name", "version", "original") if form[name].value()}
    assert admin.post(address, {**sent, "visits_need_note": "on"}).status_code == 302
    assert Team.objects.get(pk=cast.east.pk).visits_need_note  # the team above the one of the rep
    assert AuditEntry.objects.get(act="team.visit_notes").details["needed"] is True
    refused = visit(sign_in(cast.wang), customer)
    assert refused.status_code == 422
    assert "Your team asks for a note with every visit." in refused.content.decode()
    assert Interaction.objects.count() == 1
    for more in ({"summary": "谈了报价"}, {"result": "no_answer"}, {"kind": "call"}):
        assert visit(client, customer, **more).status_code == 302


def test_other_teams_arent_asked(make, cast, log_contact):
    team_change(team=cast.shanghai, by=cast.admin, visits_need_note=True)
    with pytest.raises(ValidationError):
        log_contact(make(), kind="visit")
    log_contact(make(), kind="visit", by=cast.outsider)
    team_change(team=cast.shanghai, by=cast.admin, visits_need_note=False)
    log_contact(make(), kind="visit")
