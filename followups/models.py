"""Follow-ups, the plan per tier, reminders and in-app notices."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.scope import Scoped, ScopedQuerySet
from core.base import Stamped, Versioned
from core.history import tracked
from customers.models import CUSTOMER_OWNERS, Customer, Interaction, InteractionKind


class PlanCategory(models.TextChoices):
    KEY = "key", _("key follow-up")
    REGULAR = "regular", _("regular follow-up")
    ACTIVATION = "activation", _("activation")


@tracked()
class PlanRule(models.Model):
    """The default plan of a tier: how often, by which method, what for. Days are clock days between contacts."""

    scheme = models.CharField(max_length=3)
    tier = models.CharField(max_length=20)
    category = models.CharField(_("plan"), max_length=10, choices=PlanCategory)
    every_days = models.PositiveSmallIntegerField(_("every days"))
    method = models.CharField(_("method"), max_length=10, choices=InteractionKind)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["scheme", "tier"], name="one_plan_per_tier"),
            models.CheckConstraint(condition=Q(every_days__gte=1, every_days__lte=366), name="plan_days_in_a_year"),
        ]


class FollowUp(Stamped, Versioned, Scoped):
    """Something to do with a customer on a calendar date, perhaps at a time in the assignee's zone."""

    scope_resource: ClassVar[str] = "follow_up"
    scope_owner: ClassVar[tuple[str, ...]] = (*CUSTOMER_OWNERS, "assignee")
    scope_customer: ClassVar[str | None] = "customer"

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        SKIPPED = "skipped", _("skipped")
        CANCELLED = "cancelled", _("cancelled")

    class Source(models.TextChoices):
        CADENCE = "cadence", _("default plan")
        REVISIT = "revisit", _("revisit")
        WARNING = "warning", _("churn warning")
        COMPLAINT = "complaint", _("complaint")
        CARE = "care", _("care")
        MANUAL = "manual", _("by hand")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="follow_ups")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="follow_ups", verbose_name=_("assignee")
    )
    due_on = models.DateField(_("due on"))
    due_time = models.TimeField(_("time"), null=True, blank=True)
    due_at = models.DateTimeField(null=True, editable=False)  # derived from date, time and the assignee's zone
    method = models.CharField(_("method"), max_length=10, choices=InteractionKind, default=InteractionKind.CALL)
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)
    reason_code = models.CharField(max_length=24, blank=True)
    reason = models.JSONField(default=dict)  # the numbers of the reason
    source = models.CharField(max_length=10, choices=Source, default=Source.MANUAL)
    source_key = models.CharField(max_length=60, null=True, blank=True)  # e.g. warning:17; makes pulling repeatable
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    closed_at = models.DateTimeField(null=True)
    closed_by_interaction = models.ForeignKey(
        Interaction, models.SET_NULL, null=True, blank=True, related_name="closed_follow_ups"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["source_key"], name="one_follow_up_per_source"),
            models.UniqueConstraint(
                fields=["customer"],
                name="one_automatic_follow_up",
                condition=Q(state="open") & ~Q(source="manual"),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Today: what is open for a person, oldest first
            models.Index(fields=["assignee", "due_on", "id"], name="follow_up_queue", condition=Q(state="open")),
            models.Index(fields=["customer", "due_on"], name="follow_up_open", condition=Q(state="open")),
            models.Index(fields=["assignee", "closed_at"], name="follow_up_closed"),
        ]


class Reminder(Stamped, Versioned, Scoped):
    """Something of which a person wants to be reminded at a minute: one notice, by its channel."""

    scope_resource: ClassVar[str] = "reminder"
    scope_owner: ClassVar[tuple[str, ...]] = ("user",)

    class Channel(models.TextChoices):
        IN_APP = "in_app", _("in the app")
        EMAIL = "email", _("by e-mail")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        CANCELLED = "cancelled", _("cancelled")

    customer = models.ForeignKey(Customer, models.CASCADE, null=True, blank=True, related_name="reminders")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reminders")
    due_at = models.DateTimeField(_("when"))
    channel = models.CharField(_("by"), max_length=8, choices=Channel, default=Channel.IN_APP)
    text = models.CharField(_("text"), max_length=300)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["user", "due_at"], name="reminder_by_user")]


class Notice(Scoped):
    """One in-app notice: visible when `due_at` has come, exactly once by its key; needs no worker."""

    scope_resource: ClassVar[str] = "notification"
    scope_owner: ClassVar[tuple[str, ...]] = ("user",)

    class Kind(StrEnum):
        """Those of this app; every app contributes its own (core.contributions.NoticeKind)."""

        REMINDER = "reminder"
        DAY = "day"
        WARNING = "warning"
        FOLLOW_UP = "follow_up"
        ASSIGNED = "assigned"
        TAKEN = "taken"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=20)
    source_id = models.BigIntegerField(null=True)  # of the row it is about, where its kind says by that who may see it
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, related_name="+")
    due_at = models.DateTimeField()
    text = models.CharField(max_length=300, blank=True)  # typed by a person
    numbers = models.JSONField(default=dict)  # for the sentence made in the reader's language
    url = models.CharField(max_length=200, blank=True)
    read_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "due_at"], name="notice_unread", condition=Q(read_at=None, cancelled_at=None)),
            models.Index(fields=["user", "-due_at", "-id"], name="notice_list", condition=Q(cancelled_at=None)),
        ]
