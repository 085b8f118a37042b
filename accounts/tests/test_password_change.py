"""Changing one's own password: the present one first, guessing it is throttled, others can't do it."""

import re
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import translation

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


def test_everything_wrong_is_said_at_once(sign_in: Any, cast: Any) -> None:
    sent = {"old_password": "wrong", "new_password1": "short", "new_password2": "other"}
    page = text_of(sign_in(cast.wang).post("/password/change/", sent))
    assert "present password" in page
    assert "Too short" in page
    assert "passwords differ" in page
    assert "check 3 fields" in page


def test_the_summary_counts_fields_not_errors(sign_in: Any, cast: Any) -> None:
    """`keben` is too short and too close to the product's name: two errors, one field."""
    page = text_of(sign_in(cast.wang).post("/password/change/", _fields(new="keben")))
    assert "check one field" in page


@pytest.mark.parametrize("password", ["short", "password1234", "wang@example.com"])
def test_no_rule_speaks_english_to_a_chinese_reader(cast: Any, password: str) -> None:
    """Django's own texts may lose their translation with any release."""
    with translation.override("zh-hans"):
        with pytest.raises(ValidationError) as refused:
            validate_password(password, cast.wang)
        assert not [text for text in refused.value.messages if re.search("[A-Za-z]{4}", text)]
