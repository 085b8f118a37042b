"""A file is as visible as what it hangs on, and no more than it is meant for: pages, search, lists, API."""

from typing import Any

import pytest
from django.http import HttpResponse

from accounts.models import AuditEntry
from accounts.scope import ScopedQuerySet
from customers import services
from customers.models import Attachment, AttachmentQuerySet, CustomerShare
from customers.tests.attachments.conftest import attached

pytestmark = pytest.mark.django_db
PEOPLE = ("wang", "li", "lead", "manager", "agent", "auditor", "admin", "outsider")


def seen_by(cast: Any) -> set[str]:
    return {name for name in PEOPLE if Attachment.objects.for_user(getattr(cast, name)).exists()}


@pytest.mark.parametrize(
    ("seen", "by", "people"),
    [
        ("all", "wang", {"wang", "lead", "manager", "agent", "auditor", "admin"}),
        ("leads", "wang", {"wang", "lead", "manager", "admin"}),
        ("leads", "agent", {"agent", "wang", "lead", "manager", "admin"}),
        ("me", "wang", {"wang", "admin"}),
        ("me", "lead", {"lead", "admin"}),
    ],
)
def test_each_level_has_its_readers(
    cast: Any, customer: Any, sign_in: Any, seen: str, by: str, people: set[str]
) -> None:
    attachment = attached(customer, getattr(cast, by), "secret-offer.pdf", seen=seen)
    assert seen_by(cast) == people
    for name in PEOPLE:
        page = sign_in(getattr(cast, name))
        found = name in people
        answer = page.get(f"/attachments/{attachment.pk}/download/")
        b"".join(answer.streaming_content if answer.streaming else ())
        assert (answer.status_code != 404) == found, name
        assert (attachment.file.name in text(page.get("/attachments/"))) == found, name
        assert (attachment.file.name in text(page.get("/search/?q=secret-offer"))) == found, name
        assert (attachment.file.name in text(page.get(f"/customers/{customer.pk}/"))) == found, name
        assert len(page.get("/api/v1/attachments/").json()["results"]) == int(found), name


def text(answer: HttpResponse) -> str:
    return answer.content.decode().replace("?q=secret-offer", "")


def test_without_the_guard_everybody_would_see_it(cast: Any, customer: Any, monkeypatch: Any) -> None:
    """The twin: scoped as other rows of a customer, a file for one person is seen by eight minus one."""
    attached(customer, cast.wang, seen="me")
    monkeypatch.setattr(AttachmentQuerySet, "_within", ScopedQuerySet._within)
    assert seen_by(cast) == {"wang", "lead", "manager", "agent", "auditor", "admin"}


def test_a_collaborator_sees_what_is_for_all_and_deletes_only_their_own(cast: Any, customer: Any) -> None:
    services.customer_share(customer=customer, user=cast.outsider, by=cast.wang)
    for_all, for_leads = attached(customer, cast.wang), attached(customer, cast.wang, seen="leads")
    mine = attached(customer, cast.outsider)
    rows = Attachment.objects.for_user(cast.outsider)
    assert set(rows) == {for_all, mine}
    assert list(Attachment.objects.for_user(cast.outsider, "delete")) == [mine]
    CustomerShare.objects.all().delete()
    again = type(cast.outsider).objects.get(pk=cast.outsider.pk)
    assert not Attachment.objects.for_user(again).exists()
    assert for_leads in Attachment.objects.for_user(cast.lead)


def test_who_reads_the_customer_masked_reads_the_name_and_not_the_file(cast: Any, customer: Any, sign_in: Any) -> None:
    attachment = attached(customer, cast.wang)
    address = f"/attachments/{attachment.pk}/download/"
    assert sign_in(cast.auditor).get(address).status_code == 403
    assert sign_in(cast.agent).get(address).status_code == 403
    read(sign_in(cast.lead).get(address))
    assert not AuditEntry.objects.filter(act="attachment.open").exists()
    read(sign_in(cast.admin).get(address))  # may reveal masked values
    assert AuditEntry.objects.get(act="attachment.open").by == cast.admin


def test_only_who_may_fetch_a_file_is_told_its_checksum(cast: Any, customer: Any, sign_in: Any) -> None:
    """It would tell whether a file that one has is the one that one may not read."""
    attachment = attached(customer, cast.wang)
    for name, told in (("wang", True), ("lead", True), ("admin", True), ("auditor", False), ("agent", False)):
        page = sign_in(getattr(cast, name))
        (listed,) = page.get("/api/v1/attachments/").json()["results"]
        alone = page.get(f"/api/v1/attachments/{attachment.pk}/").json()
        expected = attachment.file.sha256 if told else None
        assert (listed["sha256"], alone["sha256"]) == (expected, expected), name


def test_opening_what_is_not_for_all_is_on_record(cast: Any, customer: Any, sign_in: Any) -> None:
    attachment = attached(customer, cast.wang, seen="leads")
    read(sign_in(cast.lead).get(f"/attachments/{attachment.pk}/download/"))
    line = AuditEntry.objects.get(act="attachment.open")
    assert (line.by, line.object_id, line.details["seen"]) == (cast.lead, attachment.pk, "leads")


def test_what_lies_in_the_bin_or_at_a_deleted_customer_is_gone(cast: Any, customer: Any, sign_in: Any) -> None:
    attachment = attached(customer, cast.wang)
    page, address = sign_in(cast.wang), f"/attachments/{attachment.pk}/download/"
    assert page.post(f"/attachments/{attachment.pk}/delete/").status_code == 302
    assert page.get(address).status_code == 404
    assert page.post(f"/attachments/{attachment.pk}/restore/").status_code == 302
    read(page.get(address))
    services.customer_delete(customer=customer, by=cast.wang)
    assert page.get(address).status_code == 404
    services.customer_restore(customer=customer, by=cast.wang)
    read(page.get(address))


def test_only_who_decides_says_who_may_see_it(cast: Any, customer: Any, sign_in: Any) -> None:
    attachment = attached(customer, cast.wang, seen="me")
    change = {"what": "contract", "seen": "all", "version": 1}
    address = f"/attachments/{attachment.pk}/edit/"
    assert sign_in(cast.lead).post(address, change).status_code == 404  # isn't meant for the lead
    assert sign_in(cast.wang).post(address, change).status_code == 302
    attachment.refresh_from_db()
    assert (attachment.seen, attachment.what) == ("all", "contract")
    line = AuditEntry.objects.get(act="attachment.change")
    assert line.details["seen"] == ["me", "all"]
    assert sign_in(cast.auditor).post(address, change).status_code == 403


def read(answer: Any) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)
