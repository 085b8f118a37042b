"""What changed at a customer: owners and stages."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from customers.models.customer import Customer, Stage
from customers.models.interaction import Interaction


class OwnerChange(models.Model):
    """Assignment history of a customer: who had it, who got it, why."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="owner_changes")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    from_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    to_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    handover = models.UUIDField(null=True, editable=False)  # the same for those that changed hands together
    # What ended with it, so that it can be taken back: ids of collaborators, and the service owner.
    ended_shares = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    ended_service = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["customer", "-at"]),
            models.Index(fields=["handover"], name="handed_over_together", condition=Q(handover__isnull=False)),
        ]


class StageMove(models.Model):
    """A stage that a person, a log entry or the end of a pause moved: from where, to where, and why.

    What follows from orders and from days that pass isn't written here: the orders say it.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="stage_moves")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    from_stage = models.CharField(max_length=14, choices=Stage)
    from_since = models.DateField(null=True)
    from_until = models.DateField(null=True)
    from_reason = models.CharField(max_length=200, blank=True)
    to_stage = models.CharField(max_length=14, choices=Stage)
    until = models.DateField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    interaction = models.ForeignKey(Interaction, models.SET_NULL, null=True, related_name="stage_moves")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["customer", "-at"], name="stage_moves_of")]
