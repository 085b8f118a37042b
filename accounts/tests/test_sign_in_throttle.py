"""S1: guessing is slowed down for account and address together; the owner is never locked out by a stranger."""

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.conf import LazySettings
from django.test import Client

from accounts.tests.helpers import sign_in_by_form, text_of
from core import clock

pytestmark = pytest.mark.django_db
HERE, THERE = "10.1.1.1", "10.2.2.2"


def _guess(times: int, address: str = HERE, name: str = "wang@example.com") -> list[int]:
    return [sign_in_by_form(Client(), name, f"wrong {n}", REMOTE_ADDR=address).status_code for n in range(times)]


def test_after_five_failures_the_sixth_waits(cast: Any) -> None:
    assert _guess(8) == [422, 422, 422, 422, 429, 429, 429, 429]


def test_twin_without_the_throttle_all_guesses_are_tried(cast: Any, settings: LazySettings) -> None:
    settings.AXES_ENABLED = False
    assert _guess(8) == [422] * 8


def test_the_answer_says_how_long_whether_or_not_the_account_exists(cast: Any) -> None:
    for name in ("wang@example.com", "nobody@example.com"):
        _guess(5, name=name)
        response = sign_in_by_form(Client(headers={"Accept-Language": "en"}), name, REMOTE_ADDR=HERE)
        assert response.status_code == 429
        assert 1 <= int(response.headers["Retry-After"]) <= 60
        assert "Please try again in" in text_of(response)


def test_five_hundred_guesses_from_one_and_from_fifty_addresses(cast: Any) -> None:
    assert _guess(60).count(422) <= 5
    tried = sum(_guess(8, address=f"10.9.0.{n}").count(422) for n in range(50))
    assert tried <= 50 * 5


def test_the_owner_still_gets_in_from_elsewhere(cast: Any) -> None:
    _guess(20)
    assert sign_in_by_form(Client(), "wang@example.com", REMOTE_ADDR=THERE).status_code == 302


def test_the_owner_gets_in_from_the_same_address_within_a_minute_though_guessing_goes_on(cast: Any) -> None:
    _guess(20)
    AccessAttempt.objects.update(attempt_time=clock.now() - timedelta(seconds=61))
    assert sign_in_by_form(Client(), "wang@example.com", REMOTE_ADDR=HERE).status_code == 302


def test_other_spellings_count_as_the_same_account(cast: Any) -> None:
    _guess(5, name="WANG@example.com")
    assert _guess(1, name=" wang@Example.com") == [429]


def test_a_colleague_at_the_same_address_is_not_touched(cast: Any) -> None:
    _guess(20)
    assert sign_in_by_form(Client(), "li@example.com", REMOTE_ADDR=HERE).status_code == 302


def test_a_forged_forwarding_header_is_no_new_address(cast: Any) -> None:
    codes = [
        sign_in_by_form(
            Client(), "wang@example.com", "wrong", REMOTE_ADDR=HERE, headers={"X-Forwarded-For": f"10.3.3.{n}"}
        ).status_code
        for n in range(7)
    ]
    assert codes[-1] == 429
