"""Forms for strangers in Settings: made, changed, closed; what can't work is refused with its cure."""

from __future__ import annotations

import pytest
from django.urls import reverse

from customers.models import CaptureForm, Channel

pytestmark = pytest.mark.django_db


def typed(**more):
    values = {
        "name_zh": "网站咨询",
        "name_en": "Website",
        "slug": "website",
        "kind": "person",
        "channel": Channel.objects.get(code="website").pk,
        "privacy_zh": "仅用于与您联系。",
        "privacy_en": "To answer you.",
        **{f"ask_{name}": "no" for name in ("contact_name", "wechat", "region", "address", "occupation")},
        **{f"ask_{name}": "may" for name in ("phone", "email", "message")},
    }
    return values | more


def test_an_administrator_makes_one_and_finds_its_address_and_a_code(sign_in, cast):
    admin = sign_in(cast.admin)
    answer = admin.post(reverse("capture_form_new"), typed())
    made = CaptureForm.objects.get()
    assert answer["Location"] == reverse("capture_form", args=[made.pk])
    page = admin.get(answer["Location"]).content.decode()
    assert "/f/website" in page
    assert "<svg" in page


@pytest.mark.parametrize(
    ("wrong", "beside"),
    [
        ({"slug": "Spring Fair"}, "slug"),
        ({"ask_phone": "no", "ask_email": "no"}, "ask_phone"),
        ({"consent_en": "Send me news."}, "consent_zh"),
        ({"name_zh": "\u200b"}, "name_zh"),
        ({"privacy_en": ""}, "privacy_en"),
    ],
)
def test_what_cannot_work_is_refused_beside_its_field(sign_in, cast, wrong, beside):
    answer = sign_in(cast.admin).post(reverse("capture_form_new"), typed(**wrong))
    assert answer.status_code == 422
    assert beside in answer.context["form"].errors
    assert not CaptureForm.objects.exists()


def test_an_address_is_given_once(sign_in, cast, form):
    answer = sign_in(cast.admin).post(reverse("capture_form_new"), typed(slug=form.slug))
    assert answer.status_code == 422


def test_a_form_is_closed_and_opened_again(sign_in, cast, form):
    admin = sign_in(cast.admin)
    for act, state in (("close", False), ("open", True)):
        admin.post(reverse(f"capture_form_{act}", args=[form.pk]))
        form.refresh_from_db()
        assert form.is_open is state


def test_who_only_looks_at_settings_changes_none(sign_in, cast, form):
    assert sign_in(cast.manager).post(reverse("capture_form_close", args=[form.pk])).status_code == 403
