"""A logo is any picture that a person has, stored small and anew; everybody sees it, and odd files are refused."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import AuditEntry
from conftest import Cast
from core.models import Company, CompanyLogo
from workbench.settings import logo

pytestmark = pytest.mark.django_db
URL = "/settings/company/logo/"


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 300), mode: str = "RGBA", **more: Any) -> bytes:
    made = BytesIO()
    Image.new(mode, size, (200, 30, 30, 90)[: len(mode)]).save(made, kind, **more)
    return made.getvalue()


@pytest.fixture
def send(sign_in: Any, cast: Cast, django_capture_on_commit_callbacks: Any) -> Callable[..., str]:
    """Uploads a file and returns what the person is told."""

    def upload(data: bytes, person: Any = None) -> str:
        client = sign_in(person or cast.admin)
        with django_capture_on_commit_callbacks(execute=True):
            sent = {"logo": SimpleUploadedFile("logo.png", data)} if data else {}
            answer = client.post(URL, sent, follow=True)
        return " ".join(str(message) for message in answer.context["messages"])

    return upload


def test_it_stands_in_the_menu_and_on_the_sign_in_page_and_goes_again(
    send: Any, sign_in: Any, cast: Cast, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    assert "new logo" in send(picture())
    name = Company.objects.get().logo
    address = f"/company/logo/{name}.webp"
    assert name.endswith("-480x160")
    for page in (client.get("/login/"), sign_in(cast.wang).get("/profile/")):
        assert address in page.content.decode()
    shown = client.get(address)
    assert shown.headers["Content-Type"] == "image/webp"
    assert "immutable" in shown.headers["Cache-Control"]
    with Image.open(BytesIO(shown.content)) as stored:
        assert (stored.size, stored.mode) == ((480, 160), "RGBA")
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(cast.admin).post(URL + "remove/")
    assert address not in client.get("/login/").content.decode()
    assert client.get(address).status_code == 404
    acts = AuditEntry.objects.filter(act__startswith="company.logo").order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["company.logo_change", "company.logo_remove"]
    changes = sign_in(cast.admin).get("/settings/company/").context["changes"]
    assert [str(change.act) for change in changes] == ["removed the logo", "changed the logo"]


def test_nothing_but_the_pixels_of_a_file_is_kept(send: Any) -> None:
    """What hides behind or beside a picture reaches nobody, and a photo stands upright."""
    turned = Image.Exif()
    turned[0x0112] = 6  # lies on its side
    turned[0x010E] = "secret place"
    send(picture("JPEG", (300, 600), "RGB", exif=turned) + b"<script>alert(1)</script>")
    data = bytes(CompanyLogo.objects.get().data)
    assert b"script" not in data
    assert b"secret" not in data
    with Image.open(BytesIO(data)) as stored:
        assert stored.size == (320, 160)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no file was chosen"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture in PNG, JPEG or WebP"),
        (picture()[:200], "no picture in PNG, JPEG or WebP"),
        (picture("GIF", mode="P"), "no picture in PNG, JPEG or WebP"),
        (picture(size=(12, 300)), "too few"),
        (picture(mode="L", size=(6000, 5000)), "too many"),
        (b"x" * (logo.MOST_BYTES + 1), "5.0 MB, up to 5 MB"),
    ],
)
def test_an_odd_file_is_refused_with_what_to_do(send: Any, data: bytes, words: str) -> None:
    assert words in send(data)
    assert not CompanyLogo.objects.exists()


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "RGB"])
def test_pictures_of_every_kind_are_read(send: Any, mode: str) -> None:
    made = BytesIO()
    Image.new("RGB", (64, 64), "red").convert(mode).save(made, "JPEG" if mode == "CMYK" else "PNG")
    assert "new logo" in send(made.getvalue())


@pytest.mark.parametrize("tag", [0x0100, 0x011A, 0x6E])
def test_a_photo_with_broken_notes_of_its_camera_is_read(send: Any, tag: int) -> None:
    """Phones and mail programs write tags of a kind that they can't have."""
    notes = Image.Exif()
    notes[0x0112], notes[0x010E] = 6, "x" * 20
    broken = notes.tobytes().replace(b"\x01\x0e", tag.to_bytes(2, "big"))
    assert "new logo" in send(picture(exif=broken))
    assert "new logo" in send(picture(size=(900, 301), exif=notes.tobytes().replace(b"MM", b"XX", 1)))


def test_a_picture_that_packs_badly_stays_small(send: Any) -> None:
    send(picture_of_noise())
    assert len(bytes(CompanyLogo.objects.get().data)) < 100_000


def picture_of_noise() -> bytes:
    made = BytesIO()
    Image.effect_noise((700, 400), 100).convert("RGB").save(made, "PNG")
    return made.getvalue()


def test_who_only_sees_settings_changes_no_logo(sign_in: Any, cast: Cast) -> None:
    assert sign_in(cast.auditor).post(URL).status_code == 403
    assert sign_in(cast.auditor).post(URL + "remove/").status_code == 403
