"""Questions beside the note: for which contacts, whom and when is a setting with a history, and shipped words."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from followups.asking import SHIPPED, frames_for, prompts_of, questions_for
from followups.models import QuestionFrame
from followups.services.questions import frames_ensure

pytestmark = pytest.mark.django_db
PAGE = "/settings/questions/"


@pytest.fixture(autouse=True)
def _shipped(db):
    frames_ensure()


def named(customer, method="visit"):
    return [str(frame.name) for frame in frames_for(customer, method)]


def edit(client, code="", address="", **changes):
    """What the form of that frame, or of a new one, sends with these changes."""
    address = address or reverse("question_frame_edit", args=[QuestionFrame.objects.get(code=code).pk])
    form = client.get(address).context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False, "")}
    return client.post(address, {**sent, **changes}, follow=True)


@pytest.mark.parametrize(("stage", "name"), [("after_sale", "After the deal"), ("long_term", "Long-term customer")])
def test_after_the_deal_and_later_there_are_questions_of_their_own(make, stage, name):
    assert named(make(stage=stage))[-1] == name


def test_a_call_is_asked_what_fits_a_call(make):
    customer = make(stage="first_contact")
    assert named(customer, "call") == ["Call", "SPIN"]
    assert named(customer, "wechat") == ["SPIN"]


def test_whoever_began_with_letters_goes_on_with_them(make, cast):
    customer = make(stage="needs", kind="person")
    assert named(customer)[1:] == ["Need, money, time"]
    type(customer).qualification.related.related_model.objects.create(customer=customer, frame="bant")
    customer = type(customer).objects.select_related("facts", "qualification").get(pk=customer.pk)
    assert named(customer)[1:] == ["BANT"], "as the file shows it"


def test_in_any_stage_an_objection_brings_its_questions(make, cast, sign_in):
    customer = make(stage="needs")
    assert [str(frame.name) for frame in questions_for(customer).objections] == ["LAER"]
    page = sign_in(cast.wang).get(reverse("interaction_new"), {"customer": customer.pk}).content.decode()
    assert 'data-inserts="Acknowledge"' in page.split("on-objection")[1].split("</details>")[0]


def test_the_form_says_of_which_contacts_they_are(make, cast, sign_in):
    page = sign_in(cast.wang).get(reverse("interaction_new"), {"customer": make().pk}).content.decode()
    assert re.findall(r'class="frame" data-methods="([^"]*)"', page) == ["visit meeting video", "call"]


def test_the_manager_writes_them_anew_and_the_log_asks_so(make, cast, sign_in):
    client = sign_in(cast.manager)
    edit(client, "spin", prompts="现状：现在怎么做？\n痛点: 哪里不顺", methods=["visit"], name="首访")
    (frame,) = frames_for(make(stage="first_contact"), "visit")[1:]
    assert (frame.name, [(one.heading, one.question) for one in frame.prompts]) == (
        "首访",
        [("现状", "现在怎么做？"), ("痛点", "哪里不顺")],
    )
    assert named(make(stage="first_contact"), "call") == ["Call"]
    line = AuditEntry.objects.get(act="question_frame.change")
    assert line.details["changed"]["name"] == ["", "首访"]
    assert "首访" in client.get(PAGE).content.decode()
    event = QuestionFrame.objects.get(code="spin").events.get()
    assert (event.code, event.name) == ("spin", "")


def test_what_was_changed_goes_back_to_how_it_came(make, cast, sign_in):
    client = sign_in(cast.manager)
    edit(client, "key_visit", name="大客户", prompts="预算: 多少", tiers=["A"])
    row = QuestionFrame.objects.get(code="key_visit")
    client.post(reverse("question_frame_reset", args=[row.pk]))
    row.refresh_from_db()
    assert (row.name, row.prompts, row.tiers, row.is_active) == ("", "", ["high"], True)
    assert str(frames_for(make(tier="A", tier_rank=2), "visit")[0].name) == "Visit of a key customer"


def test_own_questions_stand_for_those_they_are_meant_for(make, cast, sign_in):
    client = sign_in(cast.manager)
    new = {"name": "展会", "prompts": "展位: 哪一天来", "kind": "company", "tiers": ["others"], "stages": ["needs"]}
    edit(client, address=reverse("question_frame_new"), **new)
    assert "展会" in named(make(stage="needs", kind="company", tier="D", tier_rank=4))
    assert "展会" not in named(make(stage="needs", kind="company", tier="A", tier_rank=2))
    assert "展会" not in named(make(stage="needs", kind="person", tier="D", tier_rank=4))
    assert "展会" not in named(make(stage="long_term", kind="company", tier="D", tier_rank=4))
    row = QuestionFrame.objects.get(code="")
    client.post(reverse("question_frame_delete", args=[row.pk]))
    assert not QuestionFrame.objects.filter(code="").exists()
    assert client.post(reverse("question_frame_reset", args=[row.pk])).status_code == 404


def test_those_of_the_installation_are_switched_off_but_never_deleted(make, cast, sign_in):
    client, row = sign_in(cast.manager), QuestionFrame.objects.get(code="spin")
    assert client.post(reverse("question_frame_delete", args=[row.pk])).status_code == 404
    QuestionFrame.objects.filter(pk=row.pk).update(is_active=False)
    assert named(make(stage="first_contact")) == ["Visit of a key customer"]


def test_too_many_questions_are_no_light_prompt(cast, sign_in):
    answer = edit(sign_in(cast.manager), "spin", prompts="\n".join(f"第{n}: 问" for n in range(13)))
    assert answer.status_code == 422
    assert "at most 12" in answer.content.decode()


def test_who_sells_reads_them_and_changes_nothing(cast, sign_in):
    client = sign_in(cast.wang)
    page = client.get(PAGE).content.decode()
    assert "SPIN" in page
    assert "Edit" not in page.split('class="cols half"')[1].split("</main>")[0]
    assert client.get(reverse("question_frame_new")).status_code == 403


def test_ensuring_again_changes_nothing_and_without_rows_the_shipped_ones_stand(make):
    QuestionFrame.objects.filter(code="spin").update(name="自定")
    frames_ensure()
    assert QuestionFrame.objects.count() == len(SHIPPED)
    assert QuestionFrame.objects.get(code="spin").name == "自定"
    QuestionFrame.objects.all().delete()
    assert named(make(stage="first_contact"))[1:] == ["SPIN"]


def test_a_line_is_a_heading_and_its_question():
    assert [
        (one.heading, one.question) for one in prompts_of("Who: signs?\n\n只有标题\n时间：几点: 谁\n: nothing")
    ] == [
        ("Who", "signs?"),
        ("只有标题", ""),
        ("时间", "几点: 谁"),
    ]
