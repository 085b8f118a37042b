"""The mailbox is read, and only read: answers come in once, what came back marks message and address, and whatever a
stranger writes is text."""

from __future__ import annotations

import time
from datetime import timedelta
from email.message import EmailMessage

import pytest
import time_machine
from django.core import mail as outgoing
from django.core.exceptions import ValidationError
from django.test import override_settings
from django.urls import reverse

from core import clock, imap
from core.models import OutboxMail
from core.tests.imap_sink import imap_sink
from crm.dispatching import dispatch_round
from customers.consents.rule import wish_of
from customers.models import Customer, DeadAddress, Interaction
from customers.services import customer_update
from followups.incoming import mailbox
from followups.incoming.mailbox import mailbox_look
from followups.models import FollowUp, Incoming, MailboxMark, Message, Notice
from followups.services import message_send

pytestmark = pytest.mark.django_db
State, Trust = Incoming.State, Incoming.Trust


@pytest.fixture
def customer(make, cast):
    made = make("王小明", kind="person")
    row = Customer.objects.get(pk=made.pk)
    customer_update(customer=row, changes={"email": "wang@example.com"}, version=row.version, by=cast.wang)
    return Customer.objects.select_related("facts", "owner").get(pk=row.pk)


@pytest.fixture
def box():
    with imap_sink() as sink:
        mailbox_look()  # the first look: what lies there is read by people
        yield sink


def letter(text="好的，请发货。", *, sender="Wang <wang@example.com>", subject="Re: 方案", **headers):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "sales@keben.example", subject
    mail["Message-ID"] = headers.pop("id", "<a1@example.com>")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


def sent(customer, cast):
    """A message that has gone, and its row of the outbox."""
    message = message_send(customer=customer, channel="email", subject="方案", text="请看", by=cast.wang)
    with time_machine.travel(clock.now() + timedelta(seconds=11), tick=False):
        dispatch_round()
    message.refresh_from_db()
    assert message.state == Message.State.SENT
    return message, OutboxMail.objects.get(kind="message", source_id=message.pk)


def report(mail, *, address="wang@example.com", status="5.1.1", action="failed", of=""):
    return f"""From: MAILER-DAEMON@example.com
To: sales@keben.example
Subject: Undelivered
Message-ID: <dsn{status}{action}@example.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}

--b
Content-Type: text/rfc822-headers

From: sales@keben.example
Message-ID: {of or mail.message_id}

--b--
""".encode()


# --- answers ---------------------------------------------------------------------------------------------------------
def test_an_answer_stands_in_the_history(box, cast, customer):
    message, mail = sent(customer, cast)
    box.put(letter("好的，请发货。\n\n在 2026年11月24日，小王 写道：\n> 请看", In_Reply_To=mail.message_id))
    assert mailbox_look() == 1
    row = Incoming.objects.get()
    assert (row.customer, row.message, row.text, row.trust) == (customer, message, "好的，请发货。", Trust.CLAIMED)
    assert row.network == "email"
    assert Interaction.objects.filter(customer=customer, direction="in", kind="email", automatic=True).exists()
    assert FollowUp.objects.filter(customer=customer, source="incoming").exists()
    assert Notice.objects.filter(user=cast.wang, kind="incoming").exists()


def test_nothing_is_taken_twice_nor_marked(box, customer):
    box.put(letter())
    assert [mailbox_look(), mailbox_look()] == [1, 0]
    assert Incoming.objects.count() == 1
    verbs = {command.split(" ")[0] for command in box.commands}
    assert "STORE" not in verbs
    assert "SELECT" not in verbs
    assert all("BODY.PEEK" in command for command in box.commands if "FETCH" in command)


def test_after_a_crash_nothing_is_missing_and_nothing_double(box, customer, monkeypatch):
    for number in range(3):
        box.put(letter(f"text {number}", id=f"<m{number}@example.com>"))

    def killed(uid):
        if uid == 2:
            raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(mailbox, "_passed", killed)
        with pytest.raises(SystemExit):
            mailbox_look()
    MailboxMark.objects.update(lease_until=None)
    mailbox_look()
    assert sorted(Incoming.objects.values_list("text", flat=True)) == ["text 0", "text 1", "text 2"]


def test_numbered_anew_nothing_comes_twice(box, customer):
    box.put(letter())
    mailbox_look()
    box.validity = 8
    box.put(letter("neu", id="<a2@example.com>"))
    mailbox_look()
    mailbox_look()
    assert Incoming.objects.count() == 2


def test_the_same_mail_by_two_addresses_of_ours_is_one(box, customer):
    box.put(letter(Received="from a"))
    box.put(letter(Received="from b"))
    mailbox_look()
    assert Incoming.objects.count() == 1


def test_an_answer_from_another_address_is_asked_about(box, cast, customer, sign_in):
    _message, mail = sent(customer, cast)
    box.put(letter(sender="Li <li@elsewhere.example>", In_Reply_To=mail.message_id))
    mailbox_look()
    row = Incoming.objects.get()
    assert (row.state, row.customer) == (State.UNKNOWN, None)
    page = sign_in(cast.agent).get(reverse("incoming", args=[row.pk])).content.decode()
    assert "王小明" in page  # offered, not taken


def test_a_stop_by_mail_is_heard_even_from_who_only_claims_to_be(box, cast, customer):
    box.put(letter("STOP"))
    mailbox_look()
    assert wish_of(customer, None, "email", "service", marketing_asks=False).why
    with pytest.raises(ValidationError):
        message_send(customer=customer, channel="email", subject="x", text="x", by=cast.wang)


def test_what_our_mail_server_calls_forged_changes_nothing(customer):
    with imap_sink(checked_by="mx.keben.example") as box:
        mailbox_look()
        told = "mx.keben.example; dmarc=fail header.from=example.com"
        box.put(letter("STOP", Authentication_Results=told))
        mailbox_look()
    row = Incoming.objects.get()
    assert (row.state, row.trust) == (State.UNKNOWN, Trust.FAILED)
    assert not wish_of(customer, None, "email", "service", marketing_asks=False).why


def test_only_our_own_mail_server_says_that_a_sender_is_checked(customer):
    with imap_sink(checked_by="mx.keben.example") as box:
        mailbox_look()
        box.put(letter(Authentication_Results="evil.example; dmarc=pass", id="<1@x.example>"))
        box.put(letter(Authentication_Results="mx.keben.example; dmarc=pass", id="<2@x.example>"))
        mailbox_look()
    assert list(Incoming.objects.order_by("pk").values_list("trust", flat=True)) == [Trust.CLAIMED, Trust.CHECKED]


# --- machines --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "headers",
    [{"Auto_Submitted": "auto-replied"}, {"X_Autoreply": "yes"}, {"Precedence": "bulk"}, {"List_Id": "<news.x>"}],
)
def test_what_a_machine_answers_is_no_answer(box, cast, customer, headers):
    box.put(letter("Out of office", **headers))
    mailbox_look()
    entry = Interaction.objects.get(customer=customer)
    assert (entry.result, entry.automatic) == ("no_answer", True)
    assert not FollowUp.objects.filter(source="incoming").exists()
    assert not Notice.objects.filter(kind="incoming").exists()
    assert not OutboxMail.objects.exists()  # and nothing is answered


def test_machines_and_circulars_of_strangers_are_left_there(box, customer):
    box.put(letter("Buy", sender="a@spam.example", List_Id="<x.y>"))
    box.put(letter("Ooo", sender="b@spam.example", Auto_Submitted="auto-replied"))
    box.put(letter("loop", sender="keben@127.0.0.1"))
    assert mailbox_look() == 3
    assert not Incoming.objects.filter(email__contains="spam").exists()


# --- what came back --------------------------------------------------------------------------------------------------
def test_what_came_back_marks_message_and_address(box, cast, customer, sign_in):
    message, mail = sent(customer, cast)
    box.put(report(mail))
    mailbox_look()
    message.refresh_from_db()
    assert message.state == Message.State.BOUNCED
    assert not Incoming.objects.exists()
    assert Notice.objects.get(user=cast.wang, kind="message").numbers["dead"]
    customer.facts.refresh_from_db()
    assert customer.facts.last_contact_at is None  # nobody was reached by it
    client = sign_in(cast.wang)
    file = client.get(reverse("customer", args=[customer.pk])).content.decode()
    works = reverse("address_works", args=[DeadAddress.objects.get().pk])
    assert works in file
    assert client.get(reverse("message", args=[message.pk])).status_code == 200
    with pytest.raises(ValidationError, match=r"came back|退"):
        message_send(customer=customer, channel="email", subject="x", text="x", by=cast.wang)
    client.post(works)
    assert message_send(customer=customer, channel="email", subject="x", text="x", by=cast.wang)


def test_another_address_is_none_of_those(box, cast, customer):
    _message, mail = sent(customer, cast)
    box.put(report(mail))
    mailbox_look()
    row = Customer.objects.get(pk=customer.pk)
    customer_update(customer=row, changes={"email": "new@example.com"}, version=row.version, by=cast.wang)
    assert message_send(customer=row, channel="email", subject="x", text="x", by=cast.wang)


def test_a_waiting_mail_to_such_an_address_doesnt_go(box, cast, customer):
    _message, mail = sent(customer, cast)
    waiting = message_send(customer=customer, channel="email", subject="x", text="x", by=cast.wang)
    box.put(report(mail))
    mailbox_look()
    with time_machine.travel(clock.now() + timedelta(seconds=11), tick=False):
        dispatch_round()
    assert len(outgoing.outbox) == 1  # the one that came back
    waiting.refresh_from_db()
    assert waiting.state == Message.State.CANCELLED


def test_a_full_mailbox_says_nothing_of_the_address(box, cast, customer):
    message, mail = sent(customer, cast)
    box.put(report(mail, status="5.2.2"))
    mailbox_look()
    message.refresh_from_db()
    assert message.state == Message.State.BOUNCED
    assert not DeadAddress.objects.exists()


@pytest.mark.parametrize(
    "change",
    [{"status": "4.2.2"}, {"action": "delayed"}, {"address": "other@example.com"}, {"of": "<d1.1@keben>"}],
)
def test_what_is_late_or_not_ours_changes_nothing(box, cast, customer, change):
    message, mail = sent(customer, cast)
    box.put(report(mail, **change))
    mailbox_look()
    message.refresh_from_db()
    assert message.state == Message.State.SENT
    assert not DeadAddress.objects.exists()


# --- the mailbox itself ----------------------------------------------------------------------------------------------
def test_a_mailbox_that_hangs_ends_in_time_and_holds_nothing(box, customer, monkeypatch):
    monkeypatch.setattr(imap.opened.__wrapped__, "__defaults__", (0.5,))
    box.hang = 3
    begun = time.monotonic()
    assert mailbox_look() == 0
    assert time.monotonic() - begun < 2.5
    mark = MailboxMark.objects.get()
    assert (mark.lease_until, mark.errors) == (None, 1)
    assert mark.error
    box.hang = 0
    assert mailbox_look() == 0  # a pause first
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=False):
        box.put(letter())
        assert mailbox_look() == 1


def test_only_one_looks_at_a_time(box, customer):
    MailboxMark.objects.update(lease_until=clock.now() + timedelta(seconds=30))
    box.put(letter())
    assert mailbox_look() == 0
    assert not Incoming.objects.exists()


def test_a_refused_sign_in_is_told_without_the_password(box, cast, customer, sign_in):
    box.refuse = True
    mailbox_look()
    page = sign_in(cast.admin).get(reverse("inlet_list")).content.decode()
    assert MailboxMark.objects.get().error
    assert "secret" not in MailboxMark.objects.get().error
    assert "secret" not in page


def test_a_server_that_sends_more_than_asked_for_is_left(box, customer):
    box.put(letter())
    box.literal = 50_000_000
    assert mailbox_look() == 0
    assert MailboxMark.objects.get().errors == 1


def test_a_private_mailbox_needs_to_be_allowed(box, customer):
    box.put(letter())
    with override_settings(OUTBOUND_ALLOW=frozenset()):
        assert mailbox_look() == 0
    assert "OUTBOUND_ALLOW" in MailboxMark.objects.get().error


def test_of_ten_megabytes_the_words_are_taken(box, customer):
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Message-ID"] = "wang@example.com", "Big", "<big@example.com>"
    mail.set_content("看附件")
    mail.add_attachment(b"x" * 10_000_000, maintype="application", subtype="pdf", filename="a.pdf")
    box.put(mail.as_bytes())
    mailbox_look()
    assert Incoming.objects.get().text == "看附件"
