"""Passwords are hashed at a modest cost, two at a time; who would wait for long is told to come back."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import LazySettings
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password
from django.test import Client

from accounts import hashers
from accounts.models import AttemptBucket, User
from accounts.tests.helpers import is_signed_in, sign_in_by_form, text_of
from conftest import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _real_hashes(settings: LazySettings) -> None:
    settings.PASSWORD_HASHERS = ["accounts.hashers.ModestArgon2"]


@pytest.fixture
def full() -> Iterator[None]:
    """All slots are taken, and nobody waits for long."""
    with (
        patch.object(hashers, "_slots", threading.BoundedSemaphore(1)),
        patch.object(hashers, "LONGEST_WAIT", 0.01),
        hashers.hashing_slot(),
    ):
        yield


def test_the_cost_is_what_owasp_asks_for_at_least() -> None:
    assert make_password("x").startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_never_more_than_two_at_once() -> None:
    running, most, lock = 0, [0], threading.Lock()
    encode = Argon2PasswordHasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        nonlocal running
        with lock:
            running += 1
            most.append(running)
        try:
            return encode(self, password, salt)
        finally:
            with lock:
                running -= 1

    with patch.object(Argon2PasswordHasher, "encode", counted), ThreadPoolExecutor(8) as pool:
        list(pool.map(make_password, "abcdefgh"))
    assert max(most) == hashers.AT_ONCE


def test_who_would_wait_for_long_is_told_to_come_back_and_loses_no_attempt(cast: Any, full: None) -> None:
    response = sign_in_by_form(Client(headers={"Accept-Language": "en"}), "wang@example.com")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "2"
    assert "Many people are signing in" in text_of(response)
    before = AttemptBucket.objects.get(key="everybody").empty_at
    sign_in_by_form(Client(), "wang@example.com")
    assert (AttemptBucket.objects.get(key="everybody").empty_at - before).total_seconds() < 0.25


def test_a_hash_of_the_old_cost_still_opens_and_is_written_anew(cast: Any) -> None:
    old = Argon2PasswordHasher()
    User.objects.filter(pk=cast.wang.pk).update(password=old.encode(PASSWORD, old.salt()))
    client = Client()
    assert sign_in_by_form(client, "wang@example.com", "wrong").status_code == 422
    assert "m=102400" in User.objects.get(pk=cast.wang.pk).password
    assert sign_in_by_form(client, "wang@example.com").status_code == 302
    assert is_signed_in(client)
    anew = User.objects.get(pk=cast.wang.pk).password
    assert "m=19456,t=2,p=1" in anew
    assert check_password(PASSWORD, anew)


def test_an_unknown_name_takes_the_work_of_some_account_the_same_one_each_time(cast: Any) -> None:
    """Else, of accounts with older and costlier hashes, the time would tell that they exist."""
    old = Argon2PasswordHasher()
    User.objects.update(password=old.encode(PASSWORD, old.salt()))
    for name in ("nobody@example.com", "nobody@example.com", "someone@example.com"):
        with patch.object(Argon2PasswordHasher, "verify", return_value=True) as verify:
            assert sign_in_by_form(Client(), name).status_code == 422
        assert "m=102400" in verify.call_args.args[1]
