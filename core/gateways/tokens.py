"""Access tokens of services that give one for an hour or two: kept in memory, renewed when they end or are refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core import clock
from core.gateways.base import CodeError, ask
from core.sending import SendError, Trouble

EARLY = timedelta(minutes=5)  # a token that ends while it is on its way is of no use


@dataclass
class Token:
    """The token of one service. Each process has its own; the services give the same one to all who ask."""

    address: str  # where it is asked for, with the secret in its query
    _text: str = ""
    _until: datetime | None = field(default=None)

    def text(self) -> str:
        """A token that should count; SendError with the channel's fault when there is none."""
        if self._until is None or clock.now() >= self._until:
            told = ask("GET", self.address).json()
            if told.get("errcode") != 0 or not told.get("access_token"):
                text = f"no access token: {told.get('errcode', '')} {told.get('errmsg', '')}".strip()
                raise SendError(Trouble.CHANNEL, text)
            self._text = str(told["access_token"])
            self._until = clock.now() + timedelta(seconds=int(told.get("expires_in") or 7200)) - EARLY
        return self._text

    def forget(self) -> None:
        """Ask for a new one next time: this one was refused."""
        self._until = None


def with_token(token: Token, send: Callable[[str], CodeError | None], refused: frozenset[int]) -> None:
    """`send(token)`, and once more with a new one when the code of its answer is one of `refused`: a message that came
    with a bad token was surely not taken."""
    error = send(token.text())
    if error is not None and error.code in refused:
        token.forget()
        error = send(token.text())
        if error is not None and error.code in refused:
            raise SendError(Trouble.CHANNEL, str(error))
    if error is not None:
        raise error
