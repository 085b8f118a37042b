"""Under https every cookie has the prefix no neighbour can forge, and Django's deployment checks find nothing."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as real
from django.http import HttpResponse
from django.test import Client, RequestFactory

from accounts import heldposts, sessions
from accounts.tests.helpers import sign_in_by_form
from core.cookies import MessageCookies, host_name
from crm.addresses import is_on_the_internet

ENVIRONMENT = {
    "KEBEN_IGNORE_ENV_FILES": "1",
    "SECRET_KEY": "a-key-for-this-test-with-many-different-characters-0123456789",
}
SAY = "from crm import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.LANGUAGE_COOKIE_NAME)"


def _python(tmp_path: Path, *arguments: str) -> str:
    given = ENVIRONMENT | {"BASE_URL": "https://crm.example.com", "KEBEN_DATA": str(tmp_path)}
    given |= {"DJANGO_SETTINGS_MODULE": "crm.settings", "DEBUG": "false"}
    command = [sys.executable, "-W", "ignore", *arguments]
    done = subprocess.run(command, env=os.environ | given, cwd=real.BASE_DIR, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_the_deployment_checks_find_nothing(tmp_path: Path) -> None:
    assert "no issues" in _python(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING")


def test_the_cookies_of_the_settings_have_the_prefix(tmp_path: Path) -> None:
    assert _python(tmp_path, "-c", SAY).split() == ["__Host-session", "__Host-csrf", "__Host-language"]


HSTS = "from crm import settings as s; print(s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS)"


def test_https_is_promised_for_this_host_and_for_those_below_only_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _python(tmp_path, "-c", HSTS).split() == ["31536000", "False"]
    monkeypatch.setenv("HSTS_INCLUDE_SUBDOMAINS", "on")
    assert _python(tmp_path, "-c", HSTS).split() == ["31536000", "True"]


@pytest.mark.parametrize(
    ("host", "promised"),
    [
        ("crm.example.com", True),
        ("192.168.1.10", False),
        ("[fd00::1]", False),
        ("office-pc", False),
        ("office-pc.local", False),
        ("crm.lan", False),
    ],
)
def test_an_office_with_a_certificate_of_its_own_is_promised_nothing(host: str, promised: bool) -> None:
    assert is_on_the_internet(host) is promised


def test_all_other_cookies_have_it_too(cast: Any, settings: Any) -> None:
    settings.HTTPS = True
    client = Client()
    sign_in_by_form(client, "wang@example.com")
    client.post("/theme/", {"theme": "dark"})
    own = {name: cookie for name, cookie in client.cookies.items() if name != real.SESSION_COOKIE_NAME}
    assert {"__Host-person", "__Host-theme"} <= set(own)
    for name, cookie in own.items():
        assert name.startswith("__Host-") or name in (real.CSRF_COOKIE_NAME, real.LANGUAGE_COOKIE_NAME)
        assert (cookie["path"], cookie["domain"]) == ("/", "")
    assert MessageCookies(RequestFactory().get("/")).cookie_name == "__Host-messages"


@pytest.mark.parametrize(("https", "read"), [(True, False), (False, True)])
def test_a_planted_cookie_without_the_prefix_is_not_read(cast: Any, settings: Any, https: bool, read: bool) -> None:
    response = HttpResponse()
    sessions.remember_person(response, cast.wang)
    request = RequestFactory().get("/")
    request.COOKIES["person"] = response.cookies["person"].value
    settings.HTTPS = https
    assert (sessions.last_person(request) == cast.wang.pk) is read
    assert host_name(heldposts.COOKIE) == ("__Host-held" if https else "held")


def test_answers_are_for_this_site_alone(client: Client, db: None) -> None:
    answer = client.get("/login/")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["X-Frame-Options"] == "DENY"
