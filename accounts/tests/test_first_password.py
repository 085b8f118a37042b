"""A temporary password opens one page only: the one that replaces it."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts import services
from accounts.models import User
from accounts.tests.helpers import is_signed_in, sign_in_by_form, text_of

pytestmark = pytest.mark.django_db
FRESH = "seven blue kites in march"


@pytest.fixture
def newcomer(cast: Any) -> tuple[Client, User, str]:
    user, password = services.user_create(
        name="新人", email="new@example.com", role=cast.wang.role, team=cast.shanghai, by=cast.admin
    )
    client = Client()
    sign_in_by_form(client, "new@example.com", password)
    return client, user, password


@pytest.mark.parametrize("path", ["/", "/profile/", "/customers/", "/settings/", "/password/change/", "/inbox/"])
def test_every_page_leads_to_the_change(newcomer: Any, path: str) -> None:
    response = newcomer[0].get(path)
    assert (response.status_code, response.headers.get("Location")) == (302, "/password/first/")


def test_after_the_change_everything_opens(newcomer: Any) -> None:
    client, user, _password = newcomer
    client.post("/password/first/", {"new_password1": FRESH, "new_password2": FRESH})
    assert is_signed_in(client)
    user.refresh_from_db()
    assert not user.must_change_password
    assert user.check_password(FRESH)


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        (FRESH, FRESH + "x", "differ"),
        ("short", "short", "12 characters"),
        ("passwordpassword", "passwordpassword", "repeat"),
        ("keben2026keben!!", "keben2026keben!!", "company"),
        ("new@example.com", "new@example.com", "of yours"),
    ],
)
def test_what_is_refused_and_why(newcomer: Any, first: str, second: str, says: str) -> None:
    client = newcomer[0]
    client.cookies["django_language"] = "en"
    response = client.post("/password/first/", {"new_password1": first, "new_password2": second})
    assert response.status_code == 422
    assert any(word in text_of(response) for word in says.split("|"))
    assert not re.search(r'<input[^>]*type="password"[^>]*value=', text_of(response))


def test_the_temporary_one_again_is_refused(newcomer: Any) -> None:
    client, _user, password = newcomer
    response = client.post("/password/first/", {"new_password1": password, "new_password2": password})
    assert response.status_code == 422
