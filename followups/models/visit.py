"""Visits: where customers are, who signed in there, and the keys that seal visits written without a network."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.scope import Scoped, ScopedQuerySet
from core.base import Stamped, Versioned
from customers.models import CUSTOMER_OWNERS, CheckInState, Customer
from followups.models.follow_up import FollowUp


class Place(Stamped, Versioned, Scoped):
    """Where a customer is: what a check-in is measured by. Degrees as satellites tell them (WGS 84)."""

    scope_resource: ClassVar[str] = "customer"
    scope_owner: ClassVar[tuple[str, ...]] = CUSTOMER_OWNERS
    scope_customer: ClassVar[str | None] = "customer"

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True, related_name="where")
    latitude = models.FloatField(_("latitude"))
    longitude = models.FloatField(_("longitude"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="place_on_earth",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["latitude", "longitude"], name="places_near")]


POSITION = ("latitude", "longitude", "accuracy", "distance")


class CheckIn(Scoped):
    """Somebody signed in at a customer. The visit is open, as a follow-up, until it is written up.

    Only who signed in sees the position, and it goes with the night after the days that the company says.
    """

    scope_resource: ClassVar[str] = "interaction"
    scope_owner: ClassVar[tuple[str, ...]] = ("user",)

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="check_ins")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="check_ins")
    follow_up = models.OneToOneField(FollowUp, models.CASCADE, related_name="check_in")
    at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=CheckInState)
    reason = models.CharField(max_length=200, blank=True, default="")  # why there is no position
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    accuracy = models.PositiveIntegerField(null=True)  # metres, as the device says
    distance = models.PositiveIntegerField(null=True)  # metres to the customer's place

    objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["user", "-at"], name="check_ins_of")]


class OutboxKey(models.Model):
    """A key pair of a person; only its public half leaves the server (followups/offline/sealing.py)."""

    kid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    private = models.BinaryField(editable=False)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["user", "-made_at"], name="outbox_keys_of")]
