"""EMAIL_URL: its scheme decides how mail is secured, and what can't be understood stops the start."""

import json
import os
import re
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from crm import addresses
from crm.env import BASE_DIR

ASK = """
import json
from crm import settings as s
told = [s.EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_HOST_USER, s.EMAIL_HOST_PASSWORD, s.EMAIL_USE_TLS, s.EMAIL_USE_SSL]
print(json.dumps(told))
"""


def _start(ask: str = ASK, **values: str) -> subprocess.CompletedProcess[str]:
    """Load the settings as a process of an installation does."""
    own = {"PATH": os.environ["PATH"], "KEBEN_IGNORE_ENV_FILES": "1", "SECRET_KEY": "x" * 40}
    command = [sys.executable, "-c", ask]
    return subprocess.run(command, cwd=BASE_DIR, env={**own, **values}, capture_output=True, text=True)


def test_the_line_of_the_readme_sends_the_password_only_after_starttls() -> None:
    readme = (BASE_DIR / "README.md").read_text(encoding="utf-8")
    example = re.search(r"\| `EMAIL_URL` \| `([^`]+)`", readme)[1]
    assert json.loads(_start(EMAIL_URL=example).stdout) == ["host", 587, "user", "password", True, False]


def test_without_an_address_no_server_is_fallen_back_to() -> None:
    ask = ASK.replace("told = [", "told = [s.EMAIL_CONFIGURED, s.EMAIL_BACKEND, ")
    for values in ({}, {"EMAIL_URL": ""}, {"EMAIL_URL": " "}):
        told = json.loads(_start(ask, **values).stdout)
        assert told[:4] == [False, "core.mailoff.RefusingBackend", "", 0]


def test_a_word_that_is_no_address_stops_the_start() -> None:
    answer = _start(EMAIL_URL="foo")
    assert answer.returncode != 0
    assert "The variable EMAIL_URL must begin with one of smtp://" in answer.stderr


@pytest.mark.parametrize(
    ("scheme", "port", "security"),
    [
        ("smtp", 25, addresses.PLAIN),
        ("smtp+tls", 587, addresses.STARTTLS),
        ("submission", 587, addresses.STARTTLS),
        ("smtps", 465, addresses.TLS),
        ("smtp+ssl", 465, addresses.TLS),
    ],
)
def test_each_scheme_has_its_own_port_and_security(scheme: str, port: int, security: str) -> None:
    server = addresses.mail_server(f"{scheme}://mail.example.com")
    assert (server.port, server.security) == (port, security)
    assert addresses.mail_server(f"{scheme}://mail.example.com:2525").port == 2525


def test_special_characters_come_back_from_their_percent_form() -> None:
    server = addresses.mail_server("smtp+tls://me%40example.com:p%2Fa%3Ass@mail.example.com/")
    assert (server.user, server.password) == ("me@example.com", "p/a:ss")


def test_the_sender_may_be_named() -> None:
    assert addresses.mail_server("smtp://h?_default_from_email=crm@example.com").sender == "crm@example.com"


@pytest.mark.parametrize(
    "url", ["smtp://", "smtp+tls:host", "console://", "http://host", "smtp://h:0x", "smtp://h?tls=1"]
)
def test_what_is_not_understood_is_refused_by_name(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="The variable EMAIL_URL"):
        addresses.mail_server(url)


def test_a_refusal_never_repeats_the_password() -> None:
    for url in ("smtp://me:top/secret@host", "foo://me:secret@host", "smtp://me:secret@"):
        with pytest.raises(ImproperlyConfigured) as refused:
            addresses.mail_server(url)
        assert "secret" not in str(refused.value)
        assert "top" not in str(refused.value)
