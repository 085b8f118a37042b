"""Reminders and in-app notices."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.scope import Scoped, ScopedQuerySet
from core.base import Stamped, Versioned
from customers.models import Customer


class Reminder(Stamped, Versioned, Scoped):
    """Something of which a person wants to be reminded at a minute: one notice, by its channel."""

    scope_resource: ClassVar[str] = "reminder"
    scope_owner: ClassVar[tuple[str, ...]] = ("user",)

    class Channel(models.TextChoices):
        IN_APP = "in_app", _("in the app")
        EMAIL = "email", _("by e-mail")
        IM = "im", _("by WeCom or DingTalk")
        SMS = "sms", _("by text message")
        GROUP = "group", _("in the team's group chat")

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
        VISIT = "visit"
        FOLLOW_UP = "follow_up"
        BACK = "back"
        ASSIGNED = "assigned"
        TAKEN = "taken"
        LATE = "late"
        APPOINTMENT = "appointment"
        MESSAGE = "message"
        INCOMING = "incoming"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=20)
    source_id = models.BigIntegerField(null=True)  # the row it is about, where that row decides who may see the notice
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, related_name="+")
    due_at = models.DateTimeField()
    text = models.CharField(max_length=300, blank=True)  # typed by a person
    numbers = models.JSONField(default=dict)  # for the sentence made in the reader's language
    url = models.CharField(max_length=200, blank=True)
    read_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    # The day whose morning message brings it, set when the notice is made; None: it goes by messages of its own.
    digest_on = models.DateField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "due_at"], name="notice_unread", condition=Q(read_at=None, cancelled_at=None)),
            models.Index(fields=["user", "-due_at", "-id"], name="notice_list", condition=Q(cancelled_at=None)),
        ]
