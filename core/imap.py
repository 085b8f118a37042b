"""Reading a mailbox over IMAP: only reading, by number, with an end to everything.

    IMAP_URL=imaps://USER:PASSWORD@HOST:993/INBOX?checked_by=mx.example.com

The last part of the path names the folder, INBOX without one. `checked_by` is how the company's own mail server calls
itself in the Authentication-Results that it writes: without it no sender counts as checked. `imap://` (no encryption)
and private addresses need their host:port in OUTBOUND_ALLOW, as for everything that leaves here.

Nothing is marked in the mailbox and nothing deleted: it is opened read-only, so a person may use it as well. How far it
was read is for the caller to remember, by UIDVALIDITY and UID.
"""

from __future__ import annotations

import imaplib
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings

from core import outbound

TIMEOUT = 25.0  # seconds for all of one look
MOST_BYTES = 512 * 1024  # of a mail: its words stand at the beginning, attachments are not taken
MOST_LITERAL = 2 * MOST_BYTES  # of what a server may send in one piece
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
PORTS = {"imaps": 993, "imap": 143}
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UID = re.compile(rb"UID (\d+)")


class MailboxError(Exception):
    """The mailbox can't be read now; the text says why, without a secret."""


@dataclass(frozen=True)
class Place:
    """What IMAP_URL says."""

    host: str
    port: int
    secure: bool
    user: str
    password: str
    folder: str
    checked_by: str


@dataclass(frozen=True)
class Letter:
    """A mail as it lies there, as far as it was read; `size` is its whole size."""

    uid: int
    size: int
    data: bytes


@lru_cache(maxsize=4)
def _read(url: str) -> Place:
    parts = urlsplit(url)
    return Place(
        host=parts.hostname or "",
        port=parts.port or PORTS[parts.scheme],
        secure=parts.scheme == "imaps",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        checked_by=parse_qs(parts.query).get("checked_by", [""])[0].lower(),
    )


def place() -> Place | None:
    """The mailbox of this installation; None where it has none."""
    return _read(settings.IMAP_URL) if settings.IMAP_URL else None


class _Imap(imaplib.IMAP4):
    """IMAP over a socket that is connected already, to an address that was checked."""

    def __init__(self, sock: socket.socket, host: str) -> None:
        self._given = sock
        super().__init__(host)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return self._given

    def read(self, size: int) -> bytes:
        if size > MOST_LITERAL:
            raise self.abort("the server sends more than was asked for")
        return super().read(size)


class Mailbox:
    """An open folder."""

    def __init__(self, imap: _Imap, validity: int, next_uid: int) -> None:
        self._imap = imap
        self.validity = validity
        self.next_uid = next_uid

    def after(self, uid: int, most: int) -> list[int]:
        """The numbers of up to `most` mails after this one, in order."""
        found = self._numbers(f"UID {uid + 1}:*")
        return sorted(number for number in found if number > uid)[:most]  # `n:*` also names the last one before n

    def before(self, since: datetime | None) -> int:
        """The number before the first mail that came on that day or later; without a day, that of the last one."""
        if since is None:
            return max(self._numbers("ALL"), default=0) if not self.next_uid else self.next_uid - 1
        day = f"{since.day}-{MONTHS[since.month - 1]}-{since.year}"
        return min(self._numbers(f"SINCE {day}"), default=self.next_uid or 1) - 1

    def _numbers(self, what: str) -> set[int]:
        told = self._asked("SEARCH", None, what)
        return {int(number) for part in told if isinstance(part, bytes) for number in part.split()}

    def letter(self, uid: int) -> Letter | None:
        """The beginning of one mail; None where it has gone meanwhile. It stays unread in the mailbox."""
        told = self._asked("FETCH", str(uid), f"(UID RFC822.SIZE BODY.PEEK[]<0.{MOST_BYTES}>)")
        for part in told:
            if isinstance(part, tuple) and len(part) == 2:
                head, data = part
                named = _UID.search(head)
                if named is None or int(named[1]) == uid:
                    size = _SIZE.search(head)
                    return Letter(uid, int(size[1]) if size else len(data), data)
        return None

    def _asked(self, command: str, *arguments: str | None) -> list[Any]:
        kind, told = self._imap.uid(command, *arguments)  # type: ignore[arg-type]  # None: no charset
        if kind != "OK":
            raise MailboxError(f"{command}: {kind}")
        return told


@contextmanager
def opened(where: Place, timeout: float = TIMEOUT) -> Iterator[Mailbox]:
    """The folder, read-only; MailboxError for whatever goes wrong, and when the time is over."""
    try:
        with outbound.dialed(where.host, where.port, secure=where.secure, timeout=timeout) as (sock, late):
            imap: _Imap | None = None
            try:
                imap = _Imap(sock, where.host)
                imap.login(where.user, where.password)
                kind, _told = imap.select(f'"{_quoted(where.folder)}"', readonly=True)
                if kind != "OK":
                    raise MailboxError(f"there is no folder {where.folder}")
                yield Mailbox(imap, max(_number(imap, "UIDVALIDITY"), 1), _number(imap, "UIDNEXT"))
            except (imaplib.IMAP4.error, OSError, ValueError) as error:
                if late.is_set():
                    raise MailboxError("no answer in time") from error
                raise MailboxError(_without(str(error), where)) from error
            finally:
                if imap is not None:
                    _hang_up(imap)
    except outbound.RefusedTargetError as error:
        raise MailboxError(str(error)) from error
    except outbound.UnreachableError as error:
        raise MailboxError(_without(str(error), where)) from error


def _hang_up(imap: _Imap) -> None:
    """Without a goodbye, for whose answer nobody waits; what reads from the socket has to be closed besides it."""
    try:
        imap.shutdown()
    except OSError:
        return


def _quoted(folder: str) -> str:
    return folder.replace("\\", "\\\\").replace('"', '\\"')


def _number(imap: _Imap, name: str) -> int:
    _kind, told = imap.response(name)
    value = told[0] if told else None
    return int(value) if value else 0


def _without(text: str, where: Place) -> str:
    """What a server says may repeat what it was told."""
    for secret in (where.password, where.user):
        text = text.replace(secret, "…")
    return text[:300]
