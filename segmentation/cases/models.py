"""What people write down about a churn warning: its cause, what was done at what cost, and each step of the case."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.scope import Scoped, ScopedQuerySet
from core import clock
from customers.models import InteractionKind, Named

OWNERS_OF_CASE = ("case__customer__owner", "case__customer__service_owner")
MOST_COST = 10**12  # minor units: beyond any budget, and far from the end of the column


class ChurnCause(Named):
    """Why customers leave, as this company counts it. Retired ones stay with their cases and aren't offered."""

    LAST: ClassVar[int] = 1000

    code = models.SlugField(max_length=40, unique=True)
    is_active = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=LAST)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "id"]


class ActionKind(models.TextChoices):
    """What can be done to win somebody back."""

    CALL = "call", _("call")
    EMAIL = "email", pgettext_lazy("way to talk", "e-mail")
    MESSAGE = "message", pgettext_lazy("to win a customer back", "message")
    VISIT = "visit", _("visit")
    COUPON = "coupon", _("coupon")
    GIFT = "gift", _("gift")
    SERVICE = "service", _("exclusive service")
    OTHER = "other", _("other")


# As what an entry of the log counts; internal notes are no action.
LOGGED_AS = {
    InteractionKind.CALL: ActionKind.CALL,
    InteractionKind.VIDEO: ActionKind.CALL,
    InteractionKind.EMAIL: ActionKind.EMAIL,
    InteractionKind.SMS: ActionKind.MESSAGE,
    InteractionKind.WECHAT: ActionKind.MESSAGE,
    InteractionKind.CHAT: ActionKind.MESSAGE,
    InteractionKind.VISIT: ActionKind.VISIT,
    InteractionKind.MEETING: ActionKind.VISIT,
    InteractionKind.OTHER: ActionKind.OTHER,
}


class CaseAction(Scoped):
    """Something that was done to keep a customer. What was removed stays for an undo and counts no more."""

    scope_resource: ClassVar[str] = "warning"
    scope_owner: ClassVar[tuple[str, ...]] = OWNERS_OF_CASE
    scope_customer: ClassVar[str | None] = "case__customer"

    case = models.ForeignKey("segmentation.ChurnCase", models.CASCADE, related_name="actions")
    kind = models.CharField(_("what was done"), max_length=8, choices=ActionKind)
    done_on = models.DateField(_("on"))
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    # Minor units of the company's currency; empty = not noted, which isn't 0.
    cost = models.BigIntegerField(_("cost"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["done_on", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(cost=None) | Q(cost__gte=0, cost__lte=MOST_COST), name="cost_of_an_action"
            )
        ]


class CaseStep(models.Model):
    """One step of a case by a person: what it was before, so that it can be read, and taken back for a while.

    `before` and `after` hold the columns of the case that the step wrote. `version` is the case's after it: a step is
    the last one while the case still has it. `batch`: of several warnings that were given at once.
    """

    class Kind(models.TextChoices):
        STARTED = "started", _("taken on")
        GIVEN = "given", _("given")
        PLANNED = "plan", _("planned")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("opened again")

    case = models.ForeignKey("segmentation.ChurnCase", models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=8, choices=Kind)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    version = models.PositiveIntegerField()
    batch = models.UUIDField(null=True)
    undone = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["batch"], name="steps_given_at_once", condition=~Q(batch=None))
        ]
