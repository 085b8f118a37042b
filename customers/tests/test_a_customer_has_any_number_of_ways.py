"""Phones and addresses beyond the second are lists: typed, read, masked, found and compared as the first ones are."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from customers import selectors, services
from customers.addresses import dead_in_file
from customers.duplicates.sweep import sweep
from customers.models import Contact, Customer, DeadAddress, DuplicatePair
from customers.tests.imports.test_a_file_brings_own_fields import written
from customers.tests.test_every_field_is_filled_where_the_file_is_made import typed
from customers.tests.test_two_people_edit_one_file import opened
from followups.incoming.matching import found as senders
from intake import engine, undo

pytestmark = pytest.mark.django_db
THIRD, FOURTH, MOBILE = "lilei.work@example.com", "lilei.old@example.com", "13900000003"
LISTS = {"further_emails": [THIRD, FOURTH], "further_phones": [MOBILE]}


def api(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def known(cast, sign_in):
    """Typed into the form of a new customer, in whatever spelling."""
    sent = typed(
        name="李雷", kind="person", further_emails=f"{THIRD}\r\n ；{FOURTH}, {THIRD}", further_phones="139 0000 0003"
    )
    assert sign_in(cast.wang).post(reverse("customer_new"), sent).status_code == 302
    return Customer.objects.get()


def test_they_are_read_on_the_page_and_found_by_who_may_read_them(cast, known, sign_in):
    assert {name: getattr(known, name) for name in LISTS} == LISTS
    page = reverse("customer", args=[known.pk])
    text = sign_in(cast.wang).get(page).content.decode()
    assert all(one in text for one in (THIRD, FOURTH, "139 0000 0003"))
    masked = sign_in(cast.admin).get(page).content.decode()
    assert "139****0003" in masked
    assert "lilei" not in masked
    for words in (FOURTH, "lilei.old", MOBILE, "0003"):
        assert list(selectors.customers_found(cast.wang, words)) == [known]
    assert not selectors.customers_found(cast.admin, FOURTH)


def test_two_edits_of_one_list_are_asked_about_and_of_others_travel_along(cast, known, sign_in):
    client, edit = sign_in(cast.wang), reverse("customer_edit", args=[known.pk])
    mine = opened(cast.wang, known) | {"further_emails": f"{THIRD}\na@example.com"}
    other = opened(cast.wang, known) | {"region": "苏州"}
    services.customer_update(customer=known, changes={"further_emails": [THIRD]}, version=1, by=cast.lead)
    assert client.post(edit, mine).status_code == 409
    assert client.post(edit, other).status_code == 302
    known.refresh_from_db()
    assert (known.further_emails, known.region) == ([THIRD], "苏州")


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"further_emails": "not an address"}, "further_emails"),
        ({"further_phones": "12"}, "further_phones"),
        ({"further_emails": "\n".join(f"a{n}@example.com" for n in range(21))}, "further_emails"),
    ],
)
def test_what_is_none_is_refused_where_it_is_typed_and_over_the_api(cast, known, sign_in, sent, wrong):
    refused = sign_in(cast.wang).post(reverse("customer_new"), typed(**sent))
    assert set(refused.context["form"].errors) == {wrong}
    client, url = api(cast.wang), f"/api/v1/customers/{known.pk}/"
    row = client.get(url)
    lists = {name: text.split("\n") for name, text in sent.items()}
    answer = client.patch(url, lists, format="json", HTTP_IF_MATCH=row["ETag"])
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {wrong})


def test_the_api_reads_and_writes_them(cast, known):
    client, url = api(cast.wang), f"/api/v1/customers/{known.pk}/"
    row = client.get(url)
    assert {name: row.data[name] for name in LISTS} == LISTS
    changed = client.patch(url, {"further_emails": [THIRD.upper()]}, format="json", HTTP_IF_MATCH=row["ETag"])
    assert changed.data["further_emails"] == [THIRD.upper()]
    shown = api(cast.admin).get(url).data
    assert (shown["further_emails"], shown["further_phones"]) == (["L****@EXAMPLE.COM"], ["139****0003"])
    refused = api(cast.admin).patch(url, {"further_phones": []}, format="json", HTTP_IF_MATCH=changed["ETag"])
    assert refused.status_code == 400


def test_who_types_one_again_is_told(cast, known, sign_in):
    client = sign_in(cast.wang)
    for way, text in (
        ("further_emails", FOURTH),
        ("email", THIRD.upper()),
        ("phone", MOBILE),
        ("further_phones", MOBILE),
    ):
        assert "李雷" in client.post(reverse("customer_known"), {way: text}).content.decode(), way
        assert client.post(reverse("customer_new"), typed(**{"name": "另一个", way: text})).status_code == 422


def test_a_contact_has_them_too(cast, customer, sign_in):
    client = sign_in(cast.wang)
    sent = {"name": "沈", "further_emails": THIRD, "further_phones": MOBILE}
    assert client.post(reverse("contact_new", args=[customer.pk]), sent).status_code == 302
    row = Contact.objects.get()
    assert (row.further_emails, row.further_phones) == ([THIRD], [MOBILE])
    assert THIRD in client.get(reverse("customer", args=[customer.pk])).content.decode()
    assert list(selectors.customers_found(cast.wang, THIRD)) == [customer]
    answer = api(cast.wang).get(f"/api/v1/contacts/{row.pk}/")
    patched = api(cast.wang).patch(
        f"/api/v1/contacts/{row.pk}/", {"further_phones": []}, format="json", HTTP_IF_MATCH=answer["ETag"]
    )
    assert patched.data["further_phones"] == []
    assert api(cast.admin).get(f"/api/v1/contacts/{row.pk}/").data["further_emails"] == ["l****@example.com"]
    assert [(one.customer, one.contact) for one in senders("email", email=THIRD)] == [(customer.pk, row.pk)]


def test_files_add_to_them_know_by_them_and_are_taken_back(cast, known):
    head = "客户名称,其他邮箱,其他电话"
    job = written(cast.wang, f'{head}\n李雷,"{FOURTH.upper()}；new@example.com",139 0000 0003\n')
    known.refresh_from_db()
    assert (job.counts["updated"], Customer.objects.count()) == (1, 1)
    assert known.further_emails == [THIRD, FOURTH, "new@example.com"]
    assert known.further_phones == [MOBILE]
    assert written(cast.wang, f"{head}\n李雷,new@example.com,\n").counts["unchanged"] == 1
    undo.undo_start(job=job, by=cast.admin)
    engine.run(job)
    known.refresh_from_db()
    assert known.further_emails == [THIRD, FOURTH]
    assert written(cast.wang, f"{head}\n韩梅,x,\n").counts["errors"] == 1


def test_a_file_out_holds_them_as_their_reader_reads_them(cast, known, sign_in):
    answer = sign_in(cast.lead).post(f"{reverse('customer_export')}?view=all", {"reason": "a talk", "file": "csv"})
    head, row = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    told = dict(zip(head, row, strict=True))
    assert (told["Further e-mails"], told["Further phones"]) == (f"{THIRD}, {FOURTH}", MOBILE)


def test_the_night_finds_two_who_share_one(cast, known):
    other = services.customer_create(by=cast.wang, owner=cast.wang, name="李雷", kind="person", email2=FOURTH)
    list(sweep(known.created_at.date()))
    pair = DuplicatePair.objects.get()
    assert {pair.first_id, pair.second_id} == {known.pk, other.pk}
    assert "e" in pair.alike


def test_an_address_from_which_mail_came_back_is_marked_while_it_stands_there(cast, known):
    DeadAddress.objects.create(customer=known, email=FOURTH, status="5.1.1", at=known.created_at)
    assert dead_in_file(known.pk).count() == 1
    services.customer_update(customer=known, changes={"further_emails": [THIRD]}, version=1, by=cast.wang)
    assert dead_in_file(known.pk).count() == 0


def test_a_number_that_cannot_be_called_is_listed(cast, known, sign_in):
    Customer.objects.filter(pk=known.pk).update(further_phones=["1390000"])
    services.tokens_refresh([known.pk])
    assert "1390000" in sign_in(cast.wang).get(reverse("data_quality")).content.decode()


def test_a_reveal_shows_them(cast, known, sign_in):
    text = (
        sign_in(cast.admin).post(reverse("customer_reveal", args=[known.pk]), {"reason": "an audit"}).content.decode()
    )
    assert all(one in text for one in (THIRD, FOURTH, MOBILE))
