"""What several tests of people and power need."""

from typing import Any

from django.http import HttpResponse
from django.test import Client

from conftest import PASSWORD


def sign_in_by_form(client: Client, name: str, password: str = PASSWORD, **more: Any) -> HttpResponse:
    """Fill in the sign-in page; `more` are further fields or headers of the test client."""
    fields = {key: more.pop(key) for key in ("next", "remember") if key in more}
    return client.post("/login/", {"username": name, "password": password, **fields}, **more)


def is_signed_in(client: Client) -> bool:
    return client.get("/profile/").status_code == 200


def text_of(response: HttpResponse) -> str:
    return response.content.decode()
