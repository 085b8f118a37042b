"""A complaint holds files: whoever sees the complaint sees them, also who sees nothing else of the customer."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.tests.files import samples
from customers.models import Attachment
from feedback.models import Complaint

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 20, 4, tzinfo=dt.UTC)


@pytest.fixture
def case(cast: Any, customer: Any, settings: Any, tmp_path: Path) -> Complaint:
    settings.STORAGE_DIR = str(tmp_path)
    return Complaint.objects.create(
        number="TS-1",
        customer=customer,
        category="product",
        text="漏油",
        owner=cast.outsider,  # handles it, and has nothing else to do with the customer
        received_at=NOON,
        first_response_due_at=NOON,
    )


def test_who_handles_it_adds_files_and_sees_them(sign_in: Any, cast: Any, case: Complaint) -> None:
    page = sign_in(cast.outsider)
    address = f"/attachments/new/?on=complaint&row={case.pk}"
    assert address.replace("&", "&amp;") in page.get(reverse("complaint", args=[case.pk])).content.decode()
    photo = SimpleUploadedFile("leak.jpg", samples.picture())
    answer = page.post(address, {"brought_new": [photo], "seen": "all"})
    assert (answer.status_code, answer["Location"]) == (302, reverse("complaint", args=[case.pk]))
    attachment = Attachment.objects.get()
    assert (attachment.on, attachment.on_id, attachment.customer) == ("complaint", case.pk, case.customer)
    for person in (cast.outsider, cast.wang, cast.lead):
        shown = sign_in(person).get(reverse("complaint", args=[case.pk])).content.decode()
        assert f"/attachments/{attachment.pk}/small/" in shown
    assert not Attachment.objects.for_user(cast.li).exists()


def test_at_the_case_alone(sign_in: Any, cast: Any, case: Complaint) -> None:
    """Who handles the case doesn't get to the customer's other files by that."""
    page = sign_in(cast.outsider)
    assert page.get(f"/attachments/new/?on=customer&row={case.customer_id}").status_code == 404
