"""SMS_URL: what the gateway is sent, and what each of its answers means for the message."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from core.gateways.base import Message
from core.gateways.sms import sms_gateway
from core.sending import LostError, SendError, Trouble
from core.tests.http_sink import http_sink
from crm import addresses

MESSAGE = Message(to="+8613800000000", text='客户"A"\n{key}', key="k1")


@pytest.fixture
def sink():
    with http_sink() as running:
        yield running


def gateway(sink, rest="/send", user=""):
    with override_settings(SMS_URL=f"http://{user}127.0.0.1:{sink.port}{rest}"):
        return sms_gateway()


def test_without_an_address_there_is_no_gateway():
    assert sms_gateway() is None


def test_number_text_and_key_are_sent_as_json(sink):
    gateway(sink).send(MESSAGE)
    (asked,) = sink.asked
    assert (asked.method, asked.path) == ("POST", "/send")
    assert asked.json() == {"to": "+8613800000000", "text": '客户"A"\n{key}', "key": "k1"}


def test_the_template_says_what_is_sent_and_no_text_can_break_out_of_it(sink):
    gateway(sink, '/v1?sign=KB#{"phones":["{to}"],"msg":"[KB] {text}","n":1}').send(MESSAGE)
    assert sink.asked[0].json() == {"phones": ["+8613800000000"], "msg": '[KB] 客户"A"\n{key}', "n": 1}
    assert sink.asked[0].query == {"sign": ["KB"]}


def test_password_and_headers_stay_out_of_the_address(sink):
    gateway(sink, "/x?_header=X-Key:%20abc&a=b", user="me:p%40ss@").send(MESSAGE)
    asked = sink.asked[0]
    assert asked.query == {"a": ["b"]}
    assert asked.headers["Authorization"] == "Basic bWU6cEBzcw=="
    assert asked.headers["X-Key"] == "abc"


@pytest.mark.parametrize(
    ("status", "trouble"),
    [
        (400, Trouble.REJECTED),
        (422, Trouble.REJECTED),
        (401, Trouble.CHANNEL),
        (302, Trouble.CHANNEL),
        (429, Trouble.LATER),
        (503, Trouble.LATER),
        (500, Trouble.UNSURE),
        (502, Trouble.UNSURE),
    ],
)
def test_each_status_means_one_thing(sink, status, trouble):
    sink.answer = lambda asked: (status, {})
    with pytest.raises(SendError) as error:
        gateway(sink).send(MESSAGE)
    assert error.value.trouble is trouble


def test_a_gateway_that_always_says_200_is_read_by_its_field(sink):
    door = gateway(sink, "/?_ok=code=0")
    sink.answer = lambda asked: (200, {"code": 0})
    door.send(MESSAGE)
    for told, trouble in (({"code": 7}, Trouble.REJECTED), ({"other": 1}, Trouble.UNSURE)):
        sink.answer = lambda asked, told=told: (200, told)
        with pytest.raises(SendError) as error:
            door.send(MESSAGE)
        assert error.value.trouble is trouble


def test_no_answer_leaves_it_open_whether_it_went_out(sink):
    sink.answer = lambda asked: (200, None)
    with pytest.raises(SendError) as error:
        gateway(sink).send(MESSAGE)
    assert error.value.trouble is Trouble.UNSURE


def test_who_has_lost_the_message_meanwhile_hands_nothing_over(sink):
    with pytest.raises(LostError):
        gateway(sink).send(MESSAGE, lambda: False)
    assert sink.asked == []


@pytest.mark.parametrize("url", ["sms.example.com", "ftp://x", "https://", "https://x/#[1]", "https://x/#{"])
def test_an_address_that_cant_be_right_stops_the_start(url):
    with pytest.raises(ImproperlyConfigured, match="SMS_URL"):
        addresses.sms_gateway(url)


@pytest.mark.parametrize("text", ["example.com", "http://x:1", "x:0", "x:y", "a@b:1", "x:1/y"])
def test_a_wrong_exception_stops_the_start(text):
    with pytest.raises(ImproperlyConfigured, match="OUTBOUND_ALLOW"):
        addresses.outbound_allow([text])
    assert addresses.outbound_allow(["Sms.intern:8080", "[::1]:9", " "]) == {("sms.intern", 8080), ("::1", 9)}
