"""Acts by which many customers changed hands."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.scope import Scoped, ScopedQuerySet


class HandOver(Scoped):
    """Customers that changed hands by one act; which ones, OwnerChange rows with the same `handover` say."""

    scope_resource: ClassVar[str] = "customer"
    scope_owner: ClassVar[tuple[str, ...]] = ("by",)

    handover = models.UUIDField(unique=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")  # None: the night
    at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)
    customers = models.PositiveIntegerField(default=0)
    givers = ArrayField(models.BigIntegerField(), default=list)  # ids of people; without any: out of the pool
    takers = ArrayField(models.BigIntegerField(), default=list)  # without any: into the pool
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    stayed = ArrayField(models.BigIntegerField(), default=list)  # ids of customers that didn't go back then
    went_back = models.PositiveIntegerField(default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-at"], name="hand_overs_by_time"),
            models.Index(fields=["by", "-at"], name="hand_overs_of_person"),
        ]
