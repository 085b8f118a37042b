"""Text messages over the HTTP gateway that SMS_URL names.

    SMS_URL=https://USER:PASSWORD@HOST/PATH?_header=NAME:VALUE&_ok=FIELD=VALUE#{"to": "{to}", "text": "{text}"}

- What stands behind # is the JSON object that is sent; {to}, {text} and {key} in its texts are filled in. Without one
  it is {"to": ..., "text": ..., "key": ...}. `key` stays the same when a message is sent again.
- USER:PASSWORD@ becomes Basic authentication; `_header` (as often as needed) sends a header such as
  `_header=Authorization:Bearer%20TOKEN`. Both stay out of the address that is called; the rest of the query goes along.
- `_ok` says which field of a JSON answer has which value when the message was taken (`_ok=code=0`), for gateways that
  answer 200 to everything.
A gateway in one's own network needs its host:port in OUTBOUND_ALLOW too.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from django.conf import settings

from core.gateways.base import Message, expect, post
from core.outbound import Answer
from core.sending import Begin, SendError, Trouble, at_once

PLACE = re.compile(r"\{(to|text|key)\}")
WHOLE = {"to": "{to}", "text": "{text}", "key": "{key}"}


@dataclass(frozen=True)
class SmsGateway:
    """One HTTP gateway. `ok`: the field and the value that an answer has when the message was taken."""

    url: str
    template: dict[str, Any]
    headers: dict[str, str]
    ok: tuple[str, str] | None = None

    def send(self, message: Message, begin: Begin = at_once) -> None:
        """Hand over one message: `to` is a number as +8613800000000."""
        values = {"to": message.to, "text": message.whole(), "key": message.key}
        body = json.dumps(_filled(self.template, values), ensure_ascii=False).encode()
        answer = post(self.url, body=body, headers=self.headers, begin=begin)
        expect(answer)
        self._taken(answer)

    def _taken(self, answer: Answer) -> None:
        if self.ok is None:
            return
        field, wanted = self.ok
        told = answer.json()
        if field not in told:
            raise SendError(Trouble.UNSURE, f"the gateway's answer has no {field}")
        if str(told[field]) != wanted:
            raise SendError(Trouble.REJECTED, f"the gateway said {field} = {told[field]}")


def _filled(value: Any, values: dict[str, str]) -> Any:
    """The template with what it names filled in, text by text: nothing that is sent can end a piece of JSON early."""
    if isinstance(value, dict):
        return {name: _filled(inner, values) for name, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, values) for inner in value]
    return PLACE.sub(lambda found: values[found[1]], value) if isinstance(value, str) else value


@lru_cache(maxsize=4)
def _read(url: str) -> SmsGateway:
    parts = urlsplit(url)
    options = parse_qsl(parts.query, keep_blank_values=True)
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if parts.username is not None:
        signed = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(signed).decode()}"
    for name, _colon, told in (value.partition(":") for key, value in options if key == "_header"):
        headers[name.strip()] = told.strip()
    ok = next((told.partition("=")[::2] for key, told in options if key == "_ok"), None)
    query = urlencode([(key, told) for key, told in options if key not in ("_header", "_ok")])
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], query=query, fragment="").geturl()
    template = json.loads(unquote(parts.fragment)) if parts.fragment else WHOLE
    return SmsGateway(bare, template, headers, ok)


def sms_gateway() -> SmsGateway | None:
    """The gateway that SMS_URL names; None where this installation sends no text messages."""
    return _read(settings.SMS_URL) if settings.SMS_URL else None
