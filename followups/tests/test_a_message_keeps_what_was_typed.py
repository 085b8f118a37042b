"""Another channel, reader or language is chosen while a message is written: what was typed goes along."""

from __future__ import annotations

import html
import re

import pytest
from django.urls import reverse

from core import clock
from customers.models import Contact, Customer
from followups.models import FollowUp, Message, MessageTemplate

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(make):
    made = make("远航商贸", kind="company")
    Customer.objects.filter(pk=made.pk).update(email="office@example.com", phone="13812345678")
    Contact.objects.create(customer=made, name="陈静", email="chen@example.com", phone="13812345679", is_primary=True)
    return Customer.objects.get(pk=made.pk)


@pytest.fixture
def template():
    return MessageTemplate.objects.get(code="greeting")


def start(customer, template, **asked):
    values = {"customer": customer.pk, "template": getattr(template, "pk", template), **asked}
    return f"{reverse('message_new')}?{'&'.join(f'{name}={value}' for name, value in values.items())}"


def sent(page, **changes):
    """What a browser would send of the form as it stands."""
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in {**values, **changes}.items() if value not in (None, "", False)}


def button(page, words):
    """The value of the button that says this."""
    found = re.search(rf'name="move" value="([^"]*)"[^>]*>\s*(?:<span[^>]*>)?\s*{words}', page.content.decode())
    assert found, words
    return html.unescape(found[1])


def press(client, page, url, words, **typed):
    there = client.post(url, {**sent(page, **typed), "move": button(page, words)})
    assert there.status_code == 302, there.content.decode()
    return client.get(there.url), there.url


def test_another_channel_takes_subject_and_text_along_and_back(customer, cast, sign_in):
    client = sign_in(cast.wang)
    url = start(customer, "none", channel="email")
    page = client.get(url)
    page, url = press(client, page, url, "SMS", subject="报价", text="一字不差\n第二行", topic="marketing")
    assert page.context["form"]["text"].value() == "一字不差\n第二行"
    assert "subject" not in [field.name for field in page.context["form"].visible_fields()]
    page, url = press(client, page, url, "E-mail", text="一字不差\n第三行")
    kept = {name: page.context["form"][name].value() for name in ("subject", "text", "topic")}
    assert kept == {"subject": "报价", "text": "一字不差\n第三行", "topic": "marketing"}
    assert not Message.objects.exists()


def test_another_reader_gets_the_words_of_the_template_but_for_what_was_typed(customer, template, cast, sign_in):
    client = sign_in(cast.wang)
    url = start(customer, template, channel="email", language="zh-hans")
    page = client.get(url)
    assert "陈静" in page.context["form"]["text"].value()
    page, url = press(client, page, url, "远航商贸", subject="我自己的标题")
    assert page.context["form"]["subject"].value() == "我自己的标题"
    assert "陈静" not in page.context["form"]["text"].value()
    page, url = press(client, page, url, "English")
    assert page.context["form"]["subject"].value() == "我自己的标题"
    assert "best wishes" in page.context["form"]["text"].value()


def test_a_channel_that_leads_nowhere_leads_back_with_the_text(customer, cast, sign_in):
    Customer.objects.filter(pk=customer.pk).update(phone="")
    Contact.objects.filter(customer=customer).update(phone="")
    client = sign_in(cast.wang)
    url = start(customer, "none", channel="wechat")
    page = client.get(url)
    there = client.post(url, {**sent(page, text="还没写完"), "move": button(page, "SMS")})
    page = client.get(there.url)
    assert "form" not in page.context
    back = client.post(there.url, {**dict(page.context["typed"]), "move": button(page, "WeChat")})
    assert client.get(back.url).context["form"]["text"].value() == "还没写完"


def test_the_address_of_a_button_opens_nobody_elses_customer(customer, make, cast, sign_in):
    other = make("别人的客户", owner=cast.outsider)
    client = sign_in(cast.wang)
    url = start(customer, "none", channel="wechat")
    answer = client.post(url, {"text": "x", "move": f"?customer={other.pk}&channel=sms&template=none"})
    assert f"customer={customer.pk}" in answer.url


def test_a_message_that_is_no_mail_has_no_subject(customer, cast, sign_in):
    client = sign_in(cast.wang)
    url = start(customer, "none", channel="sms")
    page = client.get(url)
    client.post(url, sent(page, subject="von der E-Mail", text="您好"))
    assert Message.objects.get().subject == ""


def test_the_follow_up_is_named_and_ticked_only_for_who_came_from_it(customer, cast, sign_in):
    plan = FollowUp.objects.create(
        customer=customer, assignee=cast.wang, due_on=clock.business_date(), method="wechat", purpose="问考虑得怎样"
    )
    client = sign_in(cast.wang)
    page = client.get(start(customer, "none", channel="wechat"))
    assert not page.context["form"]["close"].value()
    assert "问考虑得怎样" in page.content.decode()
    page = client.get(start(customer, "none", channel="wechat", follow_up=plan.pk))
    assert page.context["form"]["close"].value()
    there = client.post(
        start(customer, "none", channel="wechat", follow_up=plan.pk),
        {**sent(page, close="", text="好"), "move": button(page, "SMS")},
    )
    assert not client.get(there.url).context["form"]["close"].value()
