"""A comment on a customer stands in its history; who is named and who follows is told, as far as they may see it."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from customers import services
from customers.models import CustomerFacts, Follower, Interaction
from followups.models import FollowUp, Notice
from followups.services import follow_up_create
from segmentation.following import warnings_told
from segmentation.models import ChurnCase, ScoreRun

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(customer):
    CustomerFacts.objects.get_or_create(pk=customer.pk)
    return customer


def comment(client, customer, text, key=None):
    sent = {"text": text, "idempotency_key": key or str(uuid.uuid4())}
    return client.post(reverse("customer_comment", args=[customer.pk]), sent)


def told(person, kind):
    return list(Notice.objects.filter(user=person, kind=kind).values_list("text", flat=True))


def test_a_comment_stands_in_the_history_once(customer, cast, sign_in):
    client, key = sign_in(cast.wang), str(uuid.uuid4())
    answer = comment(client, customer, "下周换采购", key)
    comment(client, customer, "下周换采购", key)
    entry = Interaction.objects.get()
    assert answer.url == f"{reverse('customer', args=[customer.pk])}#entry-{entry.pk}"
    assert (entry.kind, entry.summary) == ("note", "下周换采购")
    assert "下周换采购" in client.get(reverse("customer", args=[customer.pk])).content.decode()


def test_it_is_no_contact_and_leaves_plans_alone(customer, cast, sign_in):
    follow_up_create(customer=customer, assignee=cast.wang, due_on=clock.business_date(), by=cast.wang)
    comment(sign_in(cast.wang), customer, "下周换采购")
    assert CustomerFacts.objects.get(pk=customer.pk).last_contact_at is None
    assert FollowUp.objects.get().state == FollowUp.State.OPEN


def test_who_is_named_and_who_follows_is_told_once(customer, cast, sign_in):
    services.customer_follow(customer=customer, by=cast.lead)
    services.customer_follow(customer=customer, by=cast.manager)
    comment(sign_in(cast.wang), customer, f"@{cast.lead.name} 请看报价")
    assert told(cast.lead, "mention") == [f"@{cast.lead.name} 请看报价"]
    assert told(cast.lead, "followed_comment") == []
    assert told(cast.manager, "followed_comment") == [f"@{cast.lead.name} 请看报价"]
    inbox = sign_in(cast.manager).get(reverse("inbox")).content.decode()
    assert f"{cast.wang.name} comments on a customer you follow" in inbox


def test_a_comment_on_an_entry_tells_followers_too(customer, cast):
    services.customer_follow(customer=customer, by=cast.manager)
    entry = services.interaction_log(customer=customer, by=cast.wang, kind="call", result="reached")
    services.comment_add(interaction=entry, text="价格谈好了", by=cast.lead)
    assert told(cast.manager, "followed_comment") == ["价格谈好了"]


def test_naming_who_may_not_see_the_customer_is_refused_and_nothing_is_lost(customer, cast, sign_in):
    answer = comment(sign_in(cast.wang), customer, f"@{cast.outsider.name} 看看")
    assert answer.status_code == 422
    assert f"@{cast.outsider.name} 看看" in answer.content.decode()
    assert not Interaction.objects.exists()


def test_who_may_not_write_there_has_no_box(customer, cast, sign_in):
    page = sign_in(cast.auditor).get(reverse("customer", args=[customer.pk])).content.decode()
    assert reverse("customer_comment", args=[customer.pk]) not in page
    assert comment(sign_in(cast.outsider), customer, "看看").status_code == 404


def test_who_loses_sight_follows_no_more(customer, cast):
    for person in (cast.wang, cast.lead, cast.auditor):
        services.customer_follow(customer=customer, by=person)
    services.customer_transfer(customer=customer, to=cast.outsider, by=cast.admin, reason="换组")
    assert [row.user for row in Follower.objects.all()] == [cast.auditor]


def test_the_end_of_a_share_is_the_end_of_following(customer, cast):
    services.customer_share(customer=customer, user=cast.outsider, by=cast.wang)
    services.customer_follow(customer=customer, by=cast.outsider)
    services.customer_unshare(customer=customer, user_id=cast.outsider.pk, by=cast.wang)
    assert not Follower.objects.exists()


def test_the_page_names_the_others_who_follow(customer, cast, sign_in):
    for person in (cast.lead, cast.manager):
        services.customer_follow(customer=customer, by=person)
    page = sign_in(cast.lead).get(reverse("customer", args=[customer.pk])).content.decode()
    followers = page.split("Who follows")[1].split("</details>")[0]
    assert cast.manager.name in followers
    assert cast.lead.name not in followers


def test_followers_hear_of_a_warning_when_it_opens(customer, cast):
    today = clock.business_date()
    services.customer_follow(customer=customer, by=cast.lead)
    services.customer_follow(customer=customer, by=cast.wang)
    day = {"opened_on": today - timedelta(days=3), "level_since": today}
    ChurnCase.objects.create(customer=customer, level="red", **day)
    run = ScoreRun.objects.create(as_of=today, started_at=clock.now(), published_at=clock.now())
    for _again in range(2):
        warnings_told(run)
    assert Notice.objects.filter(user=cast.lead, kind="followed_warning").count() == 1
    assert not told(cast.wang, "followed_warning")  # the owner hears of it anyway
