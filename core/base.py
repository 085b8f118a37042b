"""Base models and managers that carry no business noun."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Stamped(models.Model):
    """Who made and last changed a row, and when (UTC)."""

    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last change"), auto_now=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta:
        abstract = True


class Versioned(models.Model):
    """A row that two people may edit: `core.versions.save_version` writes only over the version that was read."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


class Binned(models.Model):
    """Soft delete: a row with `deleted_at` lies in the recycle bin; default managers hide it."""

    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta:
        abstract = True


class MaskedSave(models.Model):
    """Refuses to write a field whose value was replaced for the reader (see accounts/masking.py)."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        hidden: frozenset[str] = getattr(self, "masked_names", frozenset())
        fields = kwargs.get("update_fields")
        if hidden and (fields is None or hidden & set(fields)):
            raise MaskedWriteError(f"{type(self).__name__} {self.pk}: masked fields {sorted(hidden)} can't be saved")
        super().save(*args, **kwargs)


class MaskedWriteError(RuntimeError):
    """A masked instance was about to overwrite the real value."""
