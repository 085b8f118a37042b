"""What a program of others passes on comes in once, signed, and stands at the customer whose number it bears."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.throttle import Bucket
from core import clock
from core.housekeeping import forget_old
from customers.consents.rule import wish_of
from customers.models import Channel, Contact, Customer, Handle, Interaction
from customers.services import contact_add, customer_update
from followups.incoming import doors
from followups.incoming.secrets import signing_key
from followups.models import FollowUp, Incoming, Inlet, Message, Notice
from followups.services import (
    follow_up_create,
    incoming_assign,
    inlet_add,
    inlet_end,
    inlet_renew,
    message_send,
    message_sent,
)
from followups.services.incoming import DecidedAlreadyError

pytestmark = pytest.mark.django_db
State = Incoming.State


@pytest.fixture
def customer(make):
    made = make("王小明", kind="person")
    return saved(made, phone="13812345678", email="wang@example.com")


def saved(customer, **ways):
    """Ways to reach a customer, with the words by which they are found."""
    row = Customer.objects.get(pk=customer.pk)
    customer_update(customer=row, changes=ways, version=row.version, by=row.owner)
    return Customer.objects.select_related("facts", "owner").get(pk=row.pk)


@pytest.fixture
def way(cast):
    def open_way(network="sms", **more):
        inlet, secret = inlet_add(by=cast.admin, kind="webhook", name="网关", network=network, **more)
        return inlet, secret

    return open_way


def post(client, secret, body, *, key="", at=None, signature="", **headers):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    moment = str(int((at or clock.now()).timestamp()))
    digest = hmac.new((key or signing_key(secret)).encode(), f"{moment}.".encode() + data, hashlib.sha256).hexdigest()
    signed = {"X-Keben-Timestamp": moment, "X-Keben-Signature": signature or f"sha256={digest}"} | headers
    url = reverse("incoming_webhook", args=[secret])
    return client.post(url, data, content_type="application/json", headers=signed)


def told(**more):
    return {"id": "m1", "from": {"phone": "+86 138 1234 5678", "name": "小明"}, "text": "什么时候发货？"} | more


def test_a_text_message_stands_in_the_history_and_asks_for_an_answer(client, cast, way, customer, sign_in):
    _inlet, secret = way()
    answer = post(client, secret, told())
    assert (answer.status_code, answer.json()["known"]) == (201, False)
    row = Incoming.objects.get()
    assert (row.customer, row.state, row.trust) == (customer, State.KNOWN, "signed")
    entry = Interaction.objects.get(customer=customer)
    assert (entry.kind, entry.direction, entry.automatic, entry.result, entry.user) == (
        *("sms", "in", True, "reached", None),
    )
    plan = FollowUp.objects.get(customer=customer, state="open")
    assert (plan.source, plan.due_on, plan.assignee) == ("incoming", clock.business_date(), cast.wang)
    notice = Notice.objects.get(user=cast.wang, kind="incoming")
    assert notice.customer == customer
    page = sign_in(cast.wang).get(reverse("customer", args=[customer.pk])).content.decode()
    assert page.count("什么时候发货？") == 1
    assert reverse("incoming", args=[row.pk]) in page
    inbox = sign_in(cast.wang).get(reverse("inbox")).content.decode()
    assert "They wrote: SMS" in inbox


def test_it_counts_as_the_domain_says(client, way, customer):
    """What came by itself is no contact: neither last contact nor touch."""
    before = (customer.facts.touches, customer.facts.last_contact_at)
    post(client, way()[1], told())
    customer.facts.refresh_from_db()
    assert (customer.facts.touches, customer.facts.last_contact_at) == before


def test_what_arrives_twice_is_there_once(client, way, customer):
    _inlet, secret = way()
    first = post(client, secret, told())
    again = post(client, secret, told())
    assert (again.status_code, again.json()) == (200, {"id": first.json()["id"], "known": True})
    assert Incoming.objects.count() == Interaction.objects.count() == 1
    other = way(network="weibo")[1]
    assert post(client, other, told()).status_code == 201  # ids of another network are others


def test_further_messages_are_one_notice_and_one_follow_up(client, cast, way, customer):
    secret = way()[1]
    for number in range(3):
        post(client, secret, told(id=f"m{number}"))
    assert Notice.objects.get(user=cast.wang, kind="incoming").numbers["n"] == 3
    assert FollowUp.objects.filter(customer=customer, source="incoming").count() == 1


def test_what_a_person_planned_for_later_stands_beside_it(client, cast, way, customer):
    later = clock.business_date() + timedelta(days=5)
    planned = follow_up_create(customer=customer, assignee=cast.wang, due_on=later, by=cast.wang)
    post(client, way()[1], told())
    open_ones = FollowUp.objects.filter(customer=customer, state="open").order_by("due_on")
    assert [one.source for one in open_ones] == ["incoming", "manual"]
    planned.refresh_from_db()
    assert planned.due_on == later


def test_an_answer_closes_it(client, cast, way, customer, log_contact):
    post(client, way()[1], told())
    log_contact(customer)
    assert not FollowUp.objects.filter(customer=customer, source="incoming", state="open").exists()


@pytest.mark.parametrize("text", ["退订", "TD", " stop. ", "取消订阅！", "ＴＤ"])
def test_a_word_of_refusal_is_heard(client, cast, way, customer, text):
    post(client, way()[1], told(text=text))
    assert wish_of(customer, None, "sms", "service", marketing_asks=False).why
    assert not wish_of(customer, None, "email", "service", marketing_asks=False).why
    assert not FollowUp.objects.filter(source="incoming").exists()
    assert Notice.objects.get(kind="incoming").numbers["refusal"]


def test_a_word_of_refusal_among_others_is_none(client, way, customer):
    post(client, way()[1], told(text="Please stop by tomorrow"))
    assert not wish_of(customer, None, "sms", "service", marketing_asks=False).why


def test_a_refusal_counts_for_all_whose_number_it_is(client, way, make, customer):
    other = saved(make("王家"), phone="13812345678")
    post(client, way()[1], told(text="退订"))
    assert Incoming.objects.get().state == State.UNKNOWN
    for one in (customer, other):
        assert wish_of(one, None, "sms", "service", marketing_asks=False).why


def test_comments_and_shares_are_noted_with_their_post(client, way, customer):
    secret = way(network="weibo")[1]
    Handle.objects.create(customer=customer, network="weibo", handle="wxm", at=clock.now())
    sender, url = {"handle": "wxm"}, "https://weibo.com/1/abc"
    post(client, secret, {"id": "1", "kind": "share", "from": sender, "url": url})
    assert not FollowUp.objects.filter(source="incoming").exists()
    post(client, secret, {"id": "2", "kind": "comment", "from": sender, "url": url, "text": "好看"})
    assert not FollowUp.objects.filter(source="incoming").exists()
    post(client, secret, {"id": "3", "kind": "comment", "from": sender, "url": url, "text": "多少钱？"})
    assert FollowUp.objects.filter(source="incoming").count() == 1
    assert set(Interaction.objects.values_list("kind", flat=True)) == {"other"}
    assert Incoming.objects.filter(customer=customer, url=url).count() == 3


def test_a_contact_is_recognised_at_its_company(client, cast, way, make):
    company = make("恒远", kind="company")
    contact = contact_add(customer=company, by=cast.wang, name="李经理", phone="13900001111")
    post(client, way()[1], told(**{"from": {"phone": "13900001111"}}))
    row = Incoming.objects.get()
    assert (row.customer, row.contact) == (company, contact)
    assert isinstance(contact, Contact)


def test_a_reply_by_message_answers_it(client, cast, way, customer):
    post(client, way()[1], told())
    message_send(customer=customer, channel="wechat", text="明天发", by=cast.wang)
    message_sent(message=Message.objects.get(), by=cast.wang)
    assert not FollowUp.objects.filter(source="incoming", state="open").exists()


# --- who is refused --------------------------------------------------------------------------------------------------
def test_unsigned_and_wrongly_signed_is_refused(client, way, customer):
    secret = way()[1]
    for signature in ("sha256=" + "0" * 64, "none", "sha256=é"):
        assert post(client, secret, told(), signature=signature).status_code == 401
    assert (
        client.post(reverse("incoming_webhook", args=[secret]), b"{}", content_type="application/json").status_code
        == 401
    )
    assert post(client, secret, told(), key="another").status_code == 401
    assert not Incoming.objects.exists()


def test_an_old_request_isnt_taken_again(client, way, customer):
    secret = way()[1]
    assert post(client, secret, told(), at=clock.now() - timedelta(minutes=6)).status_code == 401
    assert post(client, secret, told(), at=clock.now() + timedelta(minutes=6)).status_code == 401
    assert not Incoming.objects.exists()


def test_nobody_shuts_the_door_for_others_by_wrong_signatures(client, way, customer):
    secret = way()[1]
    statuses = [post(client, secret, told(), signature="none").status_code for _ in range(25)]
    assert statuses[0] == 401
    assert statuses[-1] == 429
    assert post(client, secret, told()).status_code == 201


def test_too_much_is_told_when_to_come_again(client, way, customer, monkeypatch):
    monkeypatch.setattr(doors, "COMES", Bucket(3, timedelta(minutes=1)))
    secret = way()[1]
    answers = [post(client, secret, told(id=f"m{number}")) for number in range(5)]
    assert [one.status_code for one in answers[-2:]] == [429, 429]
    assert answers[-1].headers["Retry-After"]


def test_an_ended_or_renewed_address_takes_nothing(client, cast, way, customer):
    inlet, secret = way()
    renewed = inlet_renew(inlet=inlet, by=cast.admin)
    assert post(client, secret, told()).status_code == 404
    assert post(client, renewed, told()).status_code == 201
    inlet_end(inlet=inlet, by=cast.admin)
    assert post(client, renewed, told(id="m2")).status_code == 404
    assert secret not in str(list(Inlet.objects.values()))


def test_a_huge_body_is_refused_unread(client, way, customer):
    secret = way()[1]
    assert post(client, secret, b'{"text": "' + b"x" * 70_000 + b'"}').status_code == 413


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": ""}, "id"),
        ({"id": 7}, "id"),
        ({"kind": "bounce"}, "kind"),
        ({"from": {}}, "from"),
        ({"from": "x"}, "from"),
        ({"from": {"phone": "12"}}, "from.phone"),
        ({"from": {"email": "no address"}}, "from.email"),
        ({"text": "", "url": ""}, "text"),
        ({"text": "\ud800"}, "text"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"at": "2026-11-24T10:00:00"}, "at"),
        ({"at": "2027-11-24T10:00:00+08:00"}, "at"),
        ({"at": "2020-11-24T10:00:00+08:00"}, "at"),
        ({"at": 5}, "at"),
    ],
)
def test_what_is_wrong_is_said_by_field(client, way, customer, change, field):
    answer = post(client, way()[1], told(**change))
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert not Incoming.objects.exists()


@pytest.mark.parametrize("body", [b"[]", b"no json", b"\xff\xfe", b'{"a":' * 2000 + b"1" + b"}" * 2000])
def test_what_is_no_object_is_refused(client, way, customer, body):
    assert post(client, way()[1], body).status_code == 400


def test_nul_bytes_and_markup_do_no_harm(client, cast, way, customer, sign_in):
    post(
        client,
        way()[1],
        told(text="a\0b<script>alert(1)</script>", **{"from": {"phone": "13812345678", "name": "x\u202e<b>"}}),
    )
    row = Incoming.objects.get()
    assert row.text == "ab<script>alert(1)</script>"
    assert row.name == "x<b>"
    page = sign_in(cast.wang).get(reverse("incoming", args=[row.pk])).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_a_moment_ahead_of_ours_is_now(client, way, customer):
    ahead = (clock.now() + timedelta(minutes=3)).isoformat()
    assert post(client, way()[1], told(at=ahead)).status_code == 201
    assert Incoming.objects.get().occurred_at == clock.now()


# --- unknown senders -------------------------------------------------------------------------------------------------
def test_nobody_and_several_wait_for_a_person(client, cast, way, make, customer, sign_in):
    secret = way()[1]
    post(client, secret, told(**{"from": {"phone": "13700000000"}}))
    row = Incoming.objects.get()
    assert (row.state, row.customer) == (State.UNKNOWN, None)
    assert not Interaction.objects.exists()
    agent = sign_in(cast.agent)
    assert "13700000000" in agent.get(reverse("incoming_list")).content.decode()
    for other in (cast.wang, cast.lead, cast.auditor):
        assert sign_in(other).get(reverse("incoming_list")).status_code == 403
    assert sign_in(cast.wang).get(reverse("incoming", args=[row.pk])).status_code == 404


def test_a_person_says_whose_it_is_and_it_is_remembered(client, cast, way, customer, sign_in):
    secret = way(network="weibo")[1]
    sender = {"from": {"handle": "wxm"}}
    post(client, secret, told(id="1", **sender))
    post(client, secret, told(id="2", **sender))
    row = Incoming.objects.order_by("pk").first()
    agent = sign_in(cast.agent)
    url = f"{reverse('incoming_assign', args=[row.pk])}?customer={customer.pk}"
    assert agent.get(url).status_code == 200
    assert agent.post(url, {"remember": "on"}).status_code == 302
    assert Incoming.objects.filter(customer=customer, state=State.KNOWN).count() == 2
    post(client, secret, told(id="3", **sender))
    assert Incoming.objects.filter(customer=customer).count() == 3
    with pytest.raises(DecidedAlreadyError):
        incoming_assign(incoming=row, customer=customer, by=cast.agent)


def test_a_recognised_sender_stands_in_the_file_and_can_be_forgotten(client, cast, way, customer, sign_in):
    handle = Handle.objects.create(customer=customer, network="weibo", handle="wxm_88", at=clock.now())
    page = sign_in(cast.wang)
    assert "wxm_88" in page.get(reverse("customer", args=[customer.pk])).content.decode()
    assert "wxm_88" not in sign_in(cast.agent).get(reverse("customer", args=[customer.pk])).content.decode()
    page.post(reverse("sender_forget", args=[handle.pk]))
    post(client, way(network="weibo")[1], told(**{"from": {"handle": "wxm_88"}}))
    assert Incoming.objects.get().state == State.UNKNOWN


def test_without_the_tick_nothing_is_remembered(client, cast, way, customer, sign_in):
    secret = way(network="weibo")[1]
    post(client, secret, told(id="1", **{"from": {"handle": "wxm"}}))
    url = f"{reverse('incoming_assign', args=[Incoming.objects.get().pk])}?customer={customer.pk}"
    sign_in(cast.agent).post(url, {})
    post(client, secret, told(id="2", **{"from": {"handle": "wxm"}}))
    assert Incoming.objects.filter(state=State.UNKNOWN).count() == 1
    assert not Handle.objects.exists()


def test_a_new_customer_of_who_wrote(client, cast, way, sign_in):
    source = Channel.objects.first()
    secret = way(source=source)[1]
    post(client, secret, told(**{"from": {"phone": "13700000000", "name": "赵六"}}))
    row = Incoming.objects.get()
    page = sign_in(cast.admin)
    url = reverse("incoming_customer", args=[row.pk])
    assert "赵六" in page.get(url).content.decode()
    page.post(url, {"name": "赵六", "kind": "person", "owner": cast.wang.pk})
    made = Customer.objects.get(name="赵六")
    assert (made.phone, made.channel, made.owner) == ("13700000000", source, cast.wang)
    row.refresh_from_db()
    assert row.customer == made
    post(client, secret, told(id="2", **{"from": {"phone": "13700000000"}}))
    assert Incoming.objects.filter(customer=made).count() == 2


def test_discarded_ones_go_with_a_night(client, cast, way, sign_in):
    post(client, way()[1], told(**{"from": {"phone": "13700000000"}}))
    row = Incoming.objects.get()
    agent = sign_in(cast.agent)
    agent.post(reverse("incoming_discard_many"), {"ids": [row.pk]})
    row.refresh_from_db()
    assert row.state == State.DISCARDED
    agent.post(reverse("incoming_restore", args=[row.pk]))
    row.refresh_from_db()
    assert row.state == State.UNKNOWN
    agent.post(reverse("incoming_discard", args=[row.pk]))
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        forget_old(clock.business_date())
    assert not Incoming.objects.exists()


def test_what_was_given_to_the_wrong_one_is_taken_out_again(client, cast, way, make, customer, sign_in):
    post(client, way()[1], told())
    row = Incoming.objects.get()
    sign_in(cast.wang).post(reverse("incoming_release", args=[row.pk]))
    row.refresh_from_db()
    assert (row.state, row.customer, row.interaction) == (State.UNKNOWN, None, None)
    assert not Interaction.objects.filter(customer=customer).exists()
    assert not FollowUp.objects.filter(customer=customer, source="incoming", state="open").exists()
    other = make("另一个")
    incoming_assign(incoming=row, customer=other, by=cast.agent)
    assert Interaction.objects.filter(customer=other).count() == 1
