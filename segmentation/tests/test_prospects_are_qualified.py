"""BANT and FAINT: letters from 0 to 3 with notes; what nobody has asked counts neither for nor against."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEntry
from core.versions import StaleVersionError
from customers.models import CustomerFacts
from segmentation.qualification.models import Qualification
from segmentation.qualification.score import FRAMES, Score, score
from segmentation.qualification.services import qualify

pytestmark = pytest.mark.django_db

STEPS = st.none() | st.integers(0, 3)


# --- the figure ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("frame", "answers", "found"),
    [
        ("bant", {}, Score(None, 0, 4)),
        ("bant", {"budget": 0}, Score(0, 1, 4)),
        ("bant", {"budget": 2, "authority": 3, "need": 3}, Score(89, 3, 4)),  # 8 of 9
        ("bant", {"budget": 3, "authority": 3, "need": 3, "time": 3}, Score(100, 4, 4)),
        ("faint", {"funds": 1, "need": 0}, Score(17, 2, 5)),  # 1 of 6
        ("faint", {"budget": 3, "need": 1}, Score(33, 1, 5)),  # the budget belongs to the other frame
    ],
)
def test_worked_examples(frame, answers, found):
    assert score(frame, answers) == found


@given(st.sampled_from(sorted(FRAMES)), st.data())
def test_a_better_answer_never_lowers_the_score(frame, data):
    answers = {letter: data.draw(STEPS) for letter in FRAMES[frame]}
    found = score(frame, answers)
    asked = {letter: step for letter, step in answers.items() if step is not None}
    assert found.known == len(asked)
    assert (found.percent is None) == (not asked)
    for letter, step in asked.items():
        if step < 3:
            better = score(frame, {**answers, letter: step + 1}).percent
            assert found.percent is not None
            assert better is not None
            assert found.percent <= better <= 100


# --- writing it down -------------------------------------------------------------------------------------------------
def fact(customer):
    return CustomerFacts.objects.filter(pk=customer.pk).values_list("qualification", flat=True).first()


def test_the_score_follows_each_answer_and_is_audited(cast, customer):
    row = qualify(customer=customer, changes={"need": 3}, version=0, by=cast.wang)
    assert (row.frame, row.version, row.created_by, fact(customer)) == ("faint", 1, cast.wang, 100)
    row = qualify(customer=customer, changes={"time": 0, "time_note": "明年再说"}, version=1, by=cast.li)
    assert (row.version, row.updated_by, fact(customer)) == (2, cast.li, 50)
    line = AuditEntry.objects.filter(act="qualification.set").latest("pk")
    assert line.details["fields"] == ["time", "time_note"]
    assert line.details["qualification"] == 50
    before = Qualification.pgh_event_model.objects.get(pgh_obj_id=customer.pk)
    assert (before.need, before.time) == (3, None)


def test_another_frame_keeps_the_answers(cast, customer):
    qualify(customer=customer, changes={"interest": 3, "need": 1}, version=0, by=cast.wang)
    assert fact(customer) == 67
    qualify(customer=customer, changes={"frame": "bant"}, version=1, by=cast.wang)
    assert fact(customer) == 33
    qualify(customer=customer, changes={"frame": "faint"}, version=2, by=cast.wang)
    assert fact(customer) == 67


def test_what_was_asked_by_mistake_is_unknown_again(cast, customer):
    qualify(customer=customer, changes={"need": 0}, version=0, by=cast.wang)
    qualify(customer=customer, changes={"need": None}, version=1, by=cast.wang)
    assert fact(customer) is None


def test_who_was_slower_overwrites_nothing_and_a_second_tap_is_no_conflict(cast, customer):
    qualify(customer=customer, changes={"need": 2}, version=0, by=cast.wang)
    assert qualify(customer=customer, changes={"need": 2}, version=0, by=cast.wang).version == 1
    with pytest.raises(StaleVersionError):
        qualify(customer=customer, changes={"need": 3}, version=0, by=cast.li)
    assert fact(customer) == 67


def test_who_has_bought_is_no_prospect(cast, customer):
    CustomerFacts.objects.create(customer=customer, last_order_on=date(2026, 11, 1))
    with pytest.raises(ValidationError, match="has bought"):
        qualify(customer=customer, changes={"need": 2}, version=0, by=cast.wang)


def test_the_database_knows_no_fourth_step(customer):
    with pytest.raises(IntegrityError):
        Qualification.objects.create(customer=customer, frame="bant", need=4)


# --- the pages -------------------------------------------------------------------------------------------------------
def test_one_tap_on_the_customers_page_answers_a_letter(cast, customer, sign_in):
    client, page = sign_in(cast.wang), f"/customers/{customer.pk}/"
    shown = client.get(page).content.decode()
    assert "0 of 5 known" in shown
    assert 'name="need" value="2"' in shown
    answer = client.post(f"/segmentation/prospects/{customer.pk}/answer/", {"version": 0, "need": "2"})
    assert answer.headers["Location"] == f"{page}#qualification"
    shown = client.get(page).content.decode()
    assert "67 · 1 of 5 known" in shown
    assert Qualification.objects.get().need == 2


@pytest.mark.parametrize("sent", [{}, {"need": "4"}, {"need": "x"}, {"budget": "1"}, {"frame": "spin"}])
def test_a_tap_that_says_nothing_changes_nothing(cast, customer, sign_in, sent):
    client = sign_in(cast.wang)
    answer = client.post(f"/segmentation/prospects/{customer.pk}/answer/", {"version": 0, **sent}, follow=True)
    assert "Nothing was chosen" in answer.content.decode()
    assert not Qualification.objects.exists()


def test_the_page_takes_all_letters_with_notes(cast, customer, sign_in):
    client, address = sign_in(cast.wang), f"/segmentation/prospects/{customer.pk}/"
    form = client.get(address).context["form"]
    assert [letter.name for letter, _note in form.asked()] == ["funds", "authority", "interest", "need", "time"]
    sent = {"version": 0, "original": form["original"].value(), "need": "3", "need_note": "产线停了", "time": ""}
    assert client.post(address, sent).status_code == 302
    row = Qualification.objects.get()
    assert (row.need, row.need_note, row.time, row.funds) == (3, "产线停了", None, None)
    refused = client.post(address, {"version": 1, "need": "7"})
    assert refused.status_code == 422
    assert "产线停了" in client.get(f"/customers/{customer.pk}/").content.decode()


def test_two_people_fill_in_different_letters_at_the_same_time(cast, customer, sign_in):
    client, address = sign_in(cast.wang), f"/segmentation/prospects/{customer.pk}/"
    form = client.get(address).context["form"]
    qualify(customer=customer, changes={"time": 1}, version=0, by=cast.lead)
    sent = {"version": 0, "original": form["original"].value(), "need": "3"}
    assert client.post(address, sent).status_code == 302
    row = Qualification.objects.get()
    assert (row.need, row.time, row.version) == (3, 1, 2)


def test_the_panel_leaves_who_has_bought(cast, customer, sign_in):
    qualify(customer=customer, changes={"need": 2}, version=0, by=cast.wang)
    CustomerFacts.objects.filter(pk=customer.pk).update(last_order_on=date(2026, 11, 1))
    client = sign_in(cast.wang)
    assert 'id="qualification"' not in client.get(f"/customers/{customer.pk}/").content.decode()
    assert "This customer has bought" in client.get(f"/segmentation/prospects/{customer.pk}/").content.decode()
    assert fact(customer) == 67  # as it was


def test_the_log_form_leads_there_while_it_asks_by_letters(cast, customer, sign_in):
    client, link = sign_in(cast.wang), f"/segmentation/prospects/{customer.pk}/?next="
    address = f"/interactions/new/?customer={customer.pk}"
    assert link not in client.get(address).content.decode()
    type(customer).objects.filter(pk=customer.pk).update(stage="needs")
    shown = client.get(address).content.decode()
    assert link in shown
    assert "FAINT" in shown
    qualify(customer=customer, changes={"frame": "bant"}, version=0, by=cast.wang)
    shown = client.get(address).content.decode()
    assert "BANT" in shown
    assert "FAINT" not in shown
