"""A log entry holds what came up; notes need no result, and results are called by the method."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from customers import services
from customers.models import Interaction
from customers.results import result_word

pytestmark = pytest.mark.django_db
AT = "2026-11-20T09:00"


def sent(client, customer, **more):
    data = {"kind": "call", "result": "reached", "occurred_at": AT, "next_step": "none", **more}
    return client.post(f"{reverse('interaction_new')}?customer={customer.pk}", data, follow=True)


def test_need_objection_and_change_are_kept_and_shown_in_the_history(customer, cast, sign_in):
    more = {"needs_found": "要第二条产线", "objection": "交期太长", "change_found": "换了采购总监"}
    page = sent(sign_in(cast.wang), customer, **more).content.decode()
    entry = Interaction.objects.get()
    assert (entry.needs_found, entry.objection, entry.change_found) == tuple(more.values())
    assert [text in page for text in more.values()] == [True, True, True]


def test_a_note_among_colleagues_needs_no_result_and_keeps_none(customer, cast, sign_in):
    page = sent(
        sign_in(cast.wang), customer, kind="note", result="interested", mood="good", summary="先问财务"
    ).content.decode()
    entry = Interaction.objects.get()
    assert (entry.result, entry.mood, entry.direction) == ("", "", "internal")
    assert "Internal note</b>" in page


def test_every_other_entry_needs_one(customer, cast, sign_in):
    answer = sent(sign_in(cast.wang), customer, result="")
    assert answer.status_code == 422
    assert "Choose what came out of it." in answer.content.decode()
    with pytest.raises(ValidationError):
        services.interaction_log(customer=customer, by=cast.wang, kind="call")
    with pytest.raises(IntegrityError), transaction.atomic():
        Interaction.objects.create(customer=customer, user=cast.wang, kind="visit", occurred_at="2026-11-20T01:00Z")


def test_results_are_called_by_the_method():
    assert [result_word(kind, "no_answer") for kind in ("call", "visit", "wechat")] == [
        "no answer",
        "not met",
        "sent, no reply",
    ]
    assert (result_word("meeting", "reached"), result_word("email", "reached")) == ("met", "answered")
    assert result_word("visit", "interested") == "interested"
    assert result_word("note", "") == ""


def test_the_form_offers_the_words_of_every_method_and_opens_what_is_filled_in(customer, cast, sign_in):
    client = sign_in(cast.wang)
    page = client.get(f"{reverse('interaction_new')}?customer={customer.pk}").content.decode()
    assert [word in page for word in ("Not met", "Sent, no reply", "No answer")] == [True, True, True]
    assert "checked" not in page.split('data-opens="id_objection"')[1].split(">")[0]
    page = sent(client, customer, result="", objection="交期太长").content.decode()
    assert "checked" in page.split('data-opens="id_objection"')[1].split(">")[0]
