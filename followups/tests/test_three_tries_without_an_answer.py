"""After three tries a person decides: somebody else there, another way, a pause or letting go, in two taps at most."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from core import clock
from customers.models import Contact, Customer
from followups.models import FollowUp

pytestmark = pytest.mark.django_db


@pytest.fixture
def silent(make, log_contact):
    """Three calls that nobody answered."""
    customer = make("恒远", stage="needs", tier="C")
    Contact.objects.create(customer=customer, name="林总", phone="13912345678")
    for _try in range(3):
        log_contact(customer, result="no_answer")
    return customer


def ways(client, customer):
    text = client.get(reverse("customer", args=[customer.pk])).content.decode()
    return text.partition('id="no-response"')[2].partition("</section>")[0]


def test_two_tries_ask_for_nothing(make, log_contact, cast, sign_in):
    customer = make(stage="needs")
    for _try in range(2):
        log_contact(customer, result="no_answer")
    assert not ways(sign_in(cast.wang), customer)


def test_three_tries_offer_each_way(silent, cast, sign_in):
    shown = ways(sign_in(cast.wang), silent)
    assert "3 tries without an answer" in shown
    for words in ("林总", "WeChat", "Pause 1 month", "Pause 6 months", "Let go"):
        assert words in shown


def test_who_may_only_read_is_offered_nothing_to_do(silent, cast, sign_in):
    shown = ways(sign_in(cast.auditor), silent)
    assert "<button" not in shown
    assert "href" not in shown


def test_somebody_else_opens_the_log_for_them(silent, cast, sign_in):
    contact = Contact.objects.get()
    form = sign_in(cast.wang).get(f"{reverse('interaction_new')}?customer={silent.pk}&contact={contact.pk}")
    assert form.context["form"]["contact"].value() == str(contact.pk)


def test_another_way_comes_with_its_method_and_what_for(silent, cast, sign_in):
    form = sign_in(cast.wang).get(f"{reverse('follow_up_new')}?customer={silent.pk}&method=wechat&why=value")
    bound = form.context["form"]
    assert (bound["method"].value(), bound["purpose"].value()) == (
        "wechat",
        "Something of use: news, a case or an invitation",
    )


def test_one_tap_pauses_and_the_card_is_gone(silent, cast, sign_in):
    client = sign_in(cast.wang)
    client.post(reverse("customer_pause", args=[silent.pk]), {"ends": "3", "why": "no_response"})
    row = Customer.objects.get(pk=silent.pk)
    assert (row.stage, row.paused_until, row.pause_reason) == ("paused", date(2027, 2, 24), "no_response")
    assert FollowUp.objects.get(customer=silent, state="open").due_on == date(2027, 2, 24)
    assert not ways(client, silent)


def test_letting_go_is_ready_to_be_confirmed(silent, cast, sign_in):
    client = sign_in(cast.wang)
    asked = client.get(f"{reverse('customer_pause', args=[silent.pk])}?ends=never&why=no_response").context["form"]
    assert (asked["ends"].value(), asked["why"].value()) == ("never", "no_response")
    client.post(reverse("customer_pause", args=[silent.pk]), {"ends": "never", "why": "no_response"})
    assert not FollowUp.objects.filter(customer=silent, state="open").exists()


def test_an_answer_ends_it(silent, log_contact, cast, sign_in):
    log_contact(silent)
    assert not ways(sign_in(cast.wang), silent)


def test_the_row_of_today_leads_to_it(silent, cast, sign_in):
    row = f'href="{reverse("customer", args=[silent.pk])}#no-response"'
    FollowUp.objects.filter(state="open").update(due_on=clock.business_date())
    assert row in sign_in(cast.wang).get(reverse("today")).content.decode()
