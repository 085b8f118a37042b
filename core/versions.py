"""Optimistic locking: an update is written only over the version that was read."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import F, Model
from django.http import Http404
from django.utils import timezone

from core.base import MaskedWriteError


class StaleVersionError(Exception):
    """Somebody saved the row in between. `current` is the row as it is now."""

    def __init__(self, current: Model) -> None:
        super().__init__(f"{type(current).__name__} {current.pk} changed meanwhile")
        self.current = current


def save_version(instance: Model, changes: Mapping[str, Any], *, version: int, by: AbstractBaseUser | None) -> None:
    """Write `changes` if the stored version is still `version`; else StaleVersionError, or Http404 when it is gone.

    The instance gets the new values and version. One UPDATE ... WHERE id AND version: no lock is held while a
    person types.
    """
    hidden: frozenset[str] = getattr(instance, "masked_names", frozenset()) & set(changes)
    if hidden:
        raise MaskedWriteError(f"{type(instance).__name__} {instance.pk}: masked fields {sorted(hidden)}")
    model = type(instance)
    stamps = {"updated_by": by, "updated_at": timezone.now()}
    rows = model._base_manager.filter(pk=instance.pk, version=version)
    if not rows.update(**changes, **stamps, version=F("version") + 1):
        current = model._base_manager.filter(pk=instance.pk).first()
        if current is None:  # removed for good meanwhile: not found, as for whoever opens it now
            raise Http404
        raise StaleVersionError(current)
    for name, value in {**changes, **stamps, "version": version + 1}.items():
        setattr(instance, name, value)
