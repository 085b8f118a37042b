"""The words that people agree to are kept in versions: forms show the one in force, consents say which it was."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from core import clock
from customers.models import CaptureForm, Channel, Consent, ConsentText, ConsentWording, Registration
from customers.services import consent_record
from customers.wordings import services
from customers.wordings.choosing import in_force

pytestmark = pytest.mark.django_db


@pytest.fixture
def offers(cast):
    with clock.standing_at(clock.now() - timedelta(days=10)):
        return services.consent_text_add(
            by=cast.admin,
            name_en="Offers by mail",
            name_zh="邮件优惠",
            words_en="I want offers by e-mail.",
            words_zh="我愿意接收邮件优惠。",
            valid_from=clock.business_date(),
            topic="marketing",
        )


def newer(text, by, days=0, words="I want offers and news."):
    day = clock.business_date() + timedelta(days=days)
    return services.consent_text_version(text=text, by=by, words_en=words, words_zh=f"{words}（中）", valid_from=day)


def test_a_version_is_added_and_earlier_ones_stay_as_they_were(cast, offers, sign_in):
    client, way = sign_in(cast.admin), reverse("consent_text_version", args=[offers.pk])
    form = client.get(way).context["form"]
    assert form["words_en"].value() == "I want offers by e-mail."
    sent = {"idempotency_key": str(uuid.uuid4()), "words_en": "Offers, please.", "words_zh": "请发优惠。"}
    sent["valid_from"] = str(clock.business_date())
    assert client.post(way, sent).status_code == 302
    assert client.post(way, sent).status_code == 302, "sent twice it makes one"
    page = client.get(reverse("consent_text", args=[offers.pk])).content.decode()
    for words in ("I want offers by e-mail.", "Offers, please.", "Version 1", "Version 2"):
        assert words in page
    assert AuditEntry.objects.get(act="consent_text.version").details == {"wording": 2}
    sent |= {"idempotency_key": str(uuid.uuid4()), "words_en": "Older", "valid_from": "2020-01-01"}
    assert list(client.post(way, sent).context["form"].errors) == ["valid_from"]
    sent |= {"words_en": "Offers, please.", "valid_from": str(clock.business_date())}
    assert "last version" in str(client.post(way, sent).context["form"].errors)
    assert ConsentWording.objects.count() == 2


def test_the_one_in_force_is_the_last_that_had_begun(cast, offers):
    first = offers.wordings.get()
    to_come = newer(offers, cast.admin, days=3)
    assert in_force(offers, clock.now()) == first
    assert in_force(offers, clock.now() + timedelta(days=3)) == to_come
    assert in_force(offers, clock.now() - timedelta(days=20)) is None


def test_a_consent_refers_to_the_version_that_was_read(cast, customer, offers, sign_in):
    first = offers.wordings.get()
    client, way = sign_in(cast.wang), reverse("consent_new", args=[customer.pk])
    form = client.get(way).context["form"]
    sent = {"idempotency_key": form["idempotency_key"].value(), "allowed": "yes", "channel": "email"}
    sent |= {"topic": "marketing", "source": "spoken", "wording": first.pk, "at": "2026-11-01T10:00"}
    assert client.post(way, sent).status_code == 302
    row = Consent.objects.get()
    assert (row.wording, row.text_version) == (first, first.label)
    newer(offers, cast.admin)
    services.consent_text_retire(text=offers, by=cast.admin)
    page = client.get(reverse("consent_list", args=[customer.pk])).content.decode()
    assert "I want offers by e-mail." in page, "a retired text stays readable"
    assert not client.get(way).context["form"].fields["wording"].queryset.exists()


def test_who_may_not_change_settings_only_looks(cast, offers, sign_in):
    auditor = sign_in(cast.auditor)
    assert auditor.get(reverse("consent_text", args=[offers.pk])).status_code == 200
    assert auditor.get(reverse("consent_text_new")).status_code == 403
    assert sign_in(cast.wang).get(reverse("consent_text_list")).status_code == 403


def test_a_name_that_is_taken_is_refused(cast, offers, sign_in):
    sent = {"idempotency_key": str(uuid.uuid4()), "name_en": "offers by mail", "name_zh": "另一份"}
    sent |= {"words_en": "Yes.", "words_zh": "同意。", "valid_from": str(clock.business_date())}
    refused = sign_in(cast.admin).post(reverse("consent_text_new"), sent)
    assert list(refused.context["form"].errors) == ["name_en"]
    assert ConsentText.objects.count() == 1


def test_a_public_form_shows_the_version_in_force_and_keeps_the_one_that_was_read(cast, offers):
    CaptureForm.objects.create(
        slug="fair",
        name_en="Fair",
        name_zh="展会",
        kind="person",
        privacy_en="To answer you.",
        privacy_zh="仅用于联系。",
        channel=Channel.objects.first(),
        consent_text=offers,
    )
    first, client = offers.wordings.get(), Client(headers={"accept-language": "en"})
    page = client.get("/f/fair")
    assert "I want offers by e-mail." in page.content.decode()
    began = page.context["seal"]
    with clock.standing_at(clock.now() + timedelta(minutes=1)):
        newer(offers, cast.admin)
        assert "I want offers and news." in client.get("/f/fair").content.decode()
        sent = {"seal": began, "name": "王芳", "phone": "13800001111", "agreed": "on"}
        assert client.post("/f/fair", sent).status_code == 302
    consent = Consent.objects.get()
    assert (consent.wording, consent.language[:2]) == (first, "en")
    assert consent.words == "I want offers by e-mail."
    assert Registration.objects.get().shown == "To answer you.\nI want offers by e-mail."


def test_words_outside_the_catalogue_are_named_as_ever(cast, customer):
    row = consent_record(customer=customer, by=cast.wang, allowed=True, text_version="Paper 2019")
    assert (row.wording, row.words, row.text_version) == (None, "", "Paper 2019")
