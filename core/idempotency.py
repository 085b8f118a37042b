"""The same key and body make one object, however often they are sent."""

import hashlib
import json
from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from core.models import IdempotencyKey

M = TypeVar("M", bound=Model)
SENT_BEFORE = _("This form was sent before with other entries. Reload the page to enter another.")


class KeyReusedError(Exception):
    """The key was used before with another body."""


class MadeAndGoneError(KeyReusedError):
    """What the key made has been deleted since."""


def body_hash(data: Any) -> str:
    """A stable hash of JSON-like data."""
    return hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()


def create_once(
    *, user: AbstractBaseUser, key: str, data: Any, model: type[M], create: Callable[[], M]
) -> tuple[M, bool]:
    """Return (object, made now). Without a key it always creates.

    The key row and the object are written in one transaction, so a crash leaves both or neither; a parallel
    request waits for the first at the unique index and then answers with the first one's object.
    """
    if not key:
        return create(), True
    digest = body_hash(data)
    try:
        with transaction.atomic():
            row = IdempotencyKey.objects.create(
                user_id=user.pk, key=key[:80], body_hash=digest, model=model._meta.label
            )
            made = create()
            IdempotencyKey.objects.filter(pk=row.pk).update(object_id=made.pk)
            return made, True
    except IntegrityError:
        seen = IdempotencyKey.objects.filter(user_id=user.pk, key=key[:80]).first()
        if seen is None:
            raise
    if seen.body_hash != digest or seen.model != model._meta.label:
        raise KeyReusedError(key)
    return _standing(model, seen), False


def was_used(*, user: AbstractBaseUser, key: str) -> bool:
    """Whether this person has sent a form with this key before, and something came of it."""
    return bool(key) and IdempotencyKey.objects.filter(user_id=user.pk, key=key[:80]).exists()


def already_made(*, user: AbstractBaseUser, key: str, data: Any, model: type[M]) -> M | None:
    """The object that this key made before, None for a new key.

    KeyReusedError when it came with another body, MadeAndGoneError when what it made has been deleted since.
    """
    seen = IdempotencyKey.objects.filter(user_id=user.pk, key=key[:80], object_id__isnull=False).first()
    if seen is None:
        return None
    if seen.body_hash != body_hash(data) or seen.model != model._meta.label:
        raise KeyReusedError(key)
    return _standing(model, seen)


def _standing(model: type[M], seen: IdempotencyKey) -> M:
    """What the key made, unless it is gone or lies in the recycle bin."""
    made = model._base_manager.filter(pk=seen.object_id).first()
    if made is None or getattr(made, "deleted_at", None) is not None:
        raise MadeAndGoneError(seen.key)
    return made
