"""What all forms of the page layer share, shown on the form of a follow-up: nothing is made twice, nothing is lost."""

import json
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.masking import masked_copy
from core.models import Draft, HeldPost
from customers.models import Customer
from followups.models import FollowUp
from followups.services import follow_up_change, follow_up_create
from ui import drafts

pytestmark = pytest.mark.django_db
LATER = timezone.localdate() + timedelta(days=30)
KEPT = "谈了很久的事情，不想再打一遍"


def entries(cast, **more):
    return {"due_on": LATER, "method": "call", "purpose": KEPT, "assignee": cast.wang.pk} | more


@pytest.fixture
def new(customer):
    return f"{reverse('follow_up_new')}?customer={customer.pk}"


@pytest.fixture
def planned(cast, customer):
    return follow_up_create(
        customer=customer, assignee=cast.wang, due_on=LATER, purpose="old", by=cast.wang, method="call"
    )


def opened(client, url):
    """The fields of an edit form as a browser sends them back untouched."""
    form = client.get(url).context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() not in (None, "")}


def change(planned, cast, **values):
    row = FollowUp.objects.get(pk=planned.pk)
    follow_up_change(follow_up=row, changes=values, version=row.version, by=cast.li)


# --- sent twice ------------------------------------------------------------------------------------------------------
def test_the_form_brings_its_key_and_sent_twice_makes_one(new, cast, sign_in):
    client = sign_in(cast.wang)
    sent = entries(cast, idempotency_key=str(client.get(new).context["form"]["idempotency_key"].value()))
    first, second = (client.post(new, sent) for _n in range(2))
    assert first.status_code == second.status_code == 302
    assert first.headers["Location"] == second.headers["Location"]
    assert FollowUp.objects.count() == 1


def test_one_key_with_other_entries_is_refused_and_keeps_them(new, cast, sign_in):
    client, key = sign_in(cast.wang), str(uuid.uuid4())
    client.post(new, entries(cast, idempotency_key=key))
    again = client.post(new, entries(cast, idempotency_key=key, purpose="其他的事"))
    assert again.status_code == 422
    assert "sent before with other entries" in again.content.decode()
    assert "其他的事" in again.content.decode()


def test_one_key_for_another_customer_is_refused(new, cast, sign_in):
    client, sent = sign_in(cast.wang), entries(cast, idempotency_key=str(uuid.uuid4()))
    other = Customer.objects.create(number="K2", name="另一家", owner=cast.wang)
    assert client.post(new, sent).status_code == 302
    assert client.post(f"{reverse('follow_up_new')}?customer={other.pk}", sent).status_code == 422


# --- somebody was faster ---------------------------------------------------------------------------------------------
def test_different_fields_of_two_people_are_both_kept_and_said(planned, cast, sign_in):
    client, url = sign_in(cast.wang), reverse("follow_up_edit", args=[planned.pk])
    mine = opened(client, url)
    change(planned, cast, purpose="theirs")
    answer = client.post(url, mine | {"method": "visit"}, follow=True)
    planned.refresh_from_db()
    assert (planned.purpose, planned.method) == ("theirs", "visit")
    assert "Meanwhile somebody else changed: What for" in answer.content.decode()


def test_one_field_of_two_people_is_asked_side_by_side_and_the_choice_is_saved(planned, cast, sign_in):
    client, url = sign_in(cast.wang), reverse("follow_up_edit", args=[planned.pk])
    mine = opened(client, url) | {"purpose": "mine", "method": "visit"}
    change(planned, cast, purpose="theirs")
    page = client.post(url, mine)
    assert page.status_code == 409
    (asked,) = page.context["fields"]
    assert (asked.name, asked.original, asked.mine, asked.theirs) == (
        "purpose",
        "old",
        ("mine", "mine"),
        ("theirs", "theirs"),
    )
    planned.refresh_from_db()
    assert planned.purpose == "theirs"
    assert client.post(url, dict(page.context["kept"]) | {"purpose": "mine"}).status_code == 302
    planned.refresh_from_db()
    assert (planned.purpose, planned.method) == ("mine", "visit")


def test_taking_theirs_writes_nothing_over_it(planned, cast, sign_in):
    client, url = sign_in(cast.wang), reverse("follow_up_edit", args=[planned.pk])
    mine = opened(client, url)
    change(planned, cast, purpose="theirs")
    page = client.post(url, mine | {"purpose": "mine"})
    assert client.post(url, dict(page.context["kept"]) | {"purpose": "theirs"}).status_code == 302
    planned.refresh_from_db()
    assert (planned.purpose, planned.version) == ("theirs", 2)


def test_people_and_choices_stand_in_words_on_the_conflict_page(planned, cast, sign_in):
    client, url = sign_in(cast.lead), reverse("follow_up_edit", args=[planned.pk])
    mine = opened(client, url)
    change(planned, cast, assignee=cast.li, method="email")
    page = client.post(url, mine | {"assignee": cast.lead.pk, "method": "visit"})
    said = {asked.name: (asked.original, asked.mine[1], asked.theirs[1]) for asked in page.context["fields"]}
    assert said == {"assignee": ("小王", "组长", "小李"), "method": ("call", "visit", "e-mail")}


def test_what_left_ones_reach_meanwhile_is_not_shown(planned, customer, cast, sign_in):
    client, url = sign_in(cast.wang), reverse("follow_up_edit", args=[planned.pk])
    mine = opened(client, url)
    Customer.objects.filter(pk=customer.pk).update(owner=cast.outsider)
    change(planned, cast, purpose="secret", assignee=cast.outsider)
    assert client.post(url, mine | {"purpose": "mine"}).status_code == 404


def test_untouched_it_writes_nothing(planned, cast, sign_in):
    client, url = sign_in(cast.wang), reverse("follow_up_edit", args=[planned.pk])
    assert client.post(url, opened(client, url)).status_code == 302
    planned.refresh_from_db()
    assert planned.version == 1


def test_a_tampered_original_saves_nothing(planned, cast, sign_in):
    client, url = sign_in(cast.wang), reverse("follow_up_edit", args=[planned.pk])
    answer = client.post(url, opened(client, url) | {"original": "x", "purpose": "mine"})
    planned.refresh_from_db()
    assert (answer.status_code, planned.purpose) == (422, "old")


# --- sessions end, browsers close ------------------------------------------------------------------------------------
def test_typed_after_the_session_has_ended_it_comes_back(new, cast):
    client = Client()
    assert client.post(new, entries(cast)).status_code == 302
    assert HeldPost.objects.count() == 1
    client.force_login(cast.wang, backend="accounts.backends.EmailOrMobileBackend")
    assert KEPT in client.get(new).content.decode()
    assert not FollowUp.objects.exists()


def test_an_edit_that_came_back_still_meets_the_newer_version(planned, cast, sign_in):
    url = reverse("follow_up_edit", args=[planned.pk])
    typed = opened(sign_in(cast.wang), url) | {"purpose": "mine"}
    client = Client()
    client.post(url, typed)
    change(planned, cast, purpose="theirs")
    client.force_login(cast.wang, backend="accounts.backends.EmailOrMobileBackend")
    assert client.post(url, opened(client, url)).status_code == 409


def test_a_draft_comes_back_and_goes_when_it_is_sent(new, customer, cast, sign_in):
    client, key = sign_in(cast.wang), f"follow_up_new:{customer.pk}"
    drafts.keep(cast.wang, key, json.dumps([["purpose", KEPT]]))
    page = client.get(new)
    assert KEPT in page.content.decode()
    assert f'data-draft="{key}"' in page.content.decode()
    client.post(new, entries(cast, due_on="1999-01-01"))
    assert Draft.objects.count() == 1
    client.post(new, entries(cast))
    assert not Draft.objects.exists()


# --- acts, masks -----------------------------------------------------------------------------------------------------
def test_an_act_says_so_with_its_undo_and_a_second_press_says_why_not(planned, cast, sign_in):
    client = sign_in(cast.wang)
    page = client.post(reverse("follow_up_done", args=[planned.pk]), follow=True).content.decode()
    undo = reverse("follow_up_reopen", args=[planned.pk])
    assert f'action="{undo}"' in page
    late = client.post(reverse("follow_up_done", args=[planned.pk]), follow=True).content.decode()
    assert "closed in the meantime" in late
    client.post(undo)
    planned.refresh_from_db()
    assert planned.state == "open"
    assert "It is open already." in client.post(undo, follow=True).content.decode()


def test_an_act_leads_the_whole_page_on_when_a_part_was_asked_for(planned, cast, sign_in):
    answer = sign_in(cast.wang).post(reverse("follow_up_done", args=[planned.pk]), headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == reverse("today")


def test_pages_get_masked_copies_and_the_row_stays_whole(customer, cast):
    (shown,) = masked_copy(cast.auditor, [customer])
    assert "****" in shown.phone
    assert customer.phone == "13812345678"
    assert not getattr(customer, "masked_names", None)
