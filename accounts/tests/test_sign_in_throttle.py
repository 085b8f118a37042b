"""Guessing is slowed down before a password is hashed: per account, address and in all; the owner still gets in."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import LazySettings
from django.contrib.auth.hashers import get_hasher
from django.db.models import F
from django.test import Client

from accounts import services, throttle
from accounts.models import AttemptBucket, AuditEntry, AuditFold
from accounts.tests.helpers import sign_in_by_form, text_of
from conftest import PASSWORD
from tests.races import at_once

pytestmark = pytest.mark.django_db
HERE, THERE = "10.1.1.1", "10.2.2.2"


def _guess(times: int, address: str = HERE, name: str = "wang@example.com", client: Client | None = None) -> list[int]:
    return [
        sign_in_by_form(client or Client(), name, f"wrong {n}", REMOTE_ADDR=address).status_code for n in range(times)
    ]


def _later(**span: int) -> None:
    """As if that time had passed."""
    AttemptBucket.objects.update(empty_at=F("empty_at") - timedelta(**span))
    AuditFold.objects.update(since=F("since") - timedelta(**span))


@contextmanager
def _hashes() -> Iterator[list[int]]:
    """How often a password is hashed meanwhile."""
    hasher, done = type(get_hasher()), []
    encode = hasher.encode

    def counted(self: Any, *args: Any, **kwargs: Any) -> str:
        done.append(1)
        return encode(self, *args, **kwargs)

    with patch.object(hasher, "encode", counted):
        yield done


def test_after_five_failures_the_sixth_waits(cast: Any) -> None:
    assert _guess(8) == [422] * 5 + [429] * 3


def test_twin_without_the_throttle_all_guesses_are_tried(cast: Any) -> None:
    with patch.object(throttle, "take"):
        assert _guess(8) == [422] * 8


def test_who_must_wait_costs_no_hash(cast: Any) -> None:
    _guess(5)
    with _hashes() as hashes:
        assert _guess(10) == [429] * 10
    assert not hashes


def test_the_answer_says_how_long_whether_or_not_the_account_exists(cast: Any) -> None:
    for name in ("wang@example.com", "nobody@example.com"):
        _guess(6, name=name)
        response = sign_in_by_form(Client(headers={"Accept-Language": "en"}), name, REMOTE_ADDR=HERE)
        assert response.status_code == 429
        assert 1 <= int(response.headers["Retry-After"]) <= 60
        assert "Please try again in" in text_of(response)


def test_after_that_time_there_is_one_more_attempt(cast: Any) -> None:
    _guess(6)
    _later(seconds=int(sign_in_by_form(Client(), "wang@example.com", REMOTE_ADDR=HERE).headers["Retry-After"]))
    assert _guess(2) == [422, 429]


def test_many_guesses_from_one_address_and_from_twelve(cast: Any) -> None:
    assert _guess(20).count(422) == 5
    tried = sum(_guess(6, address=f"10.9.0.{n}").count(422) for n in range(12))
    assert tried <= throttle.ACCOUNT.burst - 5


def test_the_owner_still_gets_in_from_elsewhere(cast: Any) -> None:
    _guess(20)
    assert sign_in_by_form(Client(), "wang@example.com", REMOTE_ADDR=THERE).status_code == 302


def test_from_a_new_device_the_owner_waits_less_than_a_minute_after_an_attack_from_everywhere(cast: Any) -> None:
    for n in range(12):
        _guess(3, address=f"10.9.0.{n}")
    assert sign_in_by_form(Client(), "wang@example.com", REMOTE_ADDR=THERE).status_code == 429
    _later(seconds=59)
    assert sign_in_by_form(Client(), "wang@example.com", REMOTE_ADDR=THERE).status_code == 302


def test_a_device_that_signed_in_before_is_kept_out_by_nobody(cast: Any) -> None:
    """Not by guesses from everywhere, nor from its own address, nor when the limit of all people together is full."""
    own = Client()
    sign_in_by_form(own, "wang@example.com", REMOTE_ADDR=HERE)
    own.post("/logout/")
    for n in range(12):
        _guess(3, address=f"10.9.0.{n}")
    for n in range(throttle.ADDRESS.burst + 2):
        _guess(1, name=f"nobody{n}@example.com")
    with patch.object(throttle, "EVERYBODY", throttle.Bucket(1, timedelta(hours=1))):
        _guess(2, address="10.8.0.1", name="other@example.com")
        assert sign_in_by_form(own, "wang@example.com", REMOTE_ADDR=HERE).status_code == 302


def test_such_a_device_has_a_limit_of_its_own(cast: Any) -> None:
    own = Client()
    sign_in_by_form(own, "wang@example.com", REMOTE_ADDR=HERE)
    own.post("/logout/")
    assert _guess(throttle.DEVICE.burst + 2, client=own).count(422) == throttle.DEVICE.burst
    other = Client()
    other.cookies["device"] = own.cookies["device"].value
    assert _guess(1, address=THERE, client=other) == [429]  # a copied cookie is the same device


def test_the_device_of_one_person_counts_for_nobody_else(cast: Any) -> None:
    own = Client()
    sign_in_by_form(own, "li@example.com")
    own.post("/logout/")
    assert _guess(8, client=own) == [422] * 5 + [429] * 3


def test_a_changed_device_cookie_is_no_device(cast: Any) -> None:
    own = Client()
    sign_in_by_form(own, "wang@example.com")
    own.post("/logout/")
    own.cookies["device"] = own.cookies["device"].value[:-2] + "xx"
    assert _guess(8, client=own)[-1] == 429


def test_under_https_the_cookie_has_the_host_prefix(cast: Any, settings: LazySettings) -> None:
    settings.HTTPS = True
    client = Client()
    sign_in_by_form(client, "wang@example.com")
    cookie = client.cookies["__Host-device"]
    assert cookie["secure"]
    assert cookie["httponly"]
    assert (cookie["path"], cookie["domain"]) == ("/", "")


def test_the_limit_of_the_device_stays_when_two_share_a_browser(cast: Any) -> None:
    shared = Client()
    for name in ("wang@example.com", "li@example.com"):
        sign_in_by_form(shared, name)
        shared.post("/logout/")
    for n in range(12):
        _guess(3, address=f"10.9.0.{n}")
    assert sign_in_by_form(shared, "wang@example.com", REMOTE_ADDR=THERE).status_code == 302


@pytest.mark.parametrize(
    "name", ["WANG@example.com", " wang@Example.com", "ｗａｎｇ@example.com", "wang＠example.com", "wang@ｅxample．com"]
)
def test_other_spellings_count_as_the_same_account(cast: Any, name: str) -> None:
    _guess(5)
    assert _guess(1, name=name) == [429]


@pytest.mark.parametrize("name", ["ſong@example.com", "SONG@example.com", "ｓong@example.com", "song@eXample.com"])
def test_other_spellings_of_nobody_count_as_the_same_name(cast: Any, name: str) -> None:
    _guess(5, name="song@example.com")
    assert _guess(1, name=name) == [429]


def test_mobile_and_e_mail_of_a_person_count_together(cast: Any) -> None:
    type(cast.wang).objects.filter(pk=cast.wang.pk).update(mobile="+8613800138000")
    _guess(3)
    _guess(2, name="138 0013 8000")
    assert _guess(1, name="+86 138-0013-8000") == [429]


def test_many_names_from_one_address_are_slowed_too(cast: Any) -> None:
    began = time.monotonic()
    codes = [_guess(1, name=f"person{n}@example.com")[0] for n in range(120)]
    refilled = (time.monotonic() - began) / throttle.ADDRESS.refill.total_seconds()  # while this machine was busy
    assert codes.count(422) <= throttle.ADDRESS.burst + 1 + refilled
    assert _guess(1, name="li@example.com", address=THERE) == [422]


def test_one_customer_of_a_provider_has_one_ipv6_address(cast: Any) -> None:
    codes = [_guess(1, address=f"2001:db8:1:2::{n:x}")[0] for n in range(8)]
    assert codes == [422] * 5 + [429] * 3


def test_a_colleague_at_the_same_address_is_not_touched(cast: Any) -> None:
    _guess(20)
    assert sign_in_by_form(Client(), "li@example.com", REMOTE_ADDR=HERE).status_code == 302


def test_a_morning_of_right_passwords_at_one_address_fills_nothing(cast: Any) -> None:
    for _n in range(throttle.ADDRESS.burst + 10):
        assert sign_in_by_form(Client(), "wang@example.com", REMOTE_ADDR=HERE).status_code == 302
    assert _guess(1, name="li@example.com") == [422]


def test_a_forged_forwarding_header_is_no_new_address(cast: Any) -> None:
    codes = [
        sign_in_by_form(
            Client(), "wang@example.com", "wrong", REMOTE_ADDR=HERE, headers={"X-Forwarded-For": f"10.3.3.{n}"}
        ).status_code
        for n in range(7)
    ]
    assert codes[-1] == 429


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_never_exceed_the_limit(cast: Any) -> None:
    codes = at_once(lambda turn: _guess(1)[0], times=8)
    assert sorted(codes) == [422] * 5 + [429] * 3


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_over_many_addresses_never_exceed_it_either(cast: Any) -> None:
    codes = at_once(lambda turn: _guess(4, address=f"10.7.0.{turn}"), times=8)
    assert sum(code == 422 for found in codes for code in found) == throttle.ACCOUNT.burst


# --- the audit log ---------------------------------------------------------------------------------------------------
def test_a_flood_makes_one_line_a_minute(cast: Any) -> None:
    lines = AuditEntry.objects.filter(act="sign_in_failed", object_id=cast.wang.pk)
    _guess(30)
    assert lines.count() == 1
    _later(seconds=61)
    _guess(30)
    _later(seconds=61)
    _guess(1)
    assert [line.details for line in lines.order_by("pk")] == [{}, {"more": 30}, {"more": 30}]


def test_many_unknown_names_of_one_address_are_one_line(cast: Any) -> None:
    for n in range(50):
        _guess(1, name=f"nobody{n}@example.com")
    assert AuditEntry.objects.filter(act="sign_in_failed").count() == 1


def test_a_success_is_always_a_line(cast: Any) -> None:
    for _n in range(3):
        sign_in_by_form(Client(), "wang@example.com", PASSWORD)
    assert AuditEntry.objects.filter(act="sign_in").count() == 3


def test_the_night_puts_away_empty_buckets_and_writes_the_last_count(cast: Any) -> None:
    _guess(9)
    services.tidy_sign_ins()
    assert AttemptBucket.objects.exists()
    _later(days=1)
    services.tidy_sign_ins()
    assert not AttemptBucket.objects.exists()
    assert AuditEntry.objects.filter(act="sign_in_failed").latest("pk").details == {"more": 8}
    _later(seconds=61)
    services.tidy_sign_ins()
    assert not AuditFold.objects.exists()
    assert AuditEntry.objects.filter(act="sign_in_failed").count() == 2


def test_a_clock_that_was_wrong_for_a_minute_keeps_nobody_out_for_long(cast: Any) -> None:
    _guess(5)
    _later(days=-400)
    assert _guess(1) == [429]
    services.tidy_sign_ins()
    assert _guess(1) == [422]
