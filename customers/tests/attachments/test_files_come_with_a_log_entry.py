"""Photos and files go along with what is logged: chosen before, or sent with the form; once, whatever else is wrong."""

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.files import store
from core.models import StoredFile
from core.tests.files import samples
from customers import services
from customers.models import Attachment, Interaction
from customers.tests.attachments.conftest import kept

pytestmark = pytest.mark.django_db


def entry(**more: Any) -> dict[str, Any]:
    return {
        "kind": "visit",
        "result": "reached",
        "next_step": "none",
        "occurred_at": "2026-11-01T10:00",
        "idempotency_key": str(uuid.uuid4()),
        **more,
    }


def photo(name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, samples.picture(), "image/jpeg")


@pytest.fixture
def address(customer: Any) -> str:
    return f"/interactions/new/?customer={customer.pk}"


def test_without_a_script_they_come_with_the_form(sign_in: Any, cast: Any, address: str) -> None:
    answer = sign_in(cast.wang).post(address, entry(brought_new=[photo(), SimpleUploadedFile("报价.pdf", samples.PDF)]))
    assert answer.status_code == 302, answer.content.decode()
    found = Attachment.objects.order_by("pk")
    logged = Interaction.objects.get()
    assert [(one.file.name, one.what, one.on, one.on_id) for one in found] == [
        ("photo.jpg", "photo", "interaction", logged.pk),
        ("报价.pdf", "other", "interaction", logged.pk),
    ]


def test_chosen_before_they_come_by_their_tokens(sign_in: Any, cast: Any, address: str) -> None:
    page = sign_in(cast.wang)
    told = page.post("/files/", {"file": photo()})
    assert told.status_code == 201
    small = page.get(f"/files/{told.json()['token']}/small/")
    assert (small["Content-Type"], b"".join(small.streaming_content)[8:12]) == ("image/webp", b"WEBP")
    assert page.post(address, entry(brought=[told.json()["token"]])).status_code == 302
    assert Attachment.objects.get().file.name == "photo.jpg"


def test_a_form_that_is_refused_keeps_them(sign_in: Any, cast: Any, address: str) -> None:
    page = sign_in(cast.wang)
    refused = page.post(
        address, entry(result="", brought_new=[photo(), SimpleUploadedFile("a.exe", b"MZ\x90\x00" * 9)])
    )
    assert refused.status_code == 422
    text = refused.content.decode()
    token = StoredFile.objects.get().token
    assert f'value="{token}" checked' in text
    assert "a.exe: files of this kind" in text
    assert page.post(address, entry(brought=[token])).status_code == 302
    assert Attachment.objects.get().file.token == token


def test_a_draft_brings_them_back(sign_in: Any, cast: Any, customer: Any, address: str) -> None:
    page, file = sign_in(cast.wang), kept(cast.wang, "合同.pdf")
    data = f'[["kind", "visit"], ["brought", "{file.token}"]]'
    page.post("/drafts/", {"form_key": f"interaction:{customer.pk}", "data": data})
    assert f'value="{file.token}" checked' in page.get(address).content.decode()


def test_the_same_form_twice_is_one_entry_with_one_file(sign_in: Any, cast: Any, address: str) -> None:
    page, sent = sign_in(cast.wang), entry(summary="x")
    for _turn in range(2):
        assert page.post(address, {**sent, "brought_new": [photo()]}).status_code == 302
    assert (Interaction.objects.count(), Attachment.objects.count()) == (1, 1)


@pytest.mark.parametrize("where", ["log", "files"])
def test_a_form_whose_files_went_before_it_answers_the_same_twice(
    sign_in: Any, cast: Any, customer: Any, address: str, where: str
) -> None:
    """The second press of the button finds the files taken, by the first."""
    page, file = sign_in(cast.wang), kept(cast.wang, "合同.pdf")
    sent = entry(brought=[file.token]) if where == "log" else {"brought": [file.token], "seen": "all"}
    sent["idempotency_key"] = str(uuid.uuid4())
    path = address if where == "log" else f"/attachments/new/?on=customer&row={customer.pk}"
    first, second = (page.post(path, sent) for _turn in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert Attachment.objects.count() == 1
    other = page.post(path, {**sent, "seen": "me", "summary": "another"})  # another form under the same key
    assert other.status_code == 422
    assert Attachment.objects.get().seen == "all"


def test_somebody_elses_file_is_never_taken(sign_in: Any, cast: Any, address: str) -> None:
    theirs = kept(cast.li)
    page = sign_in(cast.wang)
    assert page.post(address, entry(brought=[theirs.token])).status_code == 422
    assert page.get(f"/files/{theirs.token}/small/").status_code == 404
    assert not Attachment.objects.exists()


def test_an_entry_that_is_taken_back_takes_its_files_along(cast: Any, customer: Any) -> None:
    logged = services.interaction_log(
        customer=customer, by=cast.wang, kind="call", result="reached", files=[kept(cast.wang)]
    )
    services.interaction_undo(interaction=logged, by=cast.wang)
    assert not Attachment.objects.exists()
    assert Attachment.all_objects.get().deleted_at is not None


def test_the_history_shows_them(sign_in: Any, cast: Any, customer: Any) -> None:
    file = kept(cast.wang, "photo.jpg", samples.picture())
    services.interaction_log(customer=customer, by=cast.wang, kind="call", result="reached", files=[file])
    pk = Attachment.objects.get().pk
    text = sign_in(cast.wang).get(f"/customers/{customer.pk}/").content.decode()
    assert text.count(f"/attachments/{pk}/small/") == 2  # in the history and in the panel
    masked = sign_in(cast.auditor).get(f"/customers/{customer.pk}/").content.decode()
    assert f"/attachments/{pk}/" not in masked
    assert "photo.jpg" in masked


def test_more_than_ten_are_refused(sign_in: Any, cast: Any, address: str) -> None:
    answer = sign_in(cast.wang).post(address, entry(brought_new=[photo(f"{n}.jpg") for n in range(11)]))
    assert answer.status_code == 422
    assert "Up to 10 files" in answer.content.decode()
    assert store.StoredFile.objects.count() == 10
