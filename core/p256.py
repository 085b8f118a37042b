"""What web push and sealed visits share: points of P-256, keys made of a secret of two, and base64 for addresses."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """The key as an uncompressed point."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def shared_with(point: bytes, *, own: ec.EllipticCurvePrivateKey) -> bytes:
    """The secret of both; ValueError for what is no point of the curve."""
    return own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point))


def derived(secret: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    """A key for one purpose (HKDF with SHA-256)."""
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(secret)


def base64url(data: bytes) -> str:
    """Without the signs that an address would change, and without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """The other way; ValueError for anything else."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
