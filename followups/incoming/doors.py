"""The addresses that programs of others post to, without sign-in: the secret in them, a limit, and what is signed.

Both answer before anything is read of a sender who isn't known, and say nothing of why something was refused.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.authentication import digest_of
from accounts.decorators import FORM, POST
from accounts.throttle import Bucket, TooManyAttemptsError, network_of, take
from core import clock
from core.digits import whole_number
from core.phones import BadPhoneError, checked_phone
from core.texts import has_half_character, mail_address
from followups import services
from followups.incoming.arrived import Arrived
from followups.incoming.secrets import signing_key, wecom_key, wecom_token
from followups.incoming.wecom import BadCallbackError, Callback, arrived_of
from followups.models import Incoming, Inlet

MOST_BYTES = 64 * 1024
WINDOW = timedelta(minutes=5)  # how far the signed time may lie from ours
OLDEST = timedelta(days=366)
DEEPEST = 5
COMES = Bucket(120, timedelta(seconds=0.5))  # by one way in
STRANGERS = Bucket(20, timedelta(seconds=30))  # of one network, with addresses or signatures that are none
UNSEEN = {"X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}
LENGTHS = {"id": 200, "text": 10_000, "url": 1000}
FROM = {"handle": 120, "name": 120, "phone": 40, "email": 254}
KINDS = (Incoming.Kind.MESSAGE, Incoming.Kind.COMMENT, Incoming.Kind.SHARE)


class RefusedError(Exception):
    """Answered with this status; `wrong` says by field what is the matter, to who has signed it."""

    def __init__(self, status: int, wrong: dict[str, str] | None = None, wait: int = 0) -> None:
        super().__init__(str(status))
        self.status, self.wrong, self.wait = status, wrong or {}, wait


Door = Callable[[HttpRequest, str, Inlet], HttpResponse]


def _through(request: HttpRequest, secret: str, kind: str, door: Door) -> HttpResponse:
    """The answer of `door` to who knows the address of an open way in of this kind."""
    try:
        # unscoped: nobody is signed in, the secret is the right to bring something
        inlet = Inlet.objects.filter(digest=digest_of(secret), kind=kind, ended_at=None).first()
        if inlet is None:
            raise _stranger(request, 404)
        return door(request, secret, inlet)
    except RefusedError as refused:
        headers = UNSEEN | ({"Retry-After": str(refused.wait)} if refused.wait else {})
        if refused.wrong:
            return JsonResponse({"errors": refused.wrong}, status=refused.status, headers=headers)
        return HttpResponse(status=refused.status, headers=headers)


def _count(key: str, bucket: Bucket) -> None:
    try:
        take({key: bucket})
    except TooManyAttemptsError as full:
        raise RefusedError(429, wait=full.seconds) from full


def _stranger(request: HttpRequest, status: int) -> RefusedError:
    """Counted against the network that it comes from, never against the way in: nobody can shut that for others."""
    _count(f"incoming:{network_of(request)}", STRANGERS)
    return RefusedError(status)


def _body(request: HttpRequest) -> bytes:
    if (whole_number(request.META.get("CONTENT_LENGTH") or "0") or 0) > MOST_BYTES:
        raise RefusedError(413)
    data = request.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise RefusedError(413)
    return data


# --- the webhook -----------------------------------------------------------------------------------------------------
@csrf_exempt  # no cookie takes part: what counts is the signature
@never_cache
@require_http_methods(POST)
def webhook(request: HttpRequest, secret: str) -> HttpResponse:
    """One message, comment or share as signed JSON (docs/api.md)."""
    return _through(request, secret, Inlet.Kind.WEBHOOK, _webhook)


def _webhook(request: HttpRequest, secret: str, inlet: Inlet) -> HttpResponse:
    if request.content_type != "application/json":
        raise RefusedError(415)
    body = _body(request)
    if not _is_signed(request, secret, body):
        raise _stranger(request, 401)
    _count(f"inlet:{inlet.pk}", COMES)
    stored, new = services.incoming_take(inlet=inlet, arrived=_read(body))
    return JsonResponse({"id": stored.pk, "known": not new}, status=201 if new else 200, headers=UNSEEN)


def _is_signed(request: HttpRequest, secret: str, body: bytes) -> bool:
    """Whether `X-Keben-Signature: sha256=HEX` is the HMAC of time, dot and body, of a time that is near."""
    moment = request.headers.get("X-Keben-Timestamp", "")
    seconds = whole_number(moment)
    if seconds is None or abs(clock.now().timestamp() - seconds) > WINDOW.total_seconds():
        return False
    wanted = hmac.new(signing_key(secret).encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    given = request.headers.get("X-Keben-Signature", "")
    return hmac.compare_digest(f"sha256={wanted}".encode(), given.encode("utf-8", "replace"))


def _read(body: bytes) -> Arrived:
    """What the body says; RefusedError with what is wrong with it."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise RefusedError(400, {"": "This is no JSON."}) from None
    if not isinstance(data, dict) or not _is_flat(data):
        raise RefusedError(400, {"": "Send one JSON object, without deep nesting."})
    wrong: dict[str, str] = {}
    texts = {name: _text(data, name, most, wrong) for name, most in LENGTHS.items()}
    sender = data.get("from", {})
    if not isinstance(sender, dict):
        sender, wrong["from"] = {}, "Send an object with handle, name, phone or email."
    who = {name: _text(sender, name, most, wrong, "from.") for name, most in FROM.items()}
    kind = data.get("kind", Incoming.Kind.MESSAGE)
    if not texts["id"]:
        wrong["id"] = "Say by what id the network knows it."
    if kind not in KINDS:
        wrong["kind"] = f"Known: {', '.join(KINDS)}."
    if not (texts["text"] or texts["url"]):
        wrong["text"] = "Send a text or a link."
    if not any(who[name] for name in ("handle", "phone", "email")):
        wrong.setdefault("from", "Say who sent it: handle, phone or email.")
    if texts["url"] and not is_link(texts["url"]):
        wrong["url"] = "A link begins with https:// or http://."
    at = _moment(data.get("at"), wrong)
    for name, check in (("phone", checked_phone), ("email", mail_address)):
        if who[name]:
            try:
                who[name] = check(who[name])
            except (BadPhoneError, ValidationError):
                wrong[f"from.{name}"] = f"This is no {name}."
    if wrong:
        raise RefusedError(400, wrong)
    return Arrived(
        texts["id"],
        kind,
        name=who["name"],
        email=who["email"],
        phone=who["phone"],
        handle=who["handle"],
        text=texts["text"],
        url=texts["url"],
        at=at,
    )


def _text(data: dict[str, Any], name: str, most: int, wrong: dict[str, str], at: str = "") -> str:
    value = data.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or has_half_character(value):
        wrong[at + name] = "Send a text."
        return ""
    if len(value) > most:
        wrong[at + name] = f"At most {most} characters."
        return ""
    return value.replace("\0", "").strip()


def _is_flat(data: Any, depth: int = 0) -> bool:
    if depth > DEEPEST:
        return False
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return all(_is_flat(value, depth + 1) for value in inner)


def is_link(url: str) -> bool:
    """Whether a page may link there."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _moment(value: Any, wrong: dict[str, str]) -> datetime | None:
    if value is None:
        return None
    try:
        at = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        at = None
    now = clock.now()
    if at is None or is_naive(at):
        wrong["at"] = "Send a moment with its offset, such as 2026-11-24T10:00:00+08:00."
    elif at > now + WINDOW:
        wrong["at"] = "This lies in the future."
    elif at < now - OLDEST:
        wrong["at"] = "This lies more than a year back."
    else:
        return at
    return None


# --- WeCom -----------------------------------------------------------------------------------------------------------
@csrf_exempt  # likewise
@never_cache
@require_http_methods(FORM)
def wecom(request: HttpRequest, secret: str) -> HttpResponse:
    """WeCom's callback: GET proves the address, POST brings a message."""
    return _through(request, secret, Inlet.Kind.WECOM, _wecom)


def _wecom(request: HttpRequest, secret: str, inlet: Inlet) -> HttpResponse:
    body = _body(request) if request.method == "POST" else b""
    seconds = whole_number(request.GET.get("timestamp", ""))
    if seconds is None or abs(clock.now().timestamp() - seconds) > WINDOW.total_seconds():
        raise _stranger(request, 401)
    callback = Callback(wecom_token(secret), wecom_key(secret), inlet.company_id)
    asked = {name: request.GET.get(name, "") for name in ("msg_signature", "timestamp", "nonce", "echostr")}
    try:
        if request.method != "POST":
            return HttpResponse(callback.proof(**asked), content_type="text/plain; charset=utf-8", headers=UNSEEN)
        asked.pop("echostr")
        told = callback.message(body, **asked)
    except BadCallbackError:
        raise _stranger(request, 401) from None
    _count(f"inlet:{inlet.pk}", COMES)
    arrived = arrived_of(told)
    if arrived is not None:
        services.incoming_take(inlet=inlet, arrived=arrived)
    # An empty answer says that nothing is answered by itself.
    return HttpResponse(b"success", content_type="text/plain", headers=UNSEEN)
