"""Sign-in by e-mail or mobile number, back to where the person wanted to go."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from accounts.tests.helpers import is_signed_in, sign_in_by_form, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mobile(cast: Any) -> None:
    User.objects.filter(pk=cast.wang.pk).update(mobile="+8613800138000")


@pytest.mark.parametrize(
    "name", ["wang@example.com", " WANG@Example.com ", "13800138000", "138 0013 8000", "+86 138-0013-8000"]
)
def test_every_spelling_of_the_sign_in_name_works(client: Client, name: str) -> None:
    response = sign_in_by_form(client, name)
    assert response.status_code == 302
    assert is_signed_in(client)


def test_it_leads_back_to_the_page_that_asked(client: Client) -> None:
    assert sign_in_by_form(client, "wang@example.com", next="/profile/").headers["Location"] == "/profile/"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example"]
)
def test_it_never_leads_to_another_site(client: Client, target: str) -> None:
    assert sign_in_by_form(client, "wang@example.com", next=target).headers["Location"] == "/"


def test_a_deactivated_person_stays_outside(client: Client, cast: Any) -> None:
    User.objects.filter(pk=cast.wang.pk).update(is_active=False)
    assert sign_in_by_form(client, "wang@example.com").status_code == 422
    assert not is_signed_in(client)


def test_one_sentence_for_both_fields(client: Client) -> None:
    page = text_of(sign_in_by_form(client, "wang@example.com", "wrong", headers={"Accept-Language": "en"}))
    assert "The name or the password" in page
    assert 'value="wang@example.com"' in page  # what was typed stays
    assert "wrong" not in page.replace("isn't right", "")


@pytest.mark.parametrize("name", ["a" * 5000, "%00", "' OR 1=1 --", "😀@😀"])
def test_odd_names_are_simply_wrong(client: Client, name: str) -> None:
    assert sign_in_by_form(client, name).status_code == 422


def test_sign_in_and_out_are_acts(client: Client, cast: Any) -> None:
    sign_in_by_form(client, "wang@example.com", "wrong")
    sign_in_by_form(client, "wang@example.com")
    client.post("/logout/")
    lines = list(
        AuditEntry.objects.filter(act__startswith="sign").order_by("id").values_list("act", "by_name", "object_id")
    )
    assert lines == [
        ("sign_in_failed", "", cast.wang.pk),
        ("sign_in", "小王", cast.wang.pk),
        ("sign_out", "小王", cast.wang.pk),
    ]
    assert not any("wrong" in str(entry.__dict__) for entry in AuditEntry.objects.all())


def test_signing_out_needs_a_post(client: Client) -> None:
    sign_in_by_form(client, "wang@example.com")
    assert client.get("/logout/").status_code == 405
    assert is_signed_in(client)
