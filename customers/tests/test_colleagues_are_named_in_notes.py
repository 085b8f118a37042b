"""@name in a note tells that colleague; comments on an entry make a thread; nobody is told who may not see it."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from customers.models import Comment, Interaction, Mention
from customers.services import comment_add, interaction_log
from followups.models import Notice
from followups.selectors import notice_row, notices_with_names

pytestmark = pytest.mark.django_db


def note(customer, by, text):
    return interaction_log(customer=customer, by=by, kind="note", summary=text)


def told(user):
    return [notice_row(notice) for notice in notices_with_names(user).filter(kind="mention").order_by("pk")]


def test_a_note_tells_whom_it_names_and_opens_the_entry(customer, cast):
    entry = note(customer, cast.wang, "@组长请看一下,@客服 帮忙回电。mail a@b.com")
    assert {row.user for row in Mention.objects.all()} == {cast.lead, cast.agent}
    (row,) = told(cast.lead)
    assert row.title == "小王 names you in a note"
    assert row.typed.startswith("@组长请看一下")
    assert row.url == f"{reverse('customer', args=[customer.pk])}#entry-{entry.pk}"
    assert len(told(cast.agent)) == 1
    assert not told(cast.wang)


def test_somebody_who_may_not_see_the_customer_is_refused_in_a_sentence(customer, cast, sign_in):
    """小李 is a team mate and reaches only the own customers."""
    client = sign_in(cast.wang)
    url = f"{reverse('interaction_new')}?customer={customer.pk}"
    form = client.get(url).context["form"]
    data = {
        "kind": "note",
        "summary": "@小李 请跟进",
        "occurred_at": form.initial["occurred_at"]().strftime("%Y-%m-%dT%H:%M"),
        "next_step": "none",
        "idempotency_key": form["idempotency_key"].value(),
    }
    answer = client.post(url, data)
    assert answer.status_code == 422
    assert "小李 may not see this customer" in answer.content.decode()
    assert not Interaction.objects.filter(kind="note").exists()
    assert not Notice.objects.filter(user=cast.li).exists()


def test_who_loses_the_customer_no_longer_sees_the_notice(customer, cast):
    note(customer, cast.lead, "@小王 看一下")
    assert len(told(cast.wang)) == 1
    type(customer).objects.filter(pk=customer.pk).update(owner=cast.li)
    assert told(User.objects.get(pk=cast.wang.pk)) == []


def test_the_longest_name_counts_and_nobodys_name_is_text(customer, cast):
    User.objects.filter(pk=cast.agent.pk).update(name="组长助理")
    note(customer, cast.wang, "@组长助理 @谁也不是 @")
    assert [row.user_id for row in Mention.objects.all()] == [cast.agent.pk]


def test_a_call_that_holds_an_at_names_nobody(customer, cast):
    interaction_log(customer=customer, by=cast.wang, kind="call", result="reached", summary="@组长 said")
    assert not Mention.objects.exists()


# --- comments --------------------------------------------------------------------------------------------------------
def test_a_comment_stands_below_its_entry_and_tells_the_thread(customer, cast, sign_in):
    entry = interaction_log(customer=customer, by=cast.wang, kind="call", result="reached", summary="报价太高")
    url = reverse("interaction_comments", args=[entry.pk])
    client = sign_in(cast.lead)
    key = client.get(url).context["form"]["idempotency_key"].value()
    for _ in range(2):
        answer = client.post(url, {"text": "可以降五个点", "idempotency_key": key}, follow=True)
    assert Comment.objects.count() == 1
    assert "可以降五个点" in answer.content.decode()
    assert f'id="entry-{entry.pk}"' in answer.content.decode()
    (row,) = told(cast.wang)
    assert row.title == "组长 comments on an entry of yours, or after you"
    comment_add(interaction=entry, text="好的 @客服", by=cast.wang)
    assert len(told(cast.lead)) == 1
    assert told(cast.agent)[0].title == "小王 names you in a comment"


def test_a_comment_names_nobody_who_may_not_see_the_customer(customer, cast, sign_in):
    entry = note(customer, cast.wang, "内部")
    answer = sign_in(cast.wang).post(reverse("interaction_comments", args=[entry.pk]), {"text": "@外组 看看"})
    assert answer.status_code == 422
    assert "外组 may not see this customer" in answer.content.decode()
    assert not Comment.objects.exists()


def test_who_may_not_see_the_entry_reads_and_writes_no_comment(customer, cast, sign_in):
    entry = note(customer, cast.wang, "内部")
    for other, status in ((cast.outsider, 404), (cast.li, 404), (cast.auditor, 403)):
        client = sign_in(other)
        for answer in (client.get, client.post):
            assert answer(reverse("interaction_comments", args=[entry.pk]), {"text": "x"}).status_code == status
    assert not Comment.objects.exists()


def test_the_names_that_are_offered_are_of_those_who_may_see_it(customer, cast, sign_in):
    url = reverse("customer_colleagues", args=[customer.pk])
    names = json.loads(sign_in(cast.wang).get(url, {"q": ""}).content)["names"]
    assert "组长" in names
    assert not {"小李", "外组", "小王"} & set(names)
    assert json.loads(sign_in(cast.wang).get(url, {"q": "组"}).content)["names"] == ["组长"]
    assert sign_in(cast.outsider).get(url).status_code == 404


def test_comments_cost_no_statement_more(customer, cast, sign_in):
    entry = note(customer, cast.wang, "内部")
    client, page = sign_in(cast.wang), reverse("customer", args=[customer.pk])
    client.get(page)
    with CaptureQueriesContext(connection) as first:
        client.get(page)
    for n in range(5):
        comment_add(interaction=entry, text=f"第{n}条", by=cast.wang)
    with CaptureQueriesContext(connection) as second:
        assert "第4条" in client.get(page).content.decode()
    assert len(first) == len(second)
