"""A form for companies that asks for a person, a number, an address and a message, and offers news."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import CaptureForm, Channel


@pytest.fixture
def form(cast) -> CaptureForm:
    return CaptureForm.objects.create(
        name_en="Spring fair",
        name_zh="春季展会",
        slug="spring-fair",
        kind="company",
        channel=Channel.objects.get(code="exhibition"),
        owner=cast.wang,
        privacy_en="We use this to answer you.",
        privacy_zh="仅用于与您联系。",
        consent_en="Send me news.",
        consent_zh="我愿意接收资讯。",
    )


@pytest.fixture
def stranger() -> Client:
    """Somebody without a session, and without a token of any form."""
    return Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})


@pytest.fixture
def url(form) -> str:
    return reverse("capture", args=[form.slug])
