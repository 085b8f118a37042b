"""Changing one's own password: the present one first, guessing it is throttled, others can't do it."""

from typing import Any

import pytest

from accounts.models import AuditEntry, User
from accounts.tests.helpers import text_of
from conftest import PASSWORD

pytestmark = pytest.mark.django_db
FRESH = "twelve lamps on the pier"


def _fields(old: str = PASSWORD, new: str = FRESH) -> dict[str, str]:
    return {"old_password": old, "new_password1": new, "new_password2": new}


def test_it_needs_the_present_one(sign_in: Any, cast: Any) -> None:
    response = sign_in(cast.wang).post("/password/change/", _fields(old="wrong"))
    assert response.status_code == 422
    assert "isn&#x27;t your present password" in text_of(response)
    assert User.objects.get(pk=cast.wang.pk).check_password(PASSWORD)


def test_guessing_it_is_throttled(sign_in: Any, cast: Any) -> None:
    client = sign_in(cast.wang)
    codes = [client.post("/password/change/", _fields(old=f"wrong {n}")).status_code for n in range(7)]
    assert codes[-1] == 429


def test_it_is_an_act_without_the_password(sign_in: Any, cast: Any) -> None:
    assert sign_in(cast.wang).post("/password/change/", _fields()).status_code == 302
    entry = AuditEntry.objects.get(act="password.change")
    assert entry.by == cast.wang
    assert FRESH not in str(entry.__dict__)


def test_typed_passwords_never_come_back_in_the_page(sign_in: Any, cast: Any) -> None:
    page = text_of(sign_in(cast.wang).post("/password/change/", _fields(new="short one")))
    assert "short one" not in page
    assert PASSWORD not in page
