"""The pages that move a stage, pause a customer, let it go and take it up again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from core import clock
from customers import services
from customers.models import Customer, StageMove
from customers.stage_pages import forms as pauses
from customers.stages import parts_of_reason, pause_reason
from followups.models import FollowUp

TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _tuesday():
    with time_machine.travel(datetime(2026, 11, 24, 2, 0, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def mine(cast, sign_in):
    """(client of 小王, her customer in the first contact)."""
    return sign_in(cast.wang), services.customer_create(by=cast.wang, owner=cast.wang, name="恒远", phone="13812345678")


def page(client, customer):
    return client.get(reverse("customer", args=[customer.pk])).content.decode()


def press(client, name, customer, **data):
    return client.post(reverse(name, args=[customer.pk]), data, follow=True).content.decode()


def stage(customer):
    return Customer.objects.get(pk=customer.pk).stage


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 11, 24), 3, date(2027, 2, 24)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2026, 12, 31), 6, date(2027, 6, 30)),
    ],
)
def test_months_end_with_their_last_day(day, months, then):
    assert pauses.in_months(day, months) == then


@pytest.mark.django_db
def test_the_stage_is_moved_on_the_page_with_an_undo(mine):
    client, customer = mine
    assert "since Tue 24 Nov" in page(client, customer)
    answer = press(client, "customer_stage", customer, stage="needs")
    assert "恒远: need confirmation" in answer
    assert reverse("customer_stage_undo", args=[customer.pk]) in answer
    assert stage(customer) == "needs"
    press(client, "customer_stage_undo", customer)
    assert stage(customer) == "first_contact"
    assert not StageMove.objects.exists()


@pytest.mark.django_db
def test_only_ones_own_young_move_is_taken_back(mine, cast, sign_in):
    client, customer = mine
    press(client, "customer_stage", customer, stage="needs")
    press(sign_in(cast.lead), "customer_stage_undo", customer)
    assert stage(customer) == "needs"
    with time_machine.travel(clock.now() + timedelta(minutes=11), tick=False):
        press(sign_in(cast.wang), "customer_stage_undo", customer)
    assert stage(customer) == "needs"


@pytest.mark.django_db
def test_nonsense_is_refused_in_words(mine):
    client, customer = mine
    assert "Choose one of the stages" in press(client, "customer_stage", customer, stage="married")
    assert stage(customer) == "first_contact"


@pytest.mark.django_db
def test_a_pause_of_three_months_and_taking_it_up_again(mine):
    client, customer = mine
    answer = press(client, "customer_pause", customer, ends="3", why="no_budget", words="明年再谈")
    assert "恒远 is paused until 24 Feb 2027" in answer
    assert "No budget at the moment: 明年再谈" in answer
    assert FollowUp.objects.get(customer=customer, state="open").due_on == date(2027, 2, 24)
    assert "Take up again" in page(client, customer)
    press(client, "customer_resume", customer)
    assert stage(customer) == "first_contact"
    text = page(client, customer)
    assert "Paused until" in text, "the history keeps it"


@pytest.mark.django_db
def test_the_reason_is_read_in_the_language_of_its_reader(mine, cast):
    client, customer = mine
    press(client, "customer_pause", customer, ends="3", why="no_budget", words="明年再谈")
    assert Customer.objects.get(pk=customer.pk).pause_reason == "no_budget: 明年再谈"
    form = client.get(reverse("customer_pause", args=[customer.pk])).context["form"]
    assert (form["why"].value(), form["words"].value()) == ("no_budget", "明年再谈")
    type(cast.wang).objects.filter(pk=cast.wang.pk).update(language="zh-hans")
    text = page(client, customer)
    assert text.count("暂无预算：明年再谈") >= 2, "in the history, and in the sentence of the day it is taken up again"
    assert "No budget" not in text


@pytest.mark.parametrize("stored", ["", "明年再谈", "no_budget", "no_budget: 明年再谈", "unheard: of"])
def test_a_stored_reason_is_taken_apart_and_put_together_again(stored):
    assert pause_reason(*parts_of_reason(stored)) == stored


@pytest.mark.django_db
def test_letting_go_asks_for_the_reason(mine):
    client, customer = mine
    answer = client.post(reverse("customer_pause", args=[customer.pk]), {"ends": "never"})
    assert answer.status_code == 422
    assert "Say why nobody is to follow up any more" in answer.content.decode()
    answer = press(client, "customer_pause", customer, ends="never", why="competitor")
    assert "恒远 was let go: no more follow-ups." in answer
    assert not FollowUp.objects.filter(customer=customer, state="open").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("until", "said"), [("", "Choose the day on which"), ("2026-11-24", "lies in the past")])
def test_a_day_of_ones_own_lies_ahead(mine, until, said):
    client, customer = mine
    answer = client.post(reverse("customer_pause", args=[customer.pk]), {"ends": "day", "until": until})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert stage(customer) == "first_contact"


@pytest.mark.django_db
def test_who_may_not_change_the_file_sees_the_stage_and_no_menu(mine, cast, sign_in):
    _client, customer = mine
    text = page(sign_in(cast.auditor), customer)
    assert "First contact" in text
    assert reverse("customer_stage", args=[customer.pk]) not in text


@pytest.mark.django_db
def test_the_form_of_the_file_offers_no_pause_and_ends_one(mine, cast):
    client, customer = mine
    form = client.get(reverse("customer_edit", args=[customer.pk])).context["form"]
    assert "paused" not in dict(form.fields["stage"].choices)
    services.customer_pause(customer=customer, until=None, reason="x", by=cast.wang)
    form = client.get(reverse("customer_edit", args=[customer.pk])).context["form"]
    assert "paused" in dict(form.fields["stage"].choices)


@pytest.mark.django_db
def test_a_new_file_may_be_paused_from_the_beginning(cast):
    until = TODAY + timedelta(days=60)
    made = services.customer_create(by=cast.wang, owner=cast.wang, name="甲", stage="paused", paused_until=until)
    assert FollowUp.objects.get(customer=made, state="open").reason_code == "REVIVAL"


UNSEEN = "\u200b \u3164"


@pytest.mark.django_db
def test_a_pause_for_good_keeps_its_reason(mine, cast):
    _client, customer = mine
    services.customer_pause(customer=customer, until=None, reason="because", by=cast.wang)
    for nothing in ("", UNSEEN):
        change = {"pause_reason": nothing}
        with pytest.raises(ValidationError, match="Say why"):
            services.customer_update(customer=customer, changes=change, version=customer.version, by=cast.wang)
    change = {"pause_reason": "moved away"}
    services.customer_update(customer=customer, changes=change, version=customer.version, by=cast.wang)
    assert Customer.objects.get(pk=customer.pk).pause_reason == "moved away"


@pytest.mark.django_db
def test_signs_that_nobody_sees_are_no_reason(mine, cast):
    client, customer = mine
    answer = client.post(reverse("customer_pause", args=[customer.pk]), {"ends": "never", "words": UNSEEN})
    assert answer.status_code == 422
    with pytest.raises(ValidationError, match="Say why"):
        services.customer_pause(customer=customer, until=None, reason=UNSEEN, by=cast.wang)
    new = {"name": "x", "stage": "paused", "pause_reason": UNSEEN}
    with pytest.raises(ValidationError, match="Say why"):
        services.customer_create(by=cast.wang, owner=cast.wang, **new)
    assert stage(customer) == "first_contact"
