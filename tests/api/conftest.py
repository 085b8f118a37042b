"""`api(user)` is a client with that person's token; bodies are JSON, answers are read by `.json()`."""

import datetime as dt
import secrets
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.authentication import digest_of
from accounts.models import ApiToken, User


class Api:
    """A client of the REST API for one person."""

    def __init__(self, user: User | None) -> None:
        self.client = Client()
        self.headers: dict[str, str] = {}
        if user is not None:
            key = secrets.token_hex(20)
            ApiToken.objects.create(user=user, digest=digest_of(key))
            self.headers["Authorization"] = f"Token {key}"

    def __getattr__(self, method: str) -> Any:
        def send(path: str, body: Any = None, **headers: str) -> HttpResponse:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            how = {"content_type": "application/json", "data": body} if body is not None else {}
            return getattr(self.client, method)(f"/api/v1/{path}", headers={**self.headers, **named}, **how)

        return send


@pytest.fixture
def api() -> Any:
    return Api


@pytest.fixture
def tomorrow() -> str:
    return (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).isoformat()
