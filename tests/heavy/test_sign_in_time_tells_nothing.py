"""How long a refused sign-in takes for known and unknown names, with real hashes; medians are printed and compared."""

from __future__ import annotations

import json
import statistics
import time
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.test import Client

from accounts import throttle
from accounts.models import User
from conftest import PASSWORD

pytestmark = [pytest.mark.heavy, pytest.mark.django_db]
ROUNDS = 200


@pytest.mark.parametrize("cost", ["present", "former"])
def test_the_median_differs_by_less_than_a_tenth(cast: Any, settings: Any, cost: str) -> None:
    """With hashes as they are made now, and with all of the former cost, which are four times as long."""
    settings.PASSWORD_HASHERS = ["accounts.hashers.ModestArgon2"]
    former = Argon2PasswordHasher()
    User.objects.update(password=make_password(PASSWORD) if cost == "present" else former.encode(PASSWORD, "saltsalt"))
    client = Client()
    seconds: dict[str, list[float]] = {"wang@example.com": [], "nobody@example.com": []}
    with patch.object(throttle, "take"):
        for _round in range(ROUNDS if cost == "present" else ROUNDS // 4):
            for name, found in seconds.items():
                began = time.perf_counter()
                assert client.post("/login/", {"username": name, "password": "wrong"}).status_code == 422
                found.append(time.perf_counter() - began)
    known, unknown = (statistics.median(found) for found in seconds.values())
    figures = {
        "suite": "sign_in_time",
        "cost": cost,
        "known_ms": round(known * 1e3, 1),
        "unknown_ms": round(unknown * 1e3, 1),
    }
    print(json.dumps(figures))  # noqa: T201
    assert abs(known - unknown) < 0.1 * known
