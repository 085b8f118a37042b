"""Group chats that a robot writes into: those of WEBHOOK_URLS, by name.

    WEBHOOK_URLS=sales=https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=KEY,service=https://oapi.dingtalk.com/...

The path tells whose robot it is. DingTalk's signature needs its secret: `&secret=SEC...` in the address, which is taken
out of it before it is called.
"""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.conf import settings

from core.gateways.base import Gateway, Message
from core.gateways.dingtalk import DingTalkRobot
from core.gateways.wecom import WeComRobot
from core.sending import Begin, SendError, Trouble, at_once

DINGTALK_PATH = "/robot/send"


class Groups:
    """All groups; `to` of a message is the name of one."""

    def send(self, message: Message, begin: Begin = at_once) -> None:
        """Into the group of that name. What one robot refuses is no fault of the other groups."""
        url = settings.WEBHOOK_URLS.get(message.to)
        if url is None:
            raise SendError(Trouble.REJECTED, f"WEBHOOK_URLS names no group {message.to}")
        try:
            robot_of(url).send(message, begin)
        except SendError as error:
            if error.trouble is Trouble.CHANNEL and len(settings.WEBHOOK_URLS) > 1:
                raise SendError(Trouble.LATER, str(error)) from error
            raise


@lru_cache(maxsize=64)
def robot_of(url: str) -> Gateway:
    """The robot behind an address."""
    parts = urlsplit(url)
    if parts.path != DINGTALK_PATH:
        return WeComRobot(url)
    told = dict(parse_qsl(parts.query))
    secret = told.pop("secret", "")
    return DingTalkRobot(parts._replace(query=urlencode(told)).geturl(), secret)


def groups() -> Groups | None:
    """None where WEBHOOK_URLS names no group."""
    return Groups() if settings.WEBHOOK_URLS else None
