"""What WeCom posts to an application's address: sealed XML (AES-256-CBC), signed by SHA-1 over a shared token.

The two envelopes are XML of a flat list of elements. Documents that declare anything (entities, which grow or read
files) are refused before anything of them is taken in.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.parsers import expat

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

from core.digits import whole_number
from followups.incoming.arrived import Arrived

BLOCK = 32  # their padding, twice that of AES
RANDOM = 16  # bytes before the text
MOST_ELEMENTS = 200
# What is said of messages that have no text.
OTHERS = {"image": "[图片]", "voice": "[语音]", "video": "[视频]", "file": "[文件]"}


class BadCallbackError(Exception):
    """Not from WeCom, or not for this company."""


def read_xml(data: bytes) -> dict[str, str]:
    """The elements below the root with their texts; BadCallbackError for anything but a flat document."""
    parser = expat.ParserCreate(encoding="utf-8")
    found: dict[str, str] = {}
    stack: list[str] = []

    def refuse(*_told: object) -> int:
        raise BadCallbackError

    def begin(name: str, _attributes: Mapping[str, str]) -> None:
        stack.append(name)
        if len(stack) > 4 or len(found) > MOST_ELEMENTS:
            raise BadCallbackError
        if len(stack) == 2:
            found.setdefault(name, "")

    def text(part: str) -> None:
        if len(stack) == 2:
            found[stack[1]] += part

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ProcessingInstructionHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda _name: stack.pop()
    parser.CharacterDataHandler = text
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError) as error:
        raise BadCallbackError from error
    return found


@dataclass(frozen=True)
class Callback:
    """One application's shared secrets, and the ID of the company that may write by it."""

    token: str
    aes_key: str
    company: str

    def proof(self, *, msg_signature: str, timestamp: str, nonce: str, echostr: str) -> bytes:
        """What WeCom wants to see of a text that only we can read."""
        self._check(msg_signature, timestamp, nonce, echostr)
        return self._opened(echostr)

    def message(self, body: bytes, *, msg_signature: str, timestamp: str, nonce: str) -> dict[str, str]:
        """The elements of the message inside."""
        sealed = read_xml(body).get("Encrypt", "")
        self._check(msg_signature, timestamp, nonce, sealed)
        return read_xml(self._opened(sealed))

    def _check(self, signature: str, *parts: str) -> None:
        whole = "".join(sorted((self.token, *parts))).encode()
        wanted = hashlib.sha1(whole, usedforsecurity=False).hexdigest()  # theirs to choose
        if not hmac.compare_digest(wanted.encode(), signature.encode("utf-8", "replace")):
            raise BadCallbackError

    def _opened(self, sealed: str) -> bytes:
        """16 bytes of chance, the length, the text, and whose it is."""
        key = base64.b64decode(self.aes_key + "=")
        try:
            data = base64.b64decode(sealed, validate=True)
            opener = Cipher(AES256(key), CBC(key[:16])).decryptor()
            plain = opener.update(data) + opener.finalize()
            padding = plain[-1]
            if not 1 <= padding <= BLOCK:
                raise BadCallbackError
            plain = plain[:-padding]
            (length,) = struct.unpack(">I", plain[RANDOM : RANDOM + 4])
        except (ValueError, IndexError, struct.error) as error:
            raise BadCallbackError from error
        begins = RANDOM + 4
        text, company = plain[begins : begins + length], plain[begins + length :]
        if len(text) != length or not hmac.compare_digest(company, self.company.encode()):
            raise BadCallbackError
        return text


def arrived_of(told: Mapping[str, str]) -> Arrived | None:
    """What a message says; None for events, of which nothing follows."""
    sender, kind = told.get("FromUserName", ""), told.get("MsgType", "")
    if not sender or kind in ("", "event"):
        return None
    at = whole_number(told.get("CreateTime", ""))
    text = told.get("Content", "")
    if kind == "link":
        text = "\n".join(part for part in (told.get("Title", ""), told.get("Description", "")) if part)
    elif kind == "location":
        text = told.get("Label", "")
    return Arrived(
        external_id=told.get("MsgId", "") or f"{sender}:{told.get('CreateTime', '')}",
        handle=sender,
        text=text or OTHERS.get(kind, f"[{kind[:20]}]"),
        url=told.get("Url", "") if told.get("Url", "").startswith(("https://", "http://")) else "",
        at=datetime.fromtimestamp(at, UTC) if at is not None and at < 2**33 else None,
        raw={"type": kind, "agent": told.get("AgentID", "")},
    )
