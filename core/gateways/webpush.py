"""Web push: a notice that a browser shows although no page of ours is open.

What is sent is encrypted for that browser (RFC 8291, aes128gcm), so that the push service in between reads nothing, and
signed by this installation (VAPID, RFC 8292). The signing key is made of SECRET_KEY: nothing to set up, the same on
each host; a new SECRET_KEY makes the browsers' subscriptions invalid, as it ends all sessions.
"""

from __future__ import annotations

import json
import os
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from core import clock
from core.gateways.base import Message, expect, post
from core.models import PushDevice
from core.p256 import CURVE, base64url, derived, from_base64url, point_of, shared_with
from core.sending import Begin, SendError, Trouble, at_once
from core.texts import cut_bytes

# The order of the curve's group: private keys lie from 1 to one below it.
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
KEEP_SECONDS = 12 * 3600  # how long a push service keeps it for a device that is off
SIGNED_SECONDS = 3600
RECORD = 4096
# Of a record: its head (salt, size and our key), the byte that ends the text, and the seal.
MOST_BYTES = RECORD - (16 + 4 + 1 + 65) - 1 - 16
MOST_TITLE = 400
LONGEST_SIGN = 6  # bytes in JSON of a sign that has one byte: \u0001
# Not a failure that anybody has to look at: asked again a minute later, the row's gate finds the device gone.
GONE = "this device no longer wants notices"


class WebPush:
    """`to` of a message is the id of a PushDevice. A service that doesn't answer is left alone for the rest of a round
    of the dispatcher, which makes one of these for each: a thousand browsers of one maker cost it one wait."""

    def __init__(self) -> None:
        self._silent: set[str] = set()

    def send(self, message: Message, begin: Begin = at_once) -> None:
        """To one browser. One that has ended its subscription is forgotten."""
        device = PushDevice.objects.filter(pk=message.to).first()
        if device is None:
            raise SendError(Trouble.LATER, GONE)
        service = urlsplit(device.endpoint).netloc
        if service in self._silent:
            raise SendError(Trouble.LATER, f"{service} didn't answer a moment ago")
        body = encrypted(payload(message), device.public_key, device.auth)
        headers = {
            "Authorization": f"vapid t={signed_for(device.endpoint)}, k={public_key()}",
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEEP_SECONDS),
        }
        try:
            # Anybody with an account names the address: what the operator allows for gateways isn't allowed here.
            answer = post(device.endpoint, body=body, headers=headers, begin=begin, allow=settings.PUSH_ALLOW)
        except SendError as error:
            self._silent.add(service)
            raise SendError(Trouble.LATER, str(error)) from error
        if answer.status in (404, 410):
            PushDevice.objects.filter(pk=device.pk).delete()
            raise SendError(Trouble.LATER, GONE)
        try:
            expect(answer)
        except SendError as error:
            if error.trouble is Trouble.REJECTED:
                raise
            raise SendError(Trouble.LATER, str(error)) from error  # each browser has a service of its own


def payload(message: Message) -> bytes:
    """What the browser reads, cut so that it is one record with its head: services take no more."""
    told = {"title": cut_bytes(message.title, MOST_TITLE), "text": cut_bytes(message.text, MOST_BYTES)}
    told |= {"link": message.link, "tag": message.key}
    while (over := len(_json(told)) - MOST_BYTES) > 0:
        room = len(told["text"].encode()) - over // LONGEST_SIGN - 1
        told["text"] = cut_bytes(told["text"], room)
    return _json(told)


def _json(told: dict[str, str]) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode()


def encrypted(text: bytes, public_key: str, auth: str, *, salt: bytes = b"", own: int = 0) -> bytes:
    """The text as only the browser with this public key and secret reads it. `salt` and `own` key are chance, but for
    the test that compares with the standard's example."""
    salt = salt or os.urandom(16)
    sender = ec.derive_private_key(own, CURVE) if own else ec.generate_private_key(CURVE)
    theirs, ours = from_base64url(public_key), point_of(sender.public_key())
    shared = shared_with(theirs, own=sender)
    secret = derived(shared, salt=from_base64url(auth), info=b"WebPush: info\x00" + theirs + ours, length=32)
    key = derived(secret, salt=salt, info=b"Content-Encoding: aes128gcm\x00", length=16)
    nonce = derived(secret, salt=salt, info=b"Content-Encoding: nonce\x00", length=12)
    head = salt + RECORD.to_bytes(4, "big") + bytes([len(ours)]) + ours
    return head + AESGCM(key).encrypt(nonce, text + b"\x02", None)


def signed_for(endpoint: str) -> str:
    """The VAPID token for the push service of an address: who we are, for an hour."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(clock.now().timestamp()) + SIGNED_SECONDS,
        "sub": settings.BASE_URL if settings.HTTPS else f"mailto:{settings.DEFAULT_FROM_EMAIL}",
    }
    told = f"{base64url(json.dumps({'typ': 'JWT', 'alg': 'ES256'}).encode())}.{base64url(json.dumps(claims).encode())}"
    first, second = decode_dss_signature(
        _signing_key(settings.SECRET_KEY).sign(told.encode(), ec.ECDSA(hashes.SHA256()))
    )
    return f"{told}.{base64url(first.to_bytes(32, 'big') + second.to_bytes(32, 'big'))}"


def public_key() -> str:
    """What browsers are told when they subscribe."""
    return base64url(point_of(_signing_key(settings.SECRET_KEY).public_key()))


@lru_cache(maxsize=2)
def _signing_key(secret: str) -> ec.EllipticCurvePrivateKey:
    number = int.from_bytes(derived(secret.encode(), salt=b"", info=b"keben web push", length=48), "big")
    return ec.derive_private_key(number % (ORDER - 1) + 1, CURVE)


def check_keys(public_key: str, auth: str) -> None:
    """ValueError for keys that no browser gives."""
    ec.EllipticCurvePublicKey.from_encoded_point(CURVE, from_base64url(public_key))
    if len(from_base64url(auth)) != 16:
        raise ValueError("the secret of a browser has 16 bytes")


def web_push() -> WebPush:
    """Needs nothing to be set up."""
    return WebPush()
