"""What a mail says, of bytes that anybody may have written: never an error, never more work than its size. Pure.

Words alone are taken: HTML becomes text, attachments are left out, and what is quoted below an answer is cut off, since
it stands at our own message.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.policy import compat32
from email.utils import getaddresses, parsedate_to_datetime

from followups.incoming.words import tidy_line, tidy_text

MOST_PARTS = 100
MOST_HTML = 200_000
MOST_TEXT = 20_000
MOST_IDS = 50
_ID = re.compile(r"<[^<>\s]{3,200}>")
# A charset is a name that others choose: only those that turn bytes into letters without further ado.
_CHARSET = re.compile(
    r"(utf-?(8|16|32)\w*|us-ascii|ascii|iso-?8859-?\d+|latin-?\d|windows-?\d+|cp\d+|gb\w*|big5\w*|hz\w*"
    r"|shift_?jis|euc-?\w+|koi8-?\w|ks_c_5601-1987|iso-2022-\w+)",
    re.IGNORECASE,
)
_GB = {"gb2312", "gbk", "gb_2312-80", "gb18030", "hz-gb-2312"}
_QUOTED = re.compile(
    r"^\s*(>|-{2,}\s*(original message|原始邮件|forwarded message|转发邮件)|_{10,}\s*$|on .{5,200} wrote:\s*$"
    r"|在.{3,200}写道[:：]\s*$|\d{4}[年/-].{3,200}[<＜].{3,100}[>＞]\s*[:：]?\s*$)",
    re.IGNORECASE,
)
_HEAD = re.compile(r"^\s*\*?(from|发件人|寄件者)\s*[:：]", re.IGNORECASE)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_SKIPPED = ("script", "style", "head", "title", "template", "svg")
_BREAKS = ("br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "blockquote", "table")
BULK = ("bulk", "junk", "list", "auto_reply", "auto-reply")


@dataclass(frozen=True)
class Failure:
    """That a mail of ours to `address` came back for good: `of` is its Message-ID, as far as the report says it."""

    address: str
    status: str
    of: tuple[str, ...]


@dataclass(frozen=True)
class ReadMail:
    """A mail as far as we need it. `auto`: written by a machine; `bulk`: to many; `checked`: whether our own mail
    server says that it is from the domain it names (None: it says nothing)."""

    key: str
    message_id: str
    email: str
    name: str
    subject: str
    text: str
    at: datetime | None
    answers: tuple[str, ...]
    auto: bool
    bulk: bool
    checked: bool | None
    failures: tuple[Failure, ...] = ()
    report: bool = False


def read_mail(data: bytes, checked_by: str = "") -> ReadMail:
    """What these bytes say; of such as can't be read, what little there is."""
    try:
        mail = message_from_bytes(data, policy=compat32)
        return _read(mail, data, checked_by)
    except Exception:  # whatever a stranger found to trip a parser: the mail waits for a person
        digest = hashlib.sha256(data).hexdigest()
        return ReadMail(digest, "", "", "", "", "", None, (), False, False, None)


def _read(mail: Message, data: bytes, checked_by: str) -> ReadMail:
    name, email = _sender(mail)
    subject, message_id = _header(mail, "Subject", 200), _one_id(mail)
    report = mail.get_content_type() == "multipart/report"
    whole = _text(mail)
    text = unquoted(whole)
    # The same mail by two addresses of ours is one; another one under an id that was used before isn't.
    known = "\n".join((message_id, email, subject, text)) if message_id else ""
    return ReadMail(
        key=hashlib.sha256(known.encode("utf-8", "replace") if known else data).hexdigest(),
        message_id=message_id,
        email=email,
        name=name,
        subject=subject,
        text=text,
        at=_moment(mail),
        answers=_answers(mail),
        auto=_is_auto(mail, report),
        bulk=_is_bulk(mail),
        checked=_checked(mail, email, checked_by),
        failures=tuple(_failures(mail)) if report else (),
        report=report,
    )


# --- headers ---------------------------------------------------------------------------------------------------------
def _raw(mail: Message, name: str) -> str:
    value = mail.get(name)
    return "" if value is None else str(value)[:4000]


def _header(mail: Message, name: str, most: int) -> str:
    return tidy_line(_decoded(_raw(mail, name)), most)


def _decoded(text: str) -> str:
    """Encoded words (=?UTF-8?B?...?=) as letters."""
    try:
        parts = decode_header(text)
    except Exception:  # malformed base64 and the like
        return text
    return "".join(part if isinstance(part, str) else letters(part, charset or "") for part, charset in parts)


def _sender(mail: Message) -> tuple[str, str]:
    """Name and address of From; with several or none of them the sender isn't known."""
    lines = mail.get_all("From", [])
    if len(lines) != 1:
        return "", ""
    found = [(name, address) for name, address in getaddresses([str(lines[0])[:1000]]) if "@" in address]
    if len(found) != 1:
        return "", ""
    name, address = found[0]
    plain = tidy_line(address, 254).lower()
    return tidy_line(_decoded(name), 120), plain if re.fullmatch(r"[^\s<>,;@]+@[^\s<>,;@]+", plain) else ""


def _one_id(mail: Message) -> str:
    found = _ID.search(_raw(mail, "Message-ID"))
    return found[0] if found else ""


def _answers(mail: Message) -> tuple[str, ...]:
    """The ids that it names as what it answers, the nearest first."""
    direct = _ID.findall(_raw(mail, "In-Reply-To"))
    chain = _ID.findall(_raw(mail, "References"))
    return tuple(dict.fromkeys([*direct, *reversed(chain)]))[:MOST_IDS]


def _moment(mail: Message) -> datetime | None:
    try:
        at = parsedate_to_datetime(_raw(mail, "Date"))
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return at.astimezone(UTC)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def _is_auto(mail: Message, report: bool) -> bool:
    """Whether a machine wrote it (RFC 3834, and what others say instead)."""
    said = _raw(mail, "Auto-Submitted").strip().lower()
    if report or (said and not said.startswith("no")):
        return True
    if any(mail.get(name) is not None for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply")):
        return True
    return (
        _raw(mail, "Precedence").strip().lower() in ("auto_reply", "auto-reply")
        or _raw(mail, "Return-Path").strip() == "<>"
    )


def _is_bulk(mail: Message) -> bool:
    return _raw(mail, "Precedence").strip().lower() in BULK or mail.get("List-Id") is not None


def _checked(mail: Message, email: str, checked_by: str) -> bool | None:
    """What our own mail server wrote of the sender (RFC 8601): of several such headers the topmost is its own, and one
    with another name anybody may have written."""
    if not checked_by or not email:
        return None
    lines = [str(line)[:4000].lower() for line in mail.get_all("Authentication-Results", [])[:10]]
    own = next((line for line in lines if line.split(";")[0].split()[:1] == [checked_by]), None)
    if own is None:
        return None
    said = dict(re.findall(r"\b(dmarc|spf|dkim)\s*=\s*(\w+)", own))
    if said.get("dmarc") == "pass":
        return True
    return False if said.get("dmarc") == "fail" else None


# --- texts -----------------------------------------------------------------------------------------------------------
def letters(data: bytes, charset: str) -> str:
    """Bytes as letters, by their charset if it is one, else by the likely ones; never an error."""
    name = charset.strip().lower()
    names = [name] if _CHARSET.fullmatch(name) else []
    names = ["gb18030" if one in _GB else one for one in names] + ["utf-8", "gb18030"]
    for one in names:
        try:
            return data.decode(one)
        except (UnicodeError, LookupError):
            continue
    return data.decode("utf-8", "replace")


def _parts(mail: Message) -> Iterator[Message]:
    """The parts that aren't attachments, in order; those of a mail inside are that mail's."""
    waiting, seen = [mail], 0
    while waiting and seen < MOST_PARTS:
        part = waiting.pop()
        seen += 1
        if part.get_content_type() == "message/rfc822":
            continue
        inner = part.get_payload() if part.is_multipart() else None
        if isinstance(inner, list):
            waiting += [one for one in reversed(inner) if isinstance(one, Message)]
        elif "attachment" not in str(part.get("Content-Disposition", "")).lower():
            yield part


def _text(mail: Message) -> str:
    """The plain text, else that of the HTML."""
    plain, marked = "", ""
    for part in _parts(mail):
        kind = part.get_content_type()
        if kind not in ("text/plain", "text/html"):
            continue
        data = part.get_payload(decode=True)
        if not isinstance(data, bytes):
            continue
        charset = str(part.get_content_charset() or "")
        if kind == "text/plain" and not plain:
            plain = tidy_text(letters(data[: 4 * MOST_TEXT], charset), MOST_TEXT)
        elif kind == "text/html" and not marked:
            marked = letters(data[:MOST_HTML], charset)
    return plain or tidy_text(text_of(marked), MOST_TEXT)


def text_of(marked: str) -> str:
    """The words of HTML, in one pass over it."""
    words: list[str] = []
    skipping = comment = ""
    for index, piece in enumerate(marked.split("<")):
        inside, _sign, after = ("", "", piece) if index == 0 else piece.partition(">")
        if comment:
            comment = "" if "-->" in piece else comment
            after = piece.partition("-->")[2] if not comment else ""
        elif inside.startswith("!--"):
            comment = "" if "-->" in piece else "open"
            after = piece.partition("-->")[2]
        name = re.match(r"/?\s*([a-zA-Z0-9]{1,20})", inside)
        tag = name[1].lower() if name else ""
        if skipping:
            if inside.startswith("/") and tag == skipping:
                skipping = ""
            else:
                continue
        elif tag in _SKIPPED and not inside.startswith("/"):
            skipping = tag
            continue
        if tag in _BREAKS:
            words.append("\n")
        words.append(" ".join(after.split()) + (" " if after[-1:].isspace() else ""))
    plain = html.unescape("".join(words)).replace("\xa0", " ")
    lines = [" ".join(line.split()) for line in plain.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def unquoted(text: str) -> str:
    """What was written, without what it answers; all of it where nothing would be left."""
    lines = text.split("\n")
    for index, line in enumerate(lines):
        below = lines[index : index + 4]
        if _QUOTED.match(line[:400]) or (
            _HEAD.match(line[:200]) and sum(":" in one or "：" in one for one in below) > 2
        ):
            kept = "\n".join(lines[:index]).strip()
            return kept or text.strip()
    return text.strip()


def _inside(mail: Message) -> list[Message]:
    payload = mail.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


# --- reports of delivery ---------------------------------------------------------------------------------------------
def _failures(mail: Message) -> Iterator[Failure]:
    """Those that are for good: action failed and a status of 5 (RFC 3464). What is only late says nothing yet."""
    parts = _inside(mail)
    of = tuple(dict.fromkeys(_returned_ids(parts)))
    for part in parts[:10]:
        if part.get_content_type() != "message/delivery-status":
            continue
        for group in _inside(part)[:50]:
            status = _STATUS.search(_raw(group, "Status"))
            action = _raw(group, "Action").strip().lower()
            if action != "failed" or status is None or not status[1].startswith("5."):
                continue
            for name in ("Original-Recipient", "Final-Recipient"):
                address = tidy_line(_raw(group, name).rpartition(";")[2], 254).strip("<> ").lower()
                if "@" in address:
                    yield Failure(address, status[1], of)


def _returned_ids(parts: list[Message]) -> Iterator[str]:
    """The Message-ID of the mail that came back: all of it, or its headers alone, are enclosed."""
    for part in parts[:10]:
        kind, inner = part.get_content_type(), part.get_payload()
        if kind == "message/rfc822":
            for mail in _inside(part)[:1]:
                yield from _ID.findall(_raw(mail, "Message-ID"))[:1]
        elif kind == "text/rfc822-headers" and isinstance(inner, str):
            found = re.search(r"^message-id:\s*(<[^<>\s]{3,200}>)", inner[:50_000], re.IGNORECASE | re.MULTILINE)
            if found:
                yield found[1]
