"""Who sent a form is said by a person where somebody like that is known: the customer, somebody new, nobody."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core import clock
from customers.models import Consent, Customer, Interaction, Registration
from customers.services import registration_join, registration_new_file
from customers.services.capture import DecidedError
from tests.races import at_once

State = Registration.State


@pytest.fixture
def waiting(form, customer) -> Registration:
    return Registration.objects.create(
        form=form,
        at=clock.now(),
        language="en",
        answers={"name": "Heng Yuan", "phone": "13812345678", "email": "chen@example.com", "message": "Call me"},
        agreed=True,
        customer=customer,
    )


def page(waiting):
    return reverse("registration", args=[waiting.pk])


@pytest.mark.django_db
def test_put_to_the_customer_it_stands_in_the_history_and_changes_no_field(sign_in, cast, waiting, customer):
    before = (customer.name, customer.phone, customer.email)
    sign_in(cast.wang).post(f"{page(waiting)}join/")
    entry = Interaction.objects.get(customer=customer)
    assert "Call me" in entry.summary
    assert "13812345678" not in entry.summary
    assert entry.direction == "in"
    customer.refresh_from_db()
    assert (customer.name, customer.phone, customer.email) == before
    assert Consent.objects.get().source == "form"
    waiting.refresh_from_db()
    assert (waiting.state, waiting.decided_by) == (State.JOINED, cast.wang)


@pytest.mark.django_db
def test_who_wants_no_contact_stays_so_whatever_a_form_says(sign_in, cast, waiting, customer):
    Customer.objects.filter(pk=customer.pk).update(do_not_contact=True)
    sign_in(cast.wang).post(f"{page(waiting)}join/")
    assert not Consent.objects.exists()


@pytest.mark.django_db
def test_somebody_else_gets_a_file_of_their_own(sign_in, cast, waiting, customer):
    answer = sign_in(cast.wang).post(f"{page(waiting)}new-file/")
    made = Customer.objects.get(name="Heng Yuan")
    assert answer["Location"] == reverse("customer", args=[made.pk])
    assert made.owner == waiting.form.owner
    waiting.refresh_from_db()
    assert (waiting.state, waiting.customer) == (State.NEW, made)


@pytest.mark.django_db
def test_nobody_is_dropped_and_stays_in_the_list_of_all(sign_in, cast, waiting):
    sign_in(cast.wang).post(f"{page(waiting)}drop/")
    listed = reverse("registration_list")
    assert "Heng Yuan" not in sign_in(cast.wang).get(listed).content.decode()
    assert "Heng Yuan" in sign_in(cast.wang).get(f"{listed}?tab=all").content.decode()


@pytest.mark.django_db
def test_who_comes_second_is_told_so(sign_in, cast, waiting):
    sign_in(cast.wang).post(f"{page(waiting)}drop/")
    answer = sign_in(cast.wang).post(f"{page(waiting)}new-file/", follow=True)
    assert "decided already" in answer.content.decode()
    assert not Customer.objects.filter(name="Heng Yuan").exists()


@pytest.mark.django_db
def test_others_neither_see_nor_decide_it(sign_in, cast, waiting):
    assert sign_in(cast.outsider).get(page(waiting)).status_code == 404
    assert sign_in(cast.outsider).post(f"{page(waiting)}join/").status_code == 404
    assert "Heng Yuan" not in sign_in(cast.outsider).get(reverse("registration_list")).content.decode()


@pytest.mark.django_db
def test_answers_are_masked_as_the_file_is(sign_in, cast, waiting):
    seen = sign_in(cast.agent).get(page(waiting)).content.decode()
    assert "13812345678" not in seen
    assert "chen@example.com" not in seen
    assert "13812345678" in sign_in(cast.wang).get(page(waiting)).content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_is_right(cast, waiting):
    done = []

    def decide(act):
        try:
            act(registration=waiting, by=cast.wang)
            done.append(act)
        except DecidedError:
            pass

    acts = (registration_join, registration_new_file)
    at_once(lambda turn: decide(acts[turn]), len(acts))
    assert len(done) == 1
    made = Customer.objects.filter(name="Heng Yuan").count() + Interaction.objects.count()
    assert made == 1
