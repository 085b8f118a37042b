"""Key pairs of people, and opening what a browser has sealed for one of them (docs/adr/0025-sealed-outbox.md).

The browser makes a key of its own for each text (ECDH on P-256), derives an AES key from both (HKDF, SHA-256) and
encrypts with it (GCM). Who has only the browser can't open it again: the private half never leaves the server.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from core.p256 import CURVE, derived, point_of, shared_with

PURPOSE = b"keben outbox 1"
VERSION = 1
NONCE = 12


class SealBrokenError(Exception):
    """It wasn't sealed for this key, or was changed since."""


@dataclass(frozen=True)
class Sealed:
    """A text as it comes from a browser: the key of this text, the nonce, and the rest."""

    once: bytes
    nonce: bytes
    text: bytes


def new_private() -> bytes:
    """A key, as it is stored."""
    return ec.generate_private_key(CURVE).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def public_of(private: bytes) -> bytes:
    """The half that a browser gets: an uncompressed point."""
    return point_of(_read(private).public_key())


def opened(sealed: Sealed, *, private: bytes, about: str) -> str:
    """The text; `about` is what it was sealed together with. SealBrokenError for anything else."""
    try:
        secret = shared_with(sealed.once, own=_read(private))
        key = derived(secret, salt=b"", info=PURPOSE, length=32)
        return AESGCM(key).decrypt(sealed.nonce, sealed.text, about.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise SealBrokenError from error


def bytes_of(text: object) -> bytes:
    """Of base64; SealBrokenError for anything else."""
    if not isinstance(text, str):
        raise SealBrokenError
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SealBrokenError from error


def _read(private: bytes) -> ec.EllipticCurvePrivateKey:
    key = load_der_private_key(private, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key
