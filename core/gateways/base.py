"""What every gateway takes and how it answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from core import outbound
from core.outbound import Allowed, Answer
from core.sending import Begin, LostError, SendError, Trouble, at_once

TIMEOUT = 5.0  # one gateway that hangs must not hold up the others for long


@dataclass(frozen=True)
class Message:
    """`to` is the recipient in the gateway's own words (a number, a person's id there). `key` stays the same when the
    message is sent again, so that a gateway which knows it sends it once. `link` may be empty."""

    to: str
    text: str
    key: str
    title: str = ""
    link: str = ""

    def whole(self) -> str:
        """All of it as one text, for gateways that know no title and no link."""
        return "\n".join(part for part in (self.title, self.text, self.link) if part)


class Gateway(Protocol):
    """Returns when the message was taken; SendError says what else: `Trouble.REJECTED` never, `LATER` not now,
    `CHANNEL` the gateway's fault and surely not sent, `UNSURE` perhaps sent.

    `begin` is called right before the message may reach the other side: False there, and it is dropped (LostError).
    """

    def send(self, message: Message, begin: Begin = at_once) -> None: ...


def post(
    url: str, *, body: bytes, headers: dict[str, str], begin: Begin = at_once, allow: Allowed | None = None
) -> Answer:
    """One POST of a message, `begin` asked between the connection and the data; SendError for what went wrong.

    `allow` as in `outbound.target_of`.
    """
    with _troubles_told(), outbound.connected(url, timeout=TIMEOUT, allow=allow) as connection:
        if not begin():
            raise LostError
        return connection.send("POST", headers=headers, body=body)


def ask(method: str, url: str, *, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
    """A request that sends no message, such as for a token: whatever fails is the channel's."""
    try:
        return outbound.request(method, url, body=body, headers=headers, timeout=TIMEOUT)
    except (outbound.RefusedTargetError, OSError) as error:
        raise SendError(Trouble.CHANNEL, str(error)) from error


@contextmanager
def _troubles_told() -> Iterator[None]:
    try:
        yield
    except (outbound.RefusedTargetError, outbound.UnreachableError) as error:
        raise SendError(Trouble.CHANNEL, str(error)) from error
    except outbound.NoAnswerError as error:
        raise SendError(Trouble.UNSURE, str(error)) from error


def expect(answer: Answer) -> None:
    """Nothing for an answer that took the message, else SendError by its status alone."""
    status, text = answer.status, f"{answer.status} {answer.body[:200].decode('utf-8', 'replace')}".strip()
    if answer.ok:
        return
    if status in (429, 503):
        raise SendError(Trouble.LATER, text)
    if status >= 500:
        raise SendError(Trouble.UNSURE, text)  # it may have passed the message on before it stumbled
    if status in (401, 403, 404, 405, 407) or status < 400:
        raise SendError(Trouble.CHANNEL, text)  # the address or the sign-in is wrong, or it wants us elsewhere
    raise SendError(Trouble.REJECTED, text)


class CodeError(SendError):
    """What a service refused by a code of its own."""

    def __init__(self, trouble: Trouble, code: int, text: str) -> None:
        super().__init__(trouble, f"{code} {text}".strip())
        self.code = code


def refused_by_code(answer: Answer, meanings: Mapping[int, Trouble]) -> CodeError | None:
    """What an answer with `errcode` and `errmsg` says, as WeCom and DingTalk give them; None: it was taken.

    A code without a meaning here refuses this message alone; an answer without any leaves it open.
    """
    expect(answer)
    told = answer.json()
    code = told.get("errcode")
    if not isinstance(code, int):
        raise SendError(Trouble.UNSURE, "the answer has no errcode")
    return CodeError(meanings.get(code, Trouble.REJECTED), code, str(told.get("errmsg", ""))) if code else None
