"""A form for strangers: it makes a file once, and never tells nor changes what the company knows already."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.models import AuditEntry
from core import clock
from customers.models import Consent, Customer, OwnerChange, Registration
from customers.services import tokens_refresh
from followups.models import FollowUp, Notice

pytestmark = pytest.mark.django_db
TYPED = {"name": "远航物流", "contact_name": "陈静", "phone": "13900001111", "message": "需要报价"}


def opened(stranger, url, ago=timedelta(seconds=30)):
    """What the page carries that was opened so long ago."""
    with time_machine.travel(clock.now() - ago, tick=False):
        page = stranger.get(url).content.decode()
    found = re.search('name="seal" value="([^"]+)"', page)
    assert found
    return found[1]


def sent(stranger, url, **typed):
    return stranger.post(url, {**TYPED, "seal": opened(stranger, url), **typed})


def test_a_new_customer_stands_in_a_file_with_a_first_contact_tomorrow(stranger, url, form, cast):
    answer = sent(stranger, url)
    assert answer.status_code == 302
    assert "Thank you" in stranger.get(answer["Location"]).content.decode()
    made = Customer.objects.get(name="远航物流")
    assert (made.owner, made.channel, made.kind, made.notes) == (cast.wang, form.channel, "company", "需要报价")
    assert made.created_by is None
    assert [one.name for one in made.contacts.all()] == ["陈静"]
    assert FollowUp.objects.filter(customer=made, assignee=cast.wang, state="open").count() == 1
    assert Notice.objects.filter(user=cast.wang, customer=made, kind=Notice.Kind.ASSIGNED).exists()
    assert Registration.objects.get().state == Registration.State.NEW


def test_without_an_owner_it_goes_to_the_pool(stranger, url, form):
    form.owner = None
    form.save()
    sent(stranger, url)
    assert Customer.objects.get(name="远航物流").owner is None


def test_the_same_page_sent_twice_makes_one_file(stranger, url):
    seal = opened(stranger, url)
    for _time in range(2):
        assert stranger.post(url, {**TYPED, "seal": seal}).status_code == 302
    assert Customer.objects.filter(name="远航物流").count() == 1


def test_who_is_known_waits_for_a_person_and_learns_nothing(stranger, url, customer, cast):
    tokens_refresh([customer.pk])
    unknown = sent(stranger, url)
    known = sent(stranger, url, name="Somebody else", phone=customer.phone, agreed="on")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    waiting = Registration.objects.get(state=Registration.State.WAITING)
    assert waiting.customer == customer
    assert not Customer.objects.filter(name="Somebody else").exists()
    before = (customer.name, customer.notes, customer.version)
    customer.refresh_from_db()
    assert (customer.name, customer.notes, customer.version) == before
    assert not Consent.objects.filter(customer=customer).exists()
    assert Notice.objects.filter(user=cast.wang, customer=customer, kind="registered").count() == 1


def test_who_agrees_is_on_record_with_the_words_that_stood_there(stranger, url, form):
    sent(stranger, url, agreed="on")
    made = Registration.objects.get()
    consent = Consent.objects.get()
    assert (consent.allowed, consent.topic, consent.source, consent.user) == (True, "marketing", "form", None)
    form.consent_en = "Send me everything."
    form.save()
    assert "Send me news." in Registration.objects.get(pk=made.pk).shown


def test_without_the_tick_nobody_is_asked_twice(stranger, url):
    sent(stranger, url)
    assert not Consent.objects.exists()


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(stranger, url):
    answer = sent(stranger, url, phone="12", email="nobody")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "需要报价" in page
    assert page.count('aria-invalid="true"') == 2
    assert not Registration.objects.exists()


@pytest.mark.parametrize("missing", ["name", "phone"])
def test_required_fields_are_asked_for(stranger, url, missing):
    assert sent(stranger, url, **{missing: ""}).status_code == 422


def test_a_form_that_requires_no_way_still_needs_one(stranger, url, form):
    form.ask_phone = form.ask_email = "may"
    form.save()
    assert sent(stranger, url, phone="").status_code == 422
    assert sent(stranger, url, phone="", email="chen@example.com").status_code == 302


def test_a_program_that_fills_the_hidden_field_is_thanked_and_leaves_nothing(stranger, url):
    assert sent(stranger, url, website="https://spam.example").status_code == 302
    assert not Registration.objects.exists()


@pytest.mark.parametrize("ago", [timedelta(0), timedelta(hours=25)])
def test_a_page_sent_too_soon_or_too_late_is_asked_to_be_sent_again(stranger, url, ago):
    answer = stranger.post(url, {**TYPED, "seal": opened(stranger, url, ago)})
    assert answer.status_code == 422
    assert "send it" in answer.content.decode()
    assert not Registration.objects.exists()


def test_a_forged_page_is_none(stranger, url):
    assert stranger.post(url, {**TYPED, "seal": "made-up"}).status_code == 422


def test_one_address_sends_only_so_many(stranger, url):
    codes = [sent(stranger, url, name=f"远航{n}", phone=f"1390000{n:04}").status_code for n in range(22)]
    assert codes.count(302) == 20
    assert codes[-1] == 429


def test_a_closed_form_says_so_and_takes_nothing(stranger, url, form):
    seal = opened(stranger, url)
    form.closes_on = clock.business_date() - timedelta(days=1)
    form.save()
    assert stranger.get(url).status_code == 404
    assert stranger.post(url, {**TYPED, "seal": seal}).status_code == 404
    form.closes_on = clock.business_date()
    form.save()
    assert stranger.get(url).status_code == 200
    form.is_open = False
    form.save()
    assert stranger.get(url).status_code == 404
    assert not Registration.objects.exists()


def test_no_form_of_that_name_answers_like_a_closed_one(stranger, url, form):
    form.is_open = False
    form.save()
    other = stranger.get(reverse("capture", args=["no-such-form"]))
    closed = stranger.get(url)
    assert other.status_code == closed.status_code == 404
    assert "is not open" in other.content.decode()


def test_the_page_is_kept_from_search_engines_and_speaks_both_languages(stranger, url):
    page = stranger.get(url, headers={"Accept-Language": "zh-hans"})
    assert "春季展会" in page.content.decode()
    assert page["X-Robots-Tag"] == "noindex, nofollow"


def test_the_log_says_that_no_colleague_did_it(stranger, url):
    sent(stranger, url)
    lines = AuditEntry.objects.filter(act__in=["customer.create", "registration.arrive"])
    assert lines.count() == 2
    assert all(line.by is None for line in lines)
    assert lines.get(act="customer.create").details["via"] == "form"
    assert OwnerChange.objects.get(customer__name="远航物流").by is None
