"""A message is written from a template, goes once as a mail, and is logged when it has gone."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
import time_machine
from django.core import mail as outgoing
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db.models import Q
from django.test import override_settings
from django.urls import reverse

from core import clock
from core.mailer import Mailer
from core.models import OutboxMail
from core.sending import LostError
from core.tests.smtp_sink import smtp_sink
from crm.dispatching import dispatch_round
from customers.models import Contact, Customer, Interaction
from customers.services import consent_record
from followups.messages.variables import unknown
from followups.models import FollowUp, Message, MessageTemplate
from followups.services import (
    follow_up_create,
    message_again,
    message_cancel,
    message_send,
    message_sent,
    messages_settle,
    template_add,
    template_change,
)
from followups.services.messages import NotStuckError

pytestmark = pytest.mark.django_db
State = Message.State
WAIT = timedelta(seconds=11)


@pytest.fixture
def customer(make):
    made = make("王小明", kind="person")
    Customer.objects.filter(pk=made.pk).update(email="wang@example.com", gender="m", phone="13812345678")
    return Customer.objects.select_related("facts", "owner").get(pk=made.pk)


def send(customer, cast, **more):
    values = {"channel": "email", "subject": "您好", "text": "方案已发", "by": cast.wang, "customer": customer}
    return message_send(**{**values, **more})


def round_later():
    with time_machine.travel(clock.now() + WAIT, tick=False):
        return dispatch_round()


def state_of(message):
    message.refresh_from_db()
    return message.state


def killed_after_sending(monkeypatch):
    """The server has the mail; the process ends before that is written down."""

    def killed(*args, **values):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr("core.dispatcher._mark", killed)
        with pytest.raises(SystemExit):
            round_later()


def page(customer, **asked):
    return f"{reverse('message_new')}?customer={customer.pk}" + "".join(f"&{k}={v}" for k, v in asked.items())


def opened(client, url):
    form = client.get(url).context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() not in (None, "")}


def test_a_mail_goes_once_and_is_logged_when_it_has_gone(customer, cast):
    message = send(customer, cast)
    assert state_of(message) == State.WAITING
    assert not Interaction.objects.filter(customer=customer).exists()
    for _ in range(3):
        round_later()
    (letter,) = outgoing.outbox
    assert (letter.to, letter.subject) == (["wang@example.com"], "您好")
    assert letter.body.startswith("方案已发\n\n--\n")
    assert letter.extra_headers["Reply-To"] == cast.wang.email
    assert letter.extra_headers["Auto-Submitted"] == "no"
    entry = Interaction.objects.get(customer=customer)
    assert (entry.kind, entry.direction, entry.user, entry.summary) == ("email", "out", cast.wang, "您好")
    assert state_of(message) == State.SENT
    assert message.interaction == entry
    customer.facts.refresh_from_db()
    assert customer.facts.last_contact_kind == "email"


def test_a_planned_mail_is_written_from_the_next_step(customer, cast, sign_in):
    plan = FollowUp.objects.create(customer=customer, assignee=cast.wang, due_on=clock.business_date(), method="email")
    client = sign_in(cast.wang)
    file = client.get(reverse("customer", args=[customer.pk])).content.decode()
    url = page(customer, channel="email", follow_up=plan.pk)
    assert html.escape(url) in file
    assert client.get(url).status_code == 200
    FollowUp.objects.filter(pk=plan.pk).update(method="visit")
    assert html.escape(url) not in client.get(reverse("customer", args=[customer.pk])).content.decode()


def test_three_taps_from_the_file_to_the_mail(customer, cast, sign_in):
    """The button of the file, the template, Send; the words are there already."""
    client = sign_in(cast.wang)
    file = client.get(reverse("customer", args=[customer.pk])).content.decode()
    assert f'href="{page(customer)}"' in file
    choice = client.get(page(customer))
    thanks = MessageTemplate.objects.get(code="value")
    (url,) = [url for template, url in choice.context["fitting"] + choice.context["others"] if template == thanks]
    sent = opened(client, reverse("message_new") + url)
    assert sent["text"].startswith("Dear Mr 王小明,")
    assert opened(client, reverse("message_new") + url + "&language=zh-hans")["text"].startswith("王先生，您好！")
    assert client.post(reverse("message_new") + url, sent).status_code == 302
    message = Message.objects.get()
    assert (message.template, message.template_version, message.state) == (thanks, 1, State.WAITING)


def test_what_waited_when_the_server_was_taken_away_is_to_be_decided(customer, cast, sign_in):
    message = send(customer, cast)
    client = sign_in(cast.wang)
    with override_settings(EMAIL_CONFIGURED=False):
        round_later()
        assert state_of(message) == State.FAILED
        assert "Nothing goes by this channel now." in client.get(reverse("message", args=[message.pk])).content.decode()
        answer = client.post(reverse("message_again", args=[message.pk]), follow=True)
        assert "This installation sends nothing by e-mail now." in answer.content.decode()
        assert state_of(message) == State.FAILED
    assert outgoing.outbox == []
    client.post(reverse("message_again", args=[message.pk]))
    round_later()
    assert state_of(message) == State.SENT


def test_what_a_file_refuses_meanwhile_doesnt_go(customer, cast, tmp_path, settings):
    settings.STORAGE_DIR = str(tmp_path)
    message = send(customer, cast)
    file = tmp_path / "refusals.csv"
    file.write_text(f"number,consent\n{customer.number},do not contact\n", encoding="utf-8")
    call_command("import_customers", str(file))
    round_later()
    assert outgoing.outbox == []
    assert state_of(message) == State.CANCELLED


def test_of_many_open_follow_ups_the_one_that_was_named_is_closed(customer, cast, sign_in):
    day = clock.business_date()
    rows = [
        FollowUp.objects.create(customer=customer, assignee=cast.wang, due_on=day + timedelta(days=n), method="email")
        for n in range(25)
    ]
    client, named = sign_in(cast.wang), rows[-1]
    url = page(customer, channel="email", follow_up=named.pk, template="none")
    client.post(url, opened(client, url) | {"subject": "您好", "text": "方案已发"})
    assert Message.objects.get().follow_up == named
    round_later()
    assert [row.pk for row in rows if FollowUp.objects.get(pk=row.pk).state != "open"][-1] == named.pk


def test_one_that_is_done_already_closes_no_other(customer, cast, sign_in):
    day = clock.business_date() + timedelta(days=30)
    done, other = (
        FollowUp.objects.create(customer=customer, assignee=cast.wang, due_on=day, method="email", state=state)
        for state in ("done", "open")
    )
    client = sign_in(cast.wang)
    url = page(customer, channel="email", follow_up=done.pk, template="none")
    client.post(url, opened(client, url) | {"subject": "您好", "text": "方案已发", "close": "on"})
    assert Message.objects.get().follow_up is None
    assert FollowUp.objects.get(pk=other.pk).state == "open"


def test_what_is_closed_is_what_was_next_when_the_writing_began(customer, cast, sign_in):
    day = clock.business_date() + timedelta(days=30)
    first = FollowUp.objects.create(customer=customer, assignee=cast.wang, due_on=day, method="email")
    client = sign_in(cast.wang)
    (url, *_rest) = [url for _template, url in client.get(page(customer)).context["fitting"]]
    sooner = FollowUp.objects.create(
        customer=customer, assignee=cast.wang, due_on=day - timedelta(days=9), method="call"
    )
    sent = opened(client, reverse("message_new") + url) | {"subject": "您好", "text": "方案已发", "close": "on"}
    client.post(reverse("message_new") + url, sent)
    assert Message.objects.get().follow_up == first
    assert sooner.state == "open"


def test_each_change_of_state_is_stamped(customer, cast):
    """The page and the API tell a newer version, whoever wrote it: a person, the dispatcher, or the reader."""
    message = send(customer, cast)
    consent_record(customer=customer, channel="email", topic="service", allowed=False, by=cast.wang)
    message.refresh_from_db()
    assert (message.state, message.version) == (State.CANCELLED, 2)


def test_the_form_sent_twice_sends_one(customer, cast, sign_in):
    client, url = sign_in(cast.wang), page(customer, template="none", channel="email")
    sent = opened(client, url) | {"subject": "Hi", "text": "Hello"}
    assert [client.post(url, sent).status_code for _ in range(2)] == [302, 302]
    round_later()
    assert Message.objects.count() == len(outgoing.outbox) == 1


def test_it_closes_the_follow_up_it_was_made_for(customer, cast):
    far = follow_up_create(
        customer=customer, assignee=cast.wang, by=cast.wang, due_on=clock.business_date() + timedelta(days=40)
    )
    send(customer, cast, follow_up=far)
    assert FollowUp.objects.get(pk=far.pk).state == "open"
    round_later()
    assert FollowUp.objects.get(pk=far.pk).state == "done"


def test_a_follow_up_it_was_not_made_for_stays(customer, cast):
    planned = follow_up_create(customer=customer, assignee=cast.wang, by=cast.wang, due_on=clock.business_date())
    send(customer, cast)
    round_later()
    assert FollowUp.objects.get(pk=planned.pk).state == "open"


def test_what_goes_by_hand_is_logged_when_a_person_says_so(customer, cast):
    message = send(customer, cast, channel="wechat", subject="")
    assert state_of(message) == State.DRAFT
    assert not OutboxMail.objects.exists()
    message_sent(message=message, by=cast.wang)
    assert state_of(message) == State.SENT
    assert Interaction.objects.get(customer=customer).kind == "wechat"
    with pytest.raises(NotStuckError):
        message_sent(message=message, by=cast.wang)
    assert Interaction.objects.count() == 1


class Gateway:
    """A gateway for text messages that takes everything."""

    def __init__(self):
        self.taken = []

    def send(self, message, begin):
        if not begin():
            raise LostError
        self.taken.append(message)


def test_a_text_message_goes_by_the_gateway_once_and_is_logged(customer, cast, monkeypatch):
    gateway = Gateway()
    monkeypatch.setattr("core.outbox.sms_gateway", lambda: gateway)
    message = send(customer, cast, channel="sms", subject="")
    for _ in range(3):
        round_later()
    (taken,) = gateway.taken
    assert (taken.to, taken.text) == ("+8613812345678", "方案已发")
    assert state_of(message) == State.SENT
    assert Interaction.objects.get().kind == "sms"


def test_a_text_message_refused_at_the_last_moment_stays_here(customer, cast, monkeypatch):
    gateway = Gateway()
    monkeypatch.setattr("core.outbox.sms_gateway", lambda: gateway)
    message = send(customer, cast, channel="sms", subject="")
    Customer.objects.filter(pk=customer.pk).update(do_not_contact=True)
    round_later()
    assert gateway.taken == []
    assert state_of(message) == State.CANCELLED


@pytest.mark.parametrize("gateway", [Gateway, lambda: None])
@pytest.mark.parametrize("phone", ["0512 6578 1234", "010 6578 1234 ext. 801", "400 800 1234", "95588", "12"])
def test_what_is_no_mobile_gets_no_text_message_and_is_not_offered(
    customer, cast, sign_in, monkeypatch, phone, gateway
):
    monkeypatch.setattr("core.outbox.sms_gateway", gateway)
    Customer.objects.filter(pk=customer.pk).update(phone=phone)
    customer.refresh_from_db()
    with pytest.raises(ValidationError, match="no mobile number"):
        send(customer, cast, channel="sms", subject="")
    assert not Message.objects.exists()
    shown = sign_in(cast.wang).get(page(customer, template="none", channel="sms"))
    assert shown.context["composed"].reader is None
    assert not shown.context["hidden"]  # it isn't hidden from this person: it leads nowhere


def test_what_was_sent_by_hand_is_noted_even_where_it_was_refused_since(customer, cast):
    message = send(customer, cast, channel="wechat", subject="")
    Customer.objects.filter(pk=customer.pk).update(do_not_contact=True)
    message_sent(message=message, by=cast.wang)
    assert state_of(message) == State.SENT


def test_a_sender_killed_between_sending_and_marking_leaves_it_unknown_and_never_sends_twice(
    customer, cast, monkeypatch
):
    message = send(customer, cast)
    with smtp_sink() as sink:
        killed_after_sending(monkeypatch)
        for minutes in (2, 5, 60, 600):
            with time_machine.travel(clock.now() + timedelta(minutes=minutes), tick=False):
                dispatch_round()
        assert len(sink.taken) == 1
        assert state_of(message) == State.UNKNOWN
        assert not Interaction.objects.exists()
        message_sent(message=message, by=cast.wang)
        assert state_of(message) == State.SENT
        assert Interaction.objects.count() == 1
        assert len(sink.taken) == 1


def test_with_the_other_policy_it_would_go_twice(customer, cast, monkeypatch):
    """The twin: what holds it back is the policy of its row."""
    send(customer, cast)
    OutboxMail.objects.update(policy=OutboxMail.Policy.RESEND)
    with smtp_sink() as sink:
        killed_after_sending(monkeypatch)
        with time_machine.travel(clock.now() + timedelta(minutes=2), tick=False):
            dispatch_round()
        assert len(sink.taken) == 2


def test_a_person_sends_an_unknown_one_again(customer, cast):
    message = send(customer, cast)
    OutboxMail.objects.update(state="unknown", phase="data")
    messages_settle()
    assert state_of(message) == State.UNKNOWN
    message_again(message=message, by=cast.wang)
    round_later()
    assert len(outgoing.outbox) == 1
    assert state_of(message) == State.SENT


def test_a_refused_address_is_told_to_its_author(customer, cast):
    message = send(customer, cast)
    with smtp_sink() as sink:
        sink.on_rcpt = "550 no such user"
        round_later()
    assert state_of(message) == State.FAILED
    assert "550" in message.error
    assert cast.wang.notices.filter(kind="message").count() == 1
    assert not Interaction.objects.exists()


def test_it_can_be_called_off_until_it_goes(customer, cast):
    message = send(customer, cast)
    message_cancel(message=message, by=cast.wang)
    round_later()
    assert outgoing.outbox == []
    assert state_of(message) == State.CANCELLED


def test_what_is_not_to_be_contacted_is_not_written_to(customer, cast, sign_in):
    Customer.objects.filter(pk=customer.pk).update(do_not_contact=True)
    with pytest.raises(ValidationError, match="not to be contacted"):
        send(customer, cast)
    shown = sign_in(cast.wang).get(page(customer, template="none")).content.decode()
    assert "not to be contacted" in shown
    assert "<textarea" not in shown


def refuse_after_the_lease(customer, monkeypatch):
    """The customer says so when the row is claimed and everything was asked, just before the data."""
    prepare = Mailer.prepare

    def refused(mailer, mail):
        prepare(mailer, mail)
        Customer.objects.filter(pk=customer.pk).update(do_not_contact=True)

    monkeypatch.setattr(Mailer, "prepare", refused)


def test_a_wish_between_the_lease_and_the_data_stops_it(customer, cast, monkeypatch):
    """The statement that begins the data asks once more."""
    message = send(customer, cast)
    refuse_after_the_lease(customer, monkeypatch)
    round_later()
    assert outgoing.outbox == []
    assert state_of(message) == State.CANCELLED


def test_without_that_question_it_would_have_gone(customer, cast, monkeypatch):
    send(customer, cast)
    monkeypatch.setattr("core.outbox.still_allowed", lambda mail: Q())
    refuse_after_the_lease(customer, monkeypatch)
    round_later()
    assert len(outgoing.outbox) == 1


# --- templates -------------------------------------------------------------------------------------------------------
def test_an_unknown_variable_is_refused_with_its_name(cast):
    with pytest.raises(ValidationError) as refused:
        template_add(by=cast.manager, name_en="x", name_zh="x", body_en="Dear {{nmae}}, {{customer.password}}")
    assert "nmae, customer.password" in str(refused.value)
    with pytest.raises(ValidationError, match=r"variable \{\{"):
        template_add(by=cast.manager, name_en="x", name_zh="x", body_en="Dear {{customer")


def test_a_missing_value_is_asked_for_and_never_left_empty(make, cast, sign_in):
    company = make("钢铁公司", kind="company")
    Customer.objects.filter(pk=company.pk).update(email="steel@example.com")
    template = MessageTemplate.objects.get(code="thanks")
    client, url = sign_in(cast.wang), page(company, template=template.pk, channel="email", language="en")
    answer = client.get(url)
    assert [one.code for one in answer.context["open_places"]] == ["salutation", "product", "owner_phone"]
    refused = client.post(url, opened(client, url))
    assert refused.status_code == 422
    assert "how the reader is addressed" in refused.content.decode()
    assert not Message.objects.exists()


def test_a_name_is_no_template_and_no_markup(make, cast, sign_in):
    evil = make("{{owner_phone}}<script>alert(1)</script>\r\nBcc: all@example.com", kind="person")
    Customer.objects.filter(pk=evil.pk).update(email="evil@example.com")
    template = template_add(
        by=cast.manager, name_en="x", name_zh="x", subject_en="For {{customer}}", body_en="Dear {{customer}}"
    )
    client, url = sign_in(cast.wang), page(evil, template=template.pk, channel="email", language="en")
    answer = client.get(url)
    assert "<script>alert" not in answer.content.decode()
    form = answer.context["form"]
    assert form["subject"].value() == "For { {owner_phone} }<script>alert(1)</script> Bcc: all@example.com"
    assert client.post(url, opened(client, url)).status_code == 302
    round_later()
    (letter,) = outgoing.outbox
    assert "\n" not in letter.subject
    assert letter.recipients() == ["evil@example.com"]


def test_a_sent_message_keeps_its_words(customer, cast):
    template = MessageTemplate.objects.get(code="greeting")
    message = send(customer, cast, template=template, template_version=template.version, text="old words")
    template_change(template=template, changes={"body_en": "new words"}, version=1, by=cast.manager)
    round_later()
    message.refresh_from_db()
    assert (message.text, message.template_version) == ("old words", 1)
    assert outgoing.outbox[0].body.startswith("old words\n")


def test_the_templates_that_come_along_have_both_languages_and_known_variables():
    shipped = MessageTemplate.objects.filter(code__isnull=False)
    assert {one.purpose for one in shipped} == set(MessageTemplate.Purpose.values) - {"other"}
    for template in shipped:
        for language in ("en", "zh-hans"):
            subject, body = template.words(language)
            assert subject
            assert body
            assert unknown(subject + body) == []


def test_templates_that_fit_come_first(make, cast, sign_in):
    customer = make("王", kind="person", stage="proposal")
    Customer.objects.filter(pk=customer.pk).update(email="wang@example.com")
    shown = sign_in(cast.wang).get(page(customer, channel="email")).context
    fitting = [template.code for template, _url in shown["fitting"]]
    assert fitting[:2] == ["after_proposal", "success"]
    assert "thanks" in [template.code for template, _url in shown["others"]]


# --- who may ---------------------------------------------------------------------------------------------------------
def test_who_may_not_read_an_address_can_neither_write_to_it_nor_learn_it(customer, cast, sign_in):
    Contact.objects.create(customer=customer, name="李四", email="li@example.com")
    client = sign_in(cast.admin)
    shown = client.get(page(customer, template="none", channel="email")).content.decode()
    assert "write by this channel" in shown
    assert "wang@example.com" not in shown
    assert "li@example.com" not in shown
    client.post(page(customer, template="none", channel="email"), {"subject": "x", "text": "x", "topic": "service"})
    assert not Message.objects.exists()
    message = send(customer, cast)
    assert "wang@example.com" not in client.get(reverse("message", args=[message.pk])).content.decode()


def test_customers_of_others_are_not_written_to(customer, cast, sign_in):
    client = sign_in(cast.outsider)
    assert client.get(page(customer)).status_code == 404
    message = send(customer, cast)
    assert client.post(reverse("message_cancel", args=[message.pk])).status_code == 404
    assert state_of(message) == State.WAITING
