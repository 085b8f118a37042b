"""Nobody learns from the sign-in page or the reset page whether an account exists: not by words, not by work done."""

import re
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import get_hasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import backends
from accounts.backends import EmailOrMobileBackend
from accounts.models import User
from accounts.tests.helpers import sign_in_by_form, text_of

pytestmark = pytest.mark.django_db
NAMES = ("wang@example.com", "li@example.com", "nobody@example.com")


def _page(name: str) -> str:
    page = text_of(sign_in_by_form(Client(), name, "wrong"))
    return re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1", page.replace(name, "NAME"))


def test_the_same_words(cast: Any) -> None:
    User.objects.filter(pk=cast.li.pk).update(is_active=False)
    known, switched_off, unknown = (_page(name) for name in NAMES)
    assert known == unknown == switched_off


def test_the_same_number_of_password_hashes(cast: Any) -> None:
    User.objects.filter(pk=cast.li.pk).update(is_active=False)
    for name in NAMES:
        assert _hashes(name) == 1, name


def test_twin_without_the_guard_the_unknown_name_costs_nothing(cast: Any) -> None:
    """Shows that the counter sees the difference when the dummy hash is taken out."""
    with patch.object(backends, "_work_in_vain", return_value=False):
        assert _hashes("nobody@example.com") == 0


def _hashes(name: str) -> int:
    hasher = type(get_hasher())
    with patch.object(hasher, "encode", autospec=True, side_effect=hasher.encode) as encode:
        EmailOrMobileBackend().authenticate(None, username=name, password="wrong")
    return encode.call_count


@pytest.mark.parametrize("path", ["/login/", "/password/reset/"])
def test_the_same_statements(cast: Any, path: str) -> None:
    counts = []
    for name in ("wang@example.com", "nobody@example.com"):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            Client().post(path, {"username": name, "password": "wrong"})
        counts.append(len(captured))
    assert abs(counts[0] - counts[1]) <= 1  # taking back a savepoint is one statement more than keeping it
