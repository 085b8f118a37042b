"""A form sent after its session has ended is kept on the server and shown again after sign-in, without JavaScript."""

import re
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.test import Client

from accounts.models import User
from accounts.tests.helpers import sign_in_by_form, text_of
from core.models import HeldPost

pytestmark = pytest.mark.django_db
TYPED = "这是我写了两千字的拜访记录。" * 140


@pytest.fixture
def admin(cast: Any) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.cookies["django_language"] = "en"
    token = _token(client, "/login/")
    sign_in_by_form(client, "admin@example.com", headers={"X-CSRFToken": token})
    return client


def _token(client: Client, path: str) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text_of(client.get(path))).group(1)


def _type(client: Client, path: str = "/settings/users/new/", **more: Any) -> Any:
    token = _token(client, path)
    Session.objects.all().delete()  # killed on the server while the person was typing
    role = User.objects.get(email="wang@example.com").role_id
    fields = {"name": TYPED[:60], "email": "fresh@example.com", "role": role, "notes": TYPED, "password": "hush"}
    return client.post(path, {"csrfmiddlewaretoken": token, **fields}, **more)


def _sign_in_again(client: Client, response: Any, name: str = "admin@example.com") -> Any:
    login = response.headers["Location"]
    page = text_of(client.get(login))
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page).group(1)
    target = re.findall(r'name="next" value="([^"]*)"', page)[-1].replace("&amp;", "&")
    return sign_in_by_form(client, name, next=target, headers={"X-CSRFToken": token})


def test_text_is_back_after_sign_in_and_saved_once(admin: Client) -> None:
    response = _type(admin)
    assert response.headers["Location"].startswith("/login/?next=%2Fsettings%2Fusers%2Fnew%2F&kept=1")
    assert HeldPost.objects.get().data["notes"] == [TYPED]  # every character
    assert "comes back" in text_of(admin.get(response.headers["Location"]))
    back = admin.get(_sign_in_again(admin, response).headers["Location"])
    assert TYPED[:60] in text_of(back)
    assert "Your entries are back" in text_of(back)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text_of(back)).group(1)
    role = User.objects.get(email="wang@example.com").role_id
    saved = admin.post(
        "/settings/users/new/",
        {"csrfmiddlewaretoken": token, "name": TYPED[:60], "email": "fresh@example.com", "role": role},
    )
    assert saved.status_code == 200
    assert User.objects.filter(email="fresh@example.com").count() == 1
    assert not HeldPost.objects.exists()


def test_a_reload_shows_it_again(admin: Client) -> None:
    target = _sign_in_again(admin, _type(admin)).headers["Location"]
    for _n in range(2):
        assert TYPED[:60] in text_of(admin.get(target))


def test_passwords_are_never_kept(admin: Client) -> None:
    _type(admin)
    assert "hush" not in str(HeldPost.objects.get().data)


def test_another_person_at_the_same_browser_sees_nothing_of_it(admin: Client, cast: Any) -> None:
    User.objects.filter(pk=cast.lead.pk).update(role=cast.admin.role)
    target = _sign_in_again(admin, _type(admin), name="lead@example.com").headers["Location"]
    assert TYPED[:60] not in text_of(admin.get(target))


def test_another_browser_sees_nothing_of_it(admin: Client, sign_in: Any, cast: Any) -> None:
    _type(admin)
    assert TYPED[:60] not in text_of(sign_in(cast.admin).get("/settings/users/new/"))


def test_what_another_site_sends_is_not_kept(admin: Client) -> None:
    response = _type(admin, headers={"Origin": "https://evil.example"})
    assert response.status_code == 403
    response = Client().post("/settings/users/new/", {"name": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert "kept" not in response.headers.get("Location", "")
    assert not HeldPost.objects.exists()


def test_signed_out_everywhere_counts_as_expired_too(admin: Client, cast: Any) -> None:
    token = _token(admin, "/settings/users/new/")
    User.objects.filter(pk=cast.admin.pk).update(session_epoch=7)
    response = admin.post("/settings/users/new/", {"csrfmiddlewaretoken": token, "name": "kept"})
    assert "kept=1" in response.headers["Location"]


def test_an_address_that_only_takes_posts_offers_to_send_again(admin: Client, cast: Any) -> None:
    token = _token(admin, "/settings/teams/")
    Session.objects.all().delete()
    response = admin.post("/settings/teams/new/", {"csrfmiddlewaretoken": token, "name": "Chengdu", "parent": ""})
    page = admin.get(_sign_in_again(admin, response).headers["Location"])
    assert page.status_code == 200
    assert "Chengdu" in text_of(page)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text_of(page)).group(1)
    sent = admin.post("/settings/teams/new/", {"csrfmiddlewaretoken": token, "name": "Chengdu", "parent": ""})
    assert sent.headers["Location"] == "/settings/teams/"
    assert not HeldPost.objects.exists()


def test_a_form_of_another_tab_with_an_old_token_comes_back_too(admin: Client) -> None:
    old = _token(admin, "/settings/users/new/")
    Session.objects.all().delete()
    _sign_in_again(admin, admin.post("/settings/users/new/", {"name": "first tab"}))  # rotates the token
    response = admin.post(
        "/settings/users/new/",
        {"csrfmiddlewaretoken": old, "name": "second tab"},
        headers={"Origin": "http://testserver"},
    )
    assert response.headers["Location"] == "/settings/users/new/"
    assert "second tab" in text_of(admin.get("/settings/users/new/"))
    assert not User.objects.filter(name="second tab").exists()


def test_a_part_of_a_page_leads_the_whole_page_to_sign_in(admin: Client) -> None:
    Session.objects.all().delete()
    response = admin.get(
        "/settings/users/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/customers/?q=x"}
    )
    assert response.headers["HX-Redirect"] == "/login/?next=%2Fcustomers%2F%3Fq%3Dx"
    response = admin.post("/settings/users/new/", {"name": "x"}, headers={"HX-Request": "true"})
    assert response.headers["HX-Redirect"].startswith("/login/?next=%2Fsettings")


def test_too_much_or_too_long_is_not_kept_and_says_so_by_silence(cast: Any) -> None:
    response = Client().post("/settings/users/new/", {"name": "x" * 60_000})
    assert response.headers["Location"].endswith("kept=")
    assert not HeldPost.objects.exists()


@pytest.mark.parametrize("kind", ["form", "upload"])
def test_of_a_sender_without_a_session_no_large_body_is_read(cast: Any, kind: str) -> None:
    """Anybody could send one; forms of ours are short, and files can't be given back anyway."""
    fields = {"text": "x" * 500_000}
    upload = {"text": "x", "file": SimpleUploadedFile("a.csv", b"x" * 500_000)}
    how = {"data": urlencode(fields), "content_type": "application/x-www-form-urlencoded"}
    client, read = Client(enforce_csrf_checks=True), []
    with patch.object(HttpRequest, "_load_post_and_files", lambda self: read.append(self.path)):
        answer = client.post("/imports/new/", **(how if kind == "form" else {"data": upload}))
    assert answer["Location"] == "/login/?next=%2Fimports%2Fnew%2F&kept="
    assert (read, HeldPost.objects.count()) == ([], 0)
