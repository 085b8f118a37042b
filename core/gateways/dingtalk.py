"""DingTalk (钉钉): work notices to one person, and the robots of group chats, signed.

DINGTALK_URL=https://APP_KEY:APP_SECRET@oapi.dingtalk.com/?agent=123456
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from django.conf import settings

from core import clock
from core.gateways.base import CodeError, Message, post, refused_by_code
from core.gateways.tokens import Token, with_token
from core.sending import Begin, SendError, Trouble, at_once
from core.texts import cut_bytes

MOST_BYTES = 2048
JSON = {"Content-Type": "application/json; charset=utf-8"}
UNKNOWN = frozenset({33012, 60121})
TOKEN_REFUSED = frozenset({40001, 40014, 42001})
MEANINGS = {
    -1: Trouble.LATER,  # busy
    88: Trouble.CHANNEL,  # the application isn't allowed to
    60020: Trouble.CHANNEL,  # our address isn't on its list
    90002: Trouble.LATER,  # too often, by one count or another
    90003: Trouble.LATER,
    90006: Trouble.LATER,
    90018: Trouble.LATER,
    130101: Trouble.LATER,  # a robot: more than 20 in a minute
    300001: Trouble.CHANNEL,  # a robot: unknown key
    310000: Trouble.CHANNEL,  # a robot: signature, words or address don't fit its settings
}


@dataclass(frozen=True)
class DingTalkApp:
    """One application of one company. `to` is a person's userid there."""

    base: str
    agent: int
    token: Token = field(compare=False)

    def send(self, message: Message, begin: Begin = at_once) -> None:
        """To one person. DingTalk itself drops the same text to the same person within a day."""
        text = {"msgtype": "text", "text": {"content": cut_bytes(message.whole(), MOST_BYTES)}}
        body = {"agent_id": self.agent, "userid_list": message.to, "msg": text}

        def once(token: str) -> CodeError | None:
            path = "/topapi/message/corpconversation/asyncsend_v2"
            address = f"{self.base}{path}?access_token={quote(token, safe='')}"
            answer = post(address, body=json.dumps(body).encode(), headers=JSON, begin=begin)
            error = refused_by_code(answer, MEANINGS)
            if error is not None and error.code in UNKNOWN:
                raise SendError(Trouble.REJECTED, f"DingTalk knows no person {message.to}")
            return error

        with_token(self.token, once, TOKEN_REFUSED)


@dataclass(frozen=True)
class DingTalkRobot:
    """The robot of one group chat; `secret` is empty where its settings ask for no signature."""

    url: str
    secret: str

    def send(self, message: Message, begin: Begin = at_once) -> None:
        """Into the group."""
        body = {"msgtype": "text", "text": {"content": cut_bytes(message.whole(), MOST_BYTES)}}
        answer = post(self.signed(), body=json.dumps(body).encode(), headers=JSON, begin=begin)
        error = refused_by_code(answer, MEANINGS)
        if error is not None:
            raise error

    def signed(self) -> str:
        """The address with the signature of this moment; DingTalk takes it for an hour."""
        if not self.secret:
            return self.url
        stamp = round(clock.now().timestamp() * 1000)
        told = hmac.new(self.secret.encode(), f"{stamp}\n{self.secret}".encode(), hashlib.sha256).digest()
        return f"{self.url}&{urlencode({'timestamp': stamp, 'sign': base64.b64encode(told).decode()})}"


@lru_cache(maxsize=4)
def _read(url: str) -> DingTalkApp:
    parts = urlsplit(url)
    base = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    asked = urlencode({"appkey": unquote(parts.username or ""), "appsecret": unquote(parts.password or "")})
    agent = parse_qs(parts.query)["agent"][0]
    return DingTalkApp(base, int(agent), Token(f"{base}/gettoken?{asked}"))


def dingtalk() -> DingTalkApp | None:
    """The application that DINGTALK_URL names; None where this company has none."""
    return _read(settings.DINGTALK_URL) if settings.DINGTALK_URL else None
