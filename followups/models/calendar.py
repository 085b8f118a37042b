"""What the calendar of follow-ups holds besides them: the company's setting, appointments, guests and feeds."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.scope import Scoped, ScopedQuerySet
from core.base import Stamped, Versioned
from core.history import tracked
from customers.models import CUSTOMER_OWNERS, Contact, Customer, InteractionKind
from followups.cadence import PER_DAY
from followups.models.follow_up import FollowUp


@tracked(exclude=("updated_at", "updated_by", "version"))
class CalendarSetting(Stamped, Versioned):
    """What the company says of everybody's calendar of follow-ups; without a row what stands here holds."""

    class WeekStart(models.TextChoices):
        LANGUAGE = "", _("the day that the reader's language begins it with")
        MONDAY = "monday", _("Monday")
        SUNDAY = "sunday", _("Sunday")
        TODAY = "today", _("today: seven days ahead")

    per_day = models.PositiveSmallIntegerField(_("follow-ups a person can do in a day"), default=PER_DAY)
    week_start = models.CharField(_("a week begins on"), max_length=6, choices=WeekStart, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(pk=1), name="one_calendar_setting"),
            models.CheckConstraint(condition=Q(per_day__gte=1, per_day__lte=100), name="calendar_per_day"),
        ]


class Appointment(Stamped, Scoped):
    """A follow-up to which people are invited, as it was last told to them; `sequence` counts what they were told.

    `stands_since` is the version with which it was planned, or planned anew after it had been called off. The minute's
    round brings it after the follow-up (services/appointments.py), so that whoever changes that one, by whatever way,
    need know nothing of guests.
    """

    scope_resource: ClassVar[str] = "follow_up"
    scope_owner: ClassVar[tuple[str, ...]] = (*CUSTOMER_OWNERS, "follow_up__assignee")
    scope_customer: ClassVar[str | None] = "customer"

    follow_up = models.OneToOneField(FollowUp, models.CASCADE, primary_key=True, related_name="appointment")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    begins_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    method = models.CharField(max_length=10, choices=InteractionKind)
    place = models.CharField(_("place"), max_length=200, blank=True, default="")
    language = models.CharField(max_length=10)
    sequence = models.PositiveIntegerField(default=0)
    stands_since = models.PositiveIntegerField(default=0)
    called_off_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()


class Guest(Scoped):
    """Somebody who is invited: a contact person, the customer themselves, or a colleague; and what they answered."""

    scope_resource: ClassVar[str] = "follow_up"
    scope_owner: ClassVar[tuple[str, ...]] = (*CUSTOMER_OWNERS, "appointment__follow_up__assignee")
    scope_customer: ClassVar[str | None] = "customer"

    class Answer(models.TextChoices):
        NONE = "", _("no answer yet")
        YES = "yes", _("comes")
        NO = "no", _("can't come")
        OTHER = "other", _("wishes another time")

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="guests")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, related_name="+")  # none: the customer themselves
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=120)
    nonce = models.UUIDField(default=uuid.uuid4, editable=False)  # the address of the answer is made of it
    digest = models.CharField(max_length=64, unique=True)
    answer = models.CharField(max_length=5, choices=Answer, blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    proposed_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True, default="")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["customer", "-answered_at"], name="guest_timeline", condition=~Q(answer=""))
        ]


class CalendarFeed(models.Model):
    """A person's follow-ups as a calendar that other programs fetch; only the SHA-256 of its secret is stored."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
