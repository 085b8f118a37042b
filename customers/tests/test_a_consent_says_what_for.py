"""A consent names its purpose, its legal basis and the words that were agreed to; a later refusal withdraws it."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from core import clock
from customers.consents.rule import current, withdrawn
from customers.models import Basis, Consent, Contact
from customers.services import consent_record

pytestmark = pytest.mark.django_db


def say(customer, by, allowed=True, days=0, **more):
    at = clock.now() - timedelta(days=days)
    return consent_record(customer=customer, by=by, allowed=allowed, at=at, **more)


def test_it_is_typed_and_stands_on_the_page_and_over_the_api(cast, customer, sign_in):
    client, url = sign_in(cast.wang), reverse("consent_new", args=[customer.pk])
    form = client.get(url).context["form"]
    sent = {"idempotency_key": form["idempotency_key"].value(), "allowed": "yes", "channel": "email"}
    sent |= {"topic": "service", "source": "spoken", "basis": "contract", "text_version": "Terms 2026-03"}
    assert client.post(url, sent | {"at": "2026-11-01T10:00"}).status_code == 302
    row = Consent.objects.get()
    assert (row.basis, row.text_version) == (Basis.CONTRACT, "Terms 2026-03")
    page = client.get(reverse("consent_list", args=[customer.pk])).content.decode()
    assert "Terms 2026-03" in page
    assert "needed for a contract" in page
    api = APIClient()
    api.force_authenticate(cast.wang)
    found = api.get("/api/v1/consents/").json()["results"][0]
    assert (found["basis"], found["text_version"]) == ("contract", "Terms 2026-03")


def test_their_consent_is_the_basis_unless_something_else_is_said(cast, customer):
    assert say(customer, cast.wang).basis == Basis.CONSENT
    assert say(customer, cast.wang, allowed=False, basis=Basis.DUTY).basis == ""


def test_a_later_refusal_that_covers_it_withdraws_it(cast, customer, sign_in):
    contact = Contact.objects.create(customer=customer, name="赵工")
    whole = say(customer, cast.wang, days=9)
    mail = say(customer, cast.wang, days=8, channel="email", topic="marketing")
    of_zhao = say(customer, cast.wang, days=7, contact=contact)
    part = say(customer, cast.wang, allowed=False, days=6, channel="email")
    rows = list(current(customer.pk))
    assert {pk: row.pk for pk, row in withdrawn(rows).items()} == {mail.pk: part.pk}
    last = say(customer, cast.wang, allowed=False, days=1)
    gone = withdrawn(list(current(customer.pk)))
    assert {pk: row.pk for pk, row in gone.items()} == {whole.pk: last.pk, mail.pk: part.pk, of_zhao.pk: last.pk}
    page = sign_in(cast.wang).get(reverse("consent_list", args=[customer.pk])).content.decode()
    assert page.count("Withdrawn") == 3


def test_it_goes_out_with_the_customers(cast, customer, sign_in):
    say(customer, cast.wang, days=9, text_version="Privacy 7")
    say(customer, cast.wang, allowed=False)
    answer = sign_in(cast.lead).post(
        reverse("customer_export") + "?view=all", {"reason": "they asked for it", "file": "xlsx"}
    )
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    head, first, last = list(book["Consents"].values)
    told = dict(zip(head, first, strict=True))
    assert (told["What they said"], told["Legal basis"], told["Text and version"]) == (
        "agreed",
        "their consent",
        "Privacy 7",
    )
    assert told["Withdrawn on"]
    assert last[head.index("What they said")] == "refused"
