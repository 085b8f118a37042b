"""WeCom's callback: the address is proved, messages are opened, and nothing else is taken for one."""

from __future__ import annotations

import base64
import hashlib
import os
import struct
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from django.urls import reverse

from core import clock
from customers.models import Handle, Interaction
from followups.incoming.secrets import wecom_key, wecom_token
from followups.incoming.wecom import BadCallbackError, read_xml
from followups.models import Incoming
from followups.services import inlet_add

pytestmark = pytest.mark.django_db
COMPANY = "ww1234567890"
BOMB = b"""<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>"""
FILE = (
    b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml><Encrypt>&f;</Encrypt></xml>"""
)


@pytest.fixture
def secret(cast):
    return inlet_add(by=cast.admin, kind="wecom", name="企业微信", network="wecom", company_id=COMPANY)[1]


def sealed(secret, text, company=COMPANY):
    """As WeCom does it: chance, length, text, company; padded to blocks of 32."""
    key = base64.b64decode(wecom_key(secret) + "=")
    data = os.urandom(16) + struct.pack(">I", len(text)) + text + company.encode()
    data += bytes([32 - len(data) % 32]) * (32 - len(data) % 32)
    closer = Cipher(AES256(key), CBC(key[:16])).encryptor()
    return base64.b64encode(closer.update(data) + closer.finalize()).decode()


def asked(secret, encrypted, *, at=None, token="", **more):
    moment = str(int((at or clock.now()).timestamp()))
    parts = sorted((token or wecom_token(secret), moment, "nonce", encrypted))
    signature = hashlib.sha1("".join(parts).encode(), usedforsecurity=False).hexdigest()
    query = {"msg_signature": signature, "timestamp": moment, "nonce": "nonce", **more}
    return f"{reverse('incoming_wecom', args=[secret])}?{urlencode(query)}"


def post(client, secret, inner, **more):
    encrypted = sealed(secret, inner, more.pop("company", COMPANY))
    body = f"<xml><ToUserName>{COMPANY}</ToUserName><Encrypt>{encrypted}</Encrypt></xml>"
    return client.post(asked(secret, encrypted, **more), body.encode(), content_type="text/xml")


def message(kind="text", sender="wangxm", number="1001", **more):
    inside = {"FromUserName": sender, "MsgType": kind, "MsgId": number, "AgentID": "1000002"}
    inside |= {"CreateTime": str(int(clock.now().timestamp())), "Content": "在吗？"} | more
    return ("<xml>" + "".join(f"<{k}><![CDATA[{v}]]></{k}>" for k, v in inside.items()) + "</xml>").encode()


def test_the_address_is_proved(client, secret):
    echo = sealed(secret, b"12345")
    answer = client.get(asked(secret, echo, echostr=echo))
    assert (answer.status_code, answer.content) == (200, b"12345")


def test_a_message_stands_at_whom_the_sender_was_recognised_as(client, cast, secret, make):
    customer = make("王小明")
    Handle.objects.create(customer=customer, network="wecom", handle="wangxm", at=clock.now())
    for _ in range(3):  # WeCom asks again when no answer comes in time
        assert post(client, secret, message()).content == b"success"
    row = Incoming.objects.get()
    assert (row.customer, row.text, row.handle, row.network) == (customer, "在吗？", "wangxm", "wecom")
    assert Interaction.objects.get().kind == "wechat"


def test_of_other_kinds_it_says_what_came(client, secret):
    post(client, secret, message("image", number="1", Content="", PicUrl="https://x.example/a.png"))
    post(client, secret, message("link", number="2", Title="新品", Description="看看", Url="https://x.example/b"))
    rows = list(Incoming.objects.order_by("pk"))
    assert [row.text for row in rows] == ["[图片]", "新品\n看看"]
    assert rows[1].url == "https://x.example/b"


def test_of_events_nothing_follows(client, secret):
    assert post(client, secret, message("event", Event="enter_agent")).status_code == 200
    assert not Incoming.objects.exists()


def test_what_isnt_for_us_is_refused(client, secret):
    assert post(client, secret, message(), company="another").status_code == 401
    assert post(client, secret, message(), token="wrong").status_code == 401
    assert post(client, secret, message(), at=clock.now() - timedelta(minutes=6)).status_code == 401
    assert client.get(reverse("incoming_wecom", args=[secret])).status_code == 401
    assert not Incoming.objects.exists()


@pytest.mark.parametrize("body", [BOMB, FILE, b"<xml>", b"\0", b"", b"<a><b><c><d><e/></d></c></b></a>"])
def test_xml_that_isnt_flat_and_plain_is_refused(client, secret, body):
    assert client.post(asked(secret, ""), body, content_type="text/xml").status_code == 401
    with pytest.raises(BadCallbackError):
        read_xml(body)


@pytest.mark.parametrize("inner", [BOMB, FILE])
def test_nor_inside_of_what_is_sealed(client, secret, inner):
    assert post(client, secret, inner).status_code == 401
    assert not Incoming.objects.exists()


def test_the_key_is_one_that_wecom_takes(secret):
    key = wecom_key(secret)
    assert (len(key), len(base64.b64decode(key + "=")), key.isalnum()) == (43, 32, True)
    assert base64.b64encode(base64.b64decode(key + "=")).decode() == key + "="
    assert len(wecom_token(secret)) == 32
