"""WeCom, DingTalk, robots of groups and browsers: what each is sent, and what each of its answers means."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from core import clock
from core.gateways import webpush
from core.gateways.base import Message
from core.gateways.dingtalk import _read as dingtalk_at
from core.gateways.groups import Groups
from core.gateways.wecom import _read as wecom_at
from core.models import PushDevice
from core.p256 import base64url, from_base64url
from core.sending import SendError, Trouble
from core.tests.http_sink import http_sink
from crm import addresses

MESSAGE = Message(to="wang", title="提醒", text="打电话", key="d1.1@keben", link="https://keben.example.com/inbox/")
WHOLE = "提醒\n打电话\nhttps://keben.example.com/inbox/"


@pytest.fixture(autouse=True)
def fresh_tokens():
    wecom_at.cache_clear()
    dingtalk_at.cache_clear()


@pytest.fixture
def sink():
    with http_sink(push=True) as running:
        yield running


class Service:
    """Gives a new token each time and answers messages with `says`, in order; the last one stays."""

    def __init__(self, sink, *says, lives=7200):
        self.given, self.says, self.lives = 0, list(says), lives
        sink.answer = self.answer

    def answer(self, asked):
        if asked.path.endswith("gettoken"):
            self.given += 1
            return 200, {"errcode": 0, "errmsg": "ok", "access_token": f"T{self.given}", "expires_in": self.lives}
        return 200, self.says.pop(0) if len(self.says) > 1 else self.says[0]


def app(kind, sink):
    read = wecom_at if kind == "wecom" else dingtalk_at
    return read(f"http://corp:se%40cret@127.0.0.1:{sink.port}/?agent=42")


def trouble_of(call):
    with pytest.raises(SendError) as error:
        call()
    return error.value.trouble


TAKEN = {"errcode": 0, "errmsg": "ok", "invaliduser": ""}
BOTH = pytest.mark.parametrize("kind", ["wecom", "dingtalk"])


def test_wecom_is_asked_for_a_token_once_and_gets_the_message(sink):
    service = Service(sink, TAKEN)
    for _n in range(2):
        app("wecom", sink).send(MESSAGE)
    asked, first, second = sink.asked
    assert (asked.path, asked.query) == ("/cgi-bin/gettoken", {"corpid": ["corp"], "corpsecret": ["se@cret"]})
    assert (first.path, first.query) == ("/cgi-bin/message/send", {"access_token": ["T1"]})
    assert first.json() == {
        "touser": "wang",
        "msgtype": "text",
        "agentid": 42,
        "text": {"content": WHOLE},
        "enable_duplicate_check": 1,
        "duplicate_check_interval": 1800,
    }
    assert second.query == {"access_token": ["T1"]}
    assert service.given == 1


def test_dingtalk_gets_a_work_notice(sink):
    Service(sink, {"errcode": 0, "task_id": 1})
    app("dingtalk", sink).send(MESSAGE)
    asked, sent = sink.asked
    assert (asked.path, asked.query) == ("/gettoken", {"appkey": ["corp"], "appsecret": ["se@cret"]})
    assert sent.path == "/topapi/message/corpconversation/asyncsend_v2"
    text = {"msgtype": "text", "text": {"content": WHOLE}}
    assert sent.json() == {"agent_id": 42, "userid_list": "wang", "msg": text}


@BOTH
def test_a_token_that_has_ended_is_renewed_before_it_is_used(kind, sink):
    service = Service(sink, TAKEN)
    app(kind, sink).send(MESSAGE)
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        app(kind, sink).send(MESSAGE)
    assert service.given == 2


@BOTH
def test_a_refused_token_is_renewed_once_and_the_message_sent_once_more(kind, sink):
    service = Service(sink, {"errcode": 42001, "errmsg": "access_token expired"}, TAKEN)
    app(kind, sink).send(MESSAGE)
    assert service.given == 2
    assert [asked.query.get("access_token") for asked in sink.asked if asked.method == "POST"] == [["T1"], ["T2"]]


@BOTH
def test_a_token_that_is_refused_again_is_the_channels_fault(kind, sink):
    service = Service(sink, {"errcode": 40014, "errmsg": "invalid access_token"})
    assert trouble_of(lambda: app(kind, sink).send(MESSAGE)) is Trouble.CHANNEL
    assert service.given == 2


@BOTH
def test_without_a_token_nothing_is_sent(kind, sink):
    sink.answer = lambda asked: (200, {"errcode": 40001, "errmsg": "invalid credential"})
    assert trouble_of(lambda: app(kind, sink).send(MESSAGE)) is Trouble.CHANNEL
    assert [asked.method for asked in sink.asked] == ["GET"]


@pytest.mark.parametrize(
    ("kind", "said", "trouble"),
    [
        ("wecom", {"errcode": 0, "invaliduser": "wang"}, Trouble.REJECTED),
        ("wecom", {"errcode": 81013, "errmsg": "user invalid"}, Trouble.REJECTED),
        ("wecom", {"errcode": 45009, "errmsg": "api freq out of limit"}, Trouble.LATER),
        ("wecom", {"errcode": -1, "errmsg": "system busy"}, Trouble.LATER),
        ("wecom", {"errcode": 60020, "errmsg": "not allow to access from your ip"}, Trouble.CHANNEL),
        ("dingtalk", {"errcode": 33012, "errmsg": "无效的USERID"}, Trouble.REJECTED),
        ("dingtalk", {"errcode": 90018, "errmsg": "qps"}, Trouble.LATER),
        ("dingtalk", {"errcode": 88, "errmsg": "auth", "sub_code": "60011"}, Trouble.CHANNEL),
        ("wecom", {"errcode": 44004, "errmsg": "empty content"}, Trouble.REJECTED),
        ("wecom", {}, Trouble.UNSURE),
        ("dingtalk", {}, Trouble.UNSURE),
    ],
)
def test_each_code_means_one_thing(sink, kind, said, trouble):
    Service(sink, said)
    assert trouble_of(lambda: app(kind, sink).send(MESSAGE)) is trouble


def test_who_isnt_known_there_is_named(sink):
    Service(sink, {"errcode": 0, "invaliduser": "wang"})
    with pytest.raises(SendError, match="WeCom knows no member wang"):
        app("wecom", sink).send(MESSAGE)


def test_a_long_text_is_cut_to_what_the_service_takes(sink):
    Service(sink, TAKEN)
    app("wecom", sink).send(Message(to="wang", text="长" * 2000, key="k"))
    content = sink.asked[-1].json()["text"]["content"]
    assert len(content.encode()) <= 2048
    assert content.endswith("长…")


# --- groups ----------------------------------------------------------------------------------------------------------
def group(sink, path, name="sales"):
    return override_settings(WEBHOOK_URLS={name: f"{sink.url}{path}"})


def test_a_wecom_robot_writes_into_its_group(sink):
    sink.answer = lambda asked: (200, {"errcode": 0})
    with group(sink, "/cgi-bin/webhook/send?key=K"):
        Groups().send(Message(to="sales", title="提醒", text="打电话", key="k"))
    assert sink.asked[0].query == {"key": ["K"]}
    assert sink.asked[0].json() == {"msgtype": "text", "text": {"content": "提醒\n打电话"}}


def test_a_dingtalk_robot_signs_and_keeps_its_secret(sink):
    sink.answer = lambda asked: (200, {"errcode": 0})
    with group(sink, "/robot/send?access_token=A&secret=SEC1"):
        Groups().send(Message(to="sales", text="打电话", key="k"))
    query = sink.asked[0].query
    assert "secret" not in query
    stamp = query["timestamp"][0]
    told = hmac.new(b"SEC1", f"{stamp}\nSEC1".encode(), hashlib.sha256).digest()
    assert query["sign"] == [base64.b64encode(told).decode()]
    assert abs(int(stamp) / 1000 - clock.now().timestamp()) < 60


def test_a_group_that_is_gone_or_a_robot_that_refuses_is_told(sink):
    sink.answer = lambda asked: (200, {"errcode": 310000, "errmsg": "sign not match"})
    with group(sink, "/robot/send?access_token=A"):
        assert trouble_of(lambda: Groups().send(Message(to="sales", text="x", key="k"))) is Trouble.CHANNEL
        assert trouble_of(lambda: Groups().send(Message(to="gone", text="x", key="k"))) is Trouble.REJECTED


def test_one_refusing_robot_stops_no_other_group(sink):
    sink.answer = lambda asked: (200, {"errcode": 310000, "errmsg": "sign not match"})
    two = {"a": f"{sink.url}/robot/send?access_token=A", "b": f"{sink.url}/robot/send?access_token=B"}
    with override_settings(WEBHOOK_URLS=two):
        assert trouble_of(lambda: Groups().send(Message(to="a", text="x", key="k"))) is Trouble.LATER


# --- browsers --------------------------------------------------------------------------------------------------------
# The example of RFC 8291, appendix A.
RFC = {
    "text": b"When I grow up, I want to be a watermelon",
    "own": "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw",
    "public": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    "salt": "DGv6ra1nlYgDCS1FRnbzlw",
    "sent": (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
        "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    ),
}


def test_what_a_browser_gets_is_encrypted_as_the_standard_shows():
    own = int.from_bytes(from_base64url(RFC["own"]), "big")
    salt = from_base64url(RFC["salt"])
    sent = webpush.encrypted(RFC["text"], RFC["public"], RFC["auth"], salt=salt, own=own)
    assert base64url(sent) == RFC["sent"]
    assert webpush.encrypted(RFC["text"], RFC["public"], RFC["auth"]) != sent


@pytest.fixture
def device(cast, sink):
    values = {"endpoint": f"{sink.url}/push/abc", "public_key": RFC["public"], "auth": RFC["auth"]}
    return PushDevice.objects.create(user=cast.wang, **values)


@pytest.mark.django_db
def test_a_browsers_service_is_told_who_sends_and_reads_nothing(device, sink):
    sink.answer = lambda asked: (201, {})
    webpush.WebPush().send(Message(to=str(device.pk), title="提醒", text="打电话", key="k"))
    (asked,) = sink.asked
    assert (asked.path, asked.headers["Content-Encoding"]) == ("/push/abc", "aes128gcm")
    assert "打电话".encode() not in asked.body
    scheme, token, key = asked.headers["Authorization"].replace(",", "").split()
    assert (scheme, key) == ("vapid", f"k={webpush.public_key()}")
    head, claims, signature = token.removeprefix("t=").split(".")
    told = json.loads(from_base64url(claims))
    assert told["aud"] == sink.url
    assert 0 < told["exp"] - clock.now().timestamp() <= 24 * 3600
    signed = from_base64url(signature)
    numbers = (int.from_bytes(signed[:32], "big"), int.from_bytes(signed[32:], "big"))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), from_base64url(webpush.public_key()))
    public.verify(encode_dss_signature(*numbers), f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "trouble", "stays"),
    [
        (410, Trouble.LATER, False),
        (404, Trouble.LATER, False),
        (413, Trouble.REJECTED, True),
        (429, Trouble.LATER, True),
        (403, Trouble.LATER, True),
    ],
)
def test_a_browser_that_has_had_enough_is_forgotten(device, sink, status, trouble, stays):
    sink.answer = lambda asked: (status, {})
    message = Message(to=str(device.pk), text="x", key="k")
    assert trouble_of(lambda: webpush.WebPush().send(message)) is trouble
    assert PushDevice.objects.exists() is stays


@pytest.mark.django_db
@pytest.mark.parametrize(("scheme", "allowed"), [("https", False), ("https", True), ("http", True)])
def test_a_browsers_service_in_our_own_network_is_never_called(cast, scheme, allowed):
    """Not even where the operator allows a gateway there: anybody with an account names the address of a browser."""
    with http_sink(allowed=allowed) as sink:
        device = PushDevice.objects.create(
            user=cast.wang, endpoint=f"{scheme}://127.0.0.1:{sink.port}/x", public_key=RFC["public"], auth=RFC["auth"]
        )
        assert trouble_of(lambda: webpush.WebPush().send(Message(to=str(device.pk), text="x", key="k")))
        assert sink.asked == []


@pytest.mark.django_db
def test_a_service_that_doesnt_answer_costs_a_round_one_wait(cast, sink):
    sink.answer = lambda asked: (201, None if "dead" in asked.path else {})
    rows = [
        PushDevice.objects.create(user=cast.wang, endpoint=url, public_key=RFC["public"], auth=RFC["auth"])
        for url in (f"{sink.url}/dead/1", f"{sink.url}/dead/2")
    ]
    round_of = webpush.WebPush()
    for row in rows:
        message = Message(to=str(row.pk), text="x", key="k")
        assert trouble_of(lambda message=message: round_of.send(message)) is Trouble.LATER
    assert [asked.path for asked in sink.asked] == ["/dead/1"]
    webpush_next = webpush.web_push()
    assert trouble_of(lambda: webpush_next.send(Message(to=str(rows[1].pk), text="x", key="k"))) is Trouble.LATER
    assert len(sink.asked) == 2


@pytest.mark.parametrize("sign", ["a", "客", "🙂", '"', "\\", "\n"])
@pytest.mark.parametrize("length", [10, 900, 1300, 1327, 4000, 20_000])
def test_a_long_notice_is_cut_to_what_a_push_service_takes(sign, length):
    message = Message(
        to="1", title=sign * 300, text=sign * length, key="k", link="https://crm.example.com/customers/1/"
    )
    told = json.loads(webpush.payload(message))
    body = webpush.encrypted(webpush.payload(message), RFC["public"], RFC["auth"])
    assert len(body) <= 4096
    assert told["text"] == message.text or (told["text"].endswith("…") and message.text.startswith(told["text"][:-1]))
    assert (told["link"], told["tag"]) == (message.link, "k")
    assert len(told["text"]) > 100 or length == 10


def test_keys_that_no_browser_gives_are_refused():
    webpush.check_keys(RFC["public"], RFC["auth"])
    for public, auth in (("AAAA", RFC["auth"]), (RFC["public"], "AAAA"), ("", ""), ("!", RFC["auth"])):
        with pytest.raises(ValueError):  # noqa: PT011
            webpush.check_keys(public, auth)


# --- addresses -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("url", ["x", "https://h/?agent=1", "https://a:b@h/", "https://a:b@h/?agent=x", "ftp://a:b@h"])
def test_an_application_that_cant_be_right_stops_the_start(url):
    with pytest.raises(ImproperlyConfigured, match="WECOM_URL"):
        addresses.im_app("WECOM_URL", url)


def test_groups_have_names():
    named = ["sales=https://h/x?key=1", " https://h/y?key=a=b"]
    assert addresses.webhooks(named) == {"sales": "https://h/x?key=1", "group": "https://h/y?key=a=b"}
    for wrong in (["sales"], ["=https://h/"], ["a=ftp://h"], ["a=https://h/", "a=https://i/"]):
        with pytest.raises(ImproperlyConfigured, match="WEBHOOK_URLS"):
            addresses.webhooks(wrong)
