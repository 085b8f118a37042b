"""No entry, however odd, makes a page of sign-in, passwords or the profile answer 500."""

from typing import Any

import pytest
from django.test import Client

from conftest import PASSWORD

pytestmark = pytest.mark.django_db
ODD = [
    "",
    " ",
    "x" * 300,
    "é" * 300,
    "\N{REPLACEMENT CHARACTER}",
    "0001-01-01",
    "🙂",
    "'\"<>&",
    "-1",
    "9" * 40,
    "\u202eabc",
]
ODD += ["\t\n", "../../etc", "%s%n", "[[link]]", "\ufeff", "a@b", "@", "+86", "a/b", "Etc/GMT+99", "../UTC"]
FIELDS = {
    "/profile/ways/": ("quiet", "quiet_from", "quiet_until", "digest", "by_push"),
    "/profile/devices/new/": ("endpoint", "public_key", "auth"),
    "/profile/": ("name", "language", "theme", "time_zone", "single_keys", "notice_mails"),
    "/password/change/": ("old_password", "new_password1", "new_password2"),
    "/login/": ("username", "password", "remember", "next", "kept"),
    "/password/reset/": ("username",),
}


@pytest.mark.parametrize("value", ODD, ids=range(len(ODD)))
def test_each_field_of_each_page(sign_in: Any, cast: Any, value: str) -> None:
    person = sign_in(cast.wang)
    good = {"name": "王", "language": "en", "old_password": PASSWORD, "username": "nobody@example.com", "password": "x"}
    for path, names in FIELDS.items():
        client = person if path.startswith(("/profile/", "/password/change/")) else Client(REMOTE_ADDR="10.0.0.9")
        for name in names:
            status = client.post(path, good | {name: value}).status_code
            assert status in (302, 400, 422, 429), (path, name, status)
    assert person.get("/profile/").status_code == 200


@pytest.mark.parametrize(
    "body", [b"", b"name=%ff%fe", b"name=%ed%a0%80", b"name=a&name=b", b"name[]=x", b"=&&&=", b"name=%00"]
)
@pytest.mark.parametrize("path", FIELDS)
def test_odd_bodies(sign_in: Any, cast: Any, path: str, body: bytes) -> None:
    for kind in (
        "application/x-www-form-urlencoded",
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
    ):
        status = sign_in(cast.wang).generic("POST", path, body, content_type=kind).status_code
        assert status < 500, (path, kind, status)


@pytest.mark.parametrize("cookie", ["", "x", "x" * 5000, "eyJpZCI6MX0:1:x", '"', "[[1,2]]"])
def test_odd_cookies(cast: Any, cookie: str) -> None:
    client = Client()
    for name in ("device", "person", "held", "session", "theme", "django_language"):
        client.cookies[name] = cookie
    assert client.get("/login/").status_code == 200
    assert client.post("/login/", {"username": "wang@example.com", "password": PASSWORD}).status_code == 302
