"""Follow-ups, and moves of several at once."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.scope import Scoped, ScopedQuerySet
from core.base import Stamped, Versioned
from customers.models import CUSTOMER_OWNERS, Customer, Interaction, InteractionKind
from followups.durations import LONGEST

FIRST_CONTACT = "FIRST_CONTACT"  # the code of its reason (followups/reasons.py)


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
        INCOMING = "incoming", _("message from the customer")
        MANUAL = "manual", _("by hand")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="follow_ups")
    assignee = models.ForeignKey(  # its index is that of what was planned for a month
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="follow_ups", verbose_name=_("assignee"), db_index=False
    )
    due_on = models.DateField(_("due on"))
    due_time = models.TimeField(_("time"), null=True, blank=True)
    due_at = models.DateTimeField(null=True, editable=False)  # derived from date, time and the assignee's zone
    snoozed_until = models.DateTimeField(null=True, editable=False)  # on Today it waits at the end until then
    reckoned_on = models.DateField(null=True, editable=False)  # of an automatic one: its day before days off and load
    missed_on = models.DateField(null=True, editable=False)  # of a visit moved on after it was over: its first day
    minutes = models.PositiveSmallIntegerField(_("takes"), null=True, blank=True)  # none: as usual (durations.py)
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
            models.CheckConstraint(
                condition=Q(minutes=None) | Q(minutes__gte=5, minutes__lte=LONGEST), name="follow_up_within_a_day"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Today: what is open for a person, oldest first
            models.Index(fields=["assignee", "due_on", "id"], name="follow_up_queue", condition=Q(state="open")),
            models.Index(fields=["customer", "due_on"], name="follow_up_open", condition=Q(state="open")),
            models.Index(fields=["assignee", "closed_at"], name="follow_up_closed"),
            # What was planned for a month, done or not: the effect, the team, the calendar.
            models.Index(fields=["assignee", "due_on"], name="follow_up_planned"),
            # Visits to write up, looked for each minute.
            models.Index(
                fields=["due_on"], name="visit_open", condition=Q(state="open", method__in=["visit", "meeting"])
            ),
            # Birthdays and other occasions of the week, on each Today.
            models.Index(
                fields=["assignee", "due_on"],
                name="follow_up_greeting",
                condition=Q(state="open", reason_code="OCCASION"),
            ),
        ]

    @property
    def is_deadline(self) -> bool:
        """Whether its time is no appointment, but the latest at which the first contact is due."""
        return self.reason_code == FIRST_CONTACT and self.source == self.Source.CADENCE and "chosen" not in self.reason


class Rescheduling(Scoped):
    """Follow-ups that a person moved or planned together, each as it stood before: so it can be taken back."""

    scope_resource: ClassVar[str] = "follow_up"
    scope_owner: ClassVar[tuple[str, ...]] = ("user",)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    rows = models.JSONField()  # [id, version after the move, day before, reason before] of each; without a day: made
    undone_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["at"], name="rescheduling_by_age")]
