"""What is too large, or of unknown length, is refused before anything of it is read or stored."""

import uuid
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.request import HttpRequest
from django.test import Client, RequestFactory

from accounts import heldposts
from accounts.services import token_create
from core.models import HeldPost
from core.sizes import FORM_BYTES, UPLOAD_BYTES

pytestmark = pytest.mark.django_db
CSV = b"number,name\n" + b"C-1,%s\n" % (b"x" * 90) * 15_000


class Unread:
    """A body that must not be touched."""

    def read(self, *_: Any) -> bytes:
        raise AssertionError("the body was read")

    readline = read


def send(client: Client, path: str, length: int, **more: Any) -> Any:
    head = {"CONTENT_LENGTH": str(length), "CONTENT_TYPE": "multipart/form-data; boundary=x", "wsgi.input": Unread()}
    return client.generic("POST", path, **head, **more)


@pytest.mark.parametrize("path", ["/login/", "/password/reset/", "/customers/new/", "/drafts/", "/imports/new/"])
@pytest.mark.parametrize("length", [FORM_BYTES + 1, 80 * 1024 * 1024])
def test_a_stranger_sends_no_more_than_a_form(client: Client, cast: Any, path: str, length: int) -> None:
    answer = send(client, path, length)
    assert answer.status_code == 413
    assert "Content-Security-Policy" in answer.headers


def test_the_api_says_so_as_a_problem(client: Client, cast: Any) -> None:
    answer = send(client, "/api/v1/imports/", FORM_BYTES + 1, headers={"Accept-Language": "en"})
    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "signed in" in answer.json()["detail"]


def test_signed_in_people_send_large_files_to_the_imports_alone(sign_in: Any, cast: Any) -> None:
    wang = sign_in(cast.wang)
    assert send(wang, "/customers/new/", FORM_BYTES + 1).status_code == 413
    assert send(wang, "/imports/new/", UPLOAD_BYTES + 1).status_code == 413
    assert send(sign_in(cast.auditor), "/imports/new/", FORM_BYTES + 1).status_code == 413


@pytest.mark.parametrize("path", ["/login/", "/api/v1/customers/"])
def test_an_unknown_length_is_refused(client: Client, cast: Any, path: str) -> None:
    answer = client.generic("POST", path, headers={"Transfer-Encoding": "chunked"}, **{"wsgi.input": Unread()})
    assert answer.status_code == 411


def test_a_file_over_a_megabyte_comes_in_by_page_and_by_api(
    sign_in: Any, cast: Any, settings: Any, tmp_path: Any
) -> None:
    settings.STORAGE_DIR = str(tmp_path)
    assert len(CSV) > FORM_BYTES
    form = {"kind": "customers", "file": SimpleUploadedFile("a.csv", CSV), "idempotency_key": str(uuid.uuid4())}
    assert sign_in(cast.wang).post("/imports/new/", form).status_code == 302
    token = {"Authorization": f"Token {token_create(user=cast.wang, by=cast.wang)}"}
    body = {"kind": "customers", "file": SimpleUploadedFile("b.csv", CSV)}
    made = Client().post("/api/v1/imports/", body, headers=token)
    assert made.status_code == 201, made.content
    body["file"].seek(0)
    refused = Client().post("/api/v1/imports/", body, headers={"Authorization": "Token nonsense"})
    assert refused.status_code == 413


# --- kept forms
def _post(address: str, **fields: str) -> HttpRequest:
    data, kind = urlencode(fields), "application/x-www-form-urlencoded"
    request = RequestFactory().post("/customers/new/", data, content_type=kind, REMOTE_ADDR=address)
    request.session = {}
    return request


def test_names_count_like_values(db: None) -> None:
    assert heldposts.hold(_post("10.0.0.1", **{"n" * heldposts.MAX_CHARS: "x"}), None) is None
    assert heldposts.hold(_post("10.0.0.1", note="x"), None)


def test_one_address_fills_nothing_up(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(heldposts.MAX_PER_ADDRESS):
        assert heldposts.hold(_post("10.0.0.1", note="x"), None)
    assert heldposts.hold(_post("10.0.0.1", note="x"), None) is None
    assert heldposts.hold(_post("10.0.0.2", note="x"), None)
    assert "10.0.0" not in str(HeldPost.objects.values())
    monkeypatch.setattr(heldposts, "MAX_UNKNOWN", HeldPost.objects.count())
    assert heldposts.hold(_post("10.0.0.3", note="x"), None) is None


class Broken:
    """A body that ends before its length is there."""

    def __init__(self, begin: bytes) -> None:
        self.pieces = [begin]

    def read(self, *_: Any) -> bytes:
        if not self.pieces:
            raise ConnectionResetError
        return self.pieces.pop()

    readline = read


def test_an_upload_that_breaks_off_is_told_so(sign_in: Any, cast: Any, settings: Any) -> None:
    client, key = Client(enforce_csrf_checks=True), token_create(user=cast.wang, by=cast.wang)
    client.cookies.update(sign_in(cast.wang).cookies)
    client.cookies[settings.CSRF_COOKIE_NAME] = "b" * 32
    begin = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nnumber,name\r\n'
    head = {"CONTENT_LENGTH": str(FORM_BYTES + 1), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    english = {"Accept-Language": "en"}
    page = client.generic("POST", "/imports/new/", headers=english, **head, **{"wsgi.input": Broken(begin)})
    assert (page.status_code, "Send it again" in page.text) == (408, True)
    client = Client(raise_request_exception=False)
    english["Authorization"] = f"Token {key}"
    answer = client.generic("POST", "/api/v1/imports/", headers=english, **head, **{"wsgi.input": Broken(begin)})
    assert (answer.status_code, answer.headers["Content-Type"]) == (408, "application/problem+json")
