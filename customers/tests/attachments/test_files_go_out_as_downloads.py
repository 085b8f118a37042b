"""No browser opens a file as a page of ours; what is gone is a 404, whenever it went."""

import threading
from typing import Any

import pytest
from django.db import connection

from core.files import serve, store
from core.models import StoredFile
from core.tests.files import samples
from customers import services
from customers.models import Attachment, Customer
from customers.tests.attachments.conftest import attached, kept
from tests.races import at_once

pytestmark = pytest.mark.django_db


def test_everything_is_saved_never_opened(cast: Any, customer: Any, sign_in: Any) -> None:
    attachment = attached(customer, cast.wang, '报价 "A";x.pdf')
    answer = sign_in(cast.wang).get(f"/attachments/{attachment.pk}/download/")
    assert b"".join(answer.streaming_content) == samples.PDF
    said = answer["Content-Disposition"]
    assert said.startswith("attachment; filename*=utf-8''%E6%8A%A5%E4%BB%B7")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Type"] == "application/pdf"


def test_only_pictures_of_our_own_making_are_shown(cast: Any, customer: Any, sign_in: Any) -> None:
    page = sign_in(cast.wang)
    pdf, photo = attached(customer, cast.wang), attached(customer, cast.wang, "a.jpg", samples.photo_with_place())
    assert page.get(f"/attachments/{pdf.pk}/picture/").status_code == 404
    assert page.get(f"/attachments/{pdf.pk}/small/").status_code == 404
    shown = page.get(f"/attachments/{photo.pk}/picture/")
    assert shown["Content-Disposition"].startswith("inline")
    assert b"CANARY" not in b"".join(shown.streaming_content)


@pytest.mark.parametrize("path", ["../../settings.py", "%2e%2e/%2e%2e/etc/passwd", "..%2f..%2fkeben", "0" * 32])
def test_no_address_leads_elsewhere_on_the_disk(cast: Any, customer: Any, sign_in: Any, path: str) -> None:
    attached(customer, cast.wang)
    page = sign_in(cast.wang)
    for address in (f"/files/{path}/small/", f"/attachments/{path}/download/", f"/media/attachments/{path}"):
        assert page.get(address).status_code == 404, address


def test_a_file_missing_on_the_disk_is_a_404(cast: Any, customer: Any, sign_in: Any) -> None:
    attachment = attached(customer, cast.wang)
    store.path_of(attachment.file).unlink()
    assert sign_in(cast.wang).get(f"/attachments/{attachment.pk}/download/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_download_that_has_begun_ends_though_the_file_is_removed(cast: Any, customer: Any) -> None:
    content = b"%PDF-1.7\n" + bytes(3_000_000) + b"\n%%EOF"
    file = kept(cast.wang, "a.pdf", content)
    answer = serve.download(file)
    stream = iter(answer.streaming_content)
    begin = next(stream)
    store.drop([file.pk])
    assert not store.path_of(file).exists()
    assert begin + b"".join(stream) == content
    answer.file_to_stream.close()


@pytest.mark.django_db(transaction=True)
def test_deleted_for_good_with_its_customer_it_is_off_the_disk(cast: Any, customer: Any) -> None:
    attachment = attached(customer, cast.wang)
    services.customer_delete(customer=customer, by=cast.admin)
    services.customer_purge(customer=customer, by=cast.admin)
    assert not Customer.all_objects.exists()
    assert not StoredFile.objects.exists()
    assert not store.path_of(attachment.file).exists()
    assert store.space().used == 0


@pytest.mark.django_db(transaction=True)
def test_two_forms_never_take_one_file_twice(cast: Any, customer: Any) -> None:
    file, start = kept(cast.wang), threading.Barrier(4)

    def save(_turn: int) -> bool:
        start.wait()
        try:
            services.attach(files=[file], on="customer", on_id=customer.pk, customer=customer, by=cast.wang)
        except Exception:  # whichever of the two guards is faster
            return False
        finally:
            connection.close()
        return True

    assert sorted(at_once(save, 4)) == [False, False, False, True]
    assert Attachment.objects.count() == 1


def test_the_list_shows_a_small_picture_only_to_who_may_open_it(cast: Any, customer: Any, sign_in: Any) -> None:
    photo = attached(customer, cast.wang, "a.jpg", samples.picture())
    pdf = attached(customer, cast.wang)
    mine = sign_in(cast.wang).get("/attachments/").content.decode()
    assert mine.count('<img class="thumb"') == 1
    assert f'src="/attachments/{photo.pk}/small/"' in mine
    assert f'href="/attachments/{pdf.pk}/download/"' in mine
    store.path_of(photo.file).unlink()
    StoredFile.objects.filter(pk=photo.file_id).update(lost_at=photo.created_at)
    assert '<img class="thumb"' not in sign_in(cast.wang).get("/attachments/").content.decode()
