"""WeCom (企业微信): application messages to one member, and the robots of group chats.

WECOM_URL=https://CORP_ID:SECRET@qyapi.weixin.qq.com/?agent=1000002
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from django.conf import settings

from core.gateways.base import CodeError, Message, post, refused_by_code
from core.gateways.tokens import Token, with_token
from core.sending import Begin, SendError, Trouble, at_once
from core.texts import cut_bytes

MOST_BYTES = 2048
JSON = {"Content-Type": "application/json; charset=utf-8"}
UNKNOWN = frozenset({40003, 60111, 81013})
TOKEN_REFUSED = frozenset({40014, 41001, 42001})
MEANINGS = {
    -1: Trouble.LATER,  # busy
    45009: Trouble.LATER,  # too often
    45033: Trouble.LATER,  # too many at a time
    40001: Trouble.CHANNEL,  # secret
    40013: Trouble.CHANNEL,  # company
    40056: Trouble.CHANNEL,  # application
    301002: Trouble.CHANNEL,  # not this application's to send
    48002: Trouble.CHANNEL,  # nor to call
    60020: Trouble.CHANNEL,  # our address isn't on its list
}


@dataclass(frozen=True)
class WeComApp:
    """One application of one company. `to` is a member's account there (UserID)."""

    base: str
    agent: int
    token: Token = field(compare=False)

    def send(self, message: Message, begin: Begin = at_once) -> None:
        """To one member. WeCom itself drops the same text to the same person within half an hour."""
        body = {
            "touser": message.to,
            "msgtype": "text",
            "agentid": self.agent,
            "text": {"content": cut_bytes(message.whole(), MOST_BYTES)},
            "enable_duplicate_check": 1,
            "duplicate_check_interval": 1800,
        }

        def once(token: str) -> CodeError | None:
            address = f"{self.base}/cgi-bin/message/send?access_token={quote(token, safe='')}"
            answer = post(address, body=json.dumps(body).encode(), headers=JSON, begin=begin)
            error = refused_by_code(answer, MEANINGS)
            if error.code in UNKNOWN if error else answer.json().get("invaliduser"):
                raise SendError(Trouble.REJECTED, f"WeCom knows no member {message.to}")
            return error

        with_token(self.token, once, TOKEN_REFUSED)


@dataclass(frozen=True)
class WeComRobot:
    """The robot of one group chat; its address holds its key."""

    url: str

    def send(self, message: Message, begin: Begin = at_once) -> None:
        """Into the group."""
        body = {"msgtype": "text", "text": {"content": cut_bytes(message.whole(), MOST_BYTES)}}
        error = refused_by_code(post(self.url, body=json.dumps(body).encode(), headers=JSON, begin=begin), MEANINGS)
        if error is not None:
            raise error


@lru_cache(maxsize=4)
def _read(url: str) -> WeComApp:
    parts = urlsplit(url)
    base = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    asked = urlencode({"corpid": unquote(parts.username or ""), "corpsecret": unquote(parts.password or "")})
    agent = parse_qs(parts.query)["agent"][0]
    return WeComApp(base, int(agent), Token(f"{base}/cgi-bin/gettoken?{asked}"))


def wecom() -> WeComApp | None:
    """The application that WECOM_URL names; None where this company has none."""
    return _read(settings.WECOM_URL) if settings.WECOM_URL else None
