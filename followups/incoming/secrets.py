"""What a way in shows once: its address, and keys that are made of the secret in it and of SECRET_KEY.

So nothing in the database, nor in a backup of it, is enough to send something that would be believed; and who reads
addresses in a log of requests has only half of a key.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from core.p256 import base64url, derived

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_LAST = "AEIMQUYcgkosw048"  # of 43 signs of base64 that are 32 bytes, the last one holds four bits


def new_secret() -> str:
    """The part of the address that nobody guesses."""
    return secrets.token_urlsafe(24)


def signing_key(secret: str) -> str:
    """By which the webhook signs."""
    return base64url(_of(secret, b"keben incoming webhook", 32))


def wecom_token(secret: str) -> str:
    """The Token of WeCom's settings: up to 32 letters and digits."""
    return "".join(_LETTERS[byte % 62] for byte in _of(secret, b"keben incoming wecom token", 32))


def wecom_key(secret: str) -> str:
    """The EncodingAESKey of WeCom's settings: 43 letters and digits."""
    drawn = _of(secret, b"keben incoming wecom key", 43)
    return "".join(_LETTERS[byte % 62] for byte in drawn[:42]) + _LAST[drawn[42] % 16]


def _of(secret: str, info: bytes, length: int) -> bytes:
    return derived(settings.SECRET_KEY.encode(), salt=secret.encode(), info=info, length=length)


@dataclass(frozen=True)
class Shown:
    """What whoever sets up the other side needs, shown this once."""

    url: str
    key: str = ""
    token: str = ""
    aes_key: str = ""


def shown(kind: str, secret: str) -> Shown:
    """That of a secret which was just made."""
    if kind == "wecom":
        url = settings.BASE_URL + reverse("incoming_wecom", args=[secret])
        return Shown(url, token=wecom_token(secret), aes_key=wecom_key(secret))
    return Shown(settings.BASE_URL + reverse("incoming_webhook", args=[secret]), key=signing_key(secret))
