"""Complaints: intake, owner, clock, states, result and the customer's satisfaction."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.scope import Scoped, ScopedQuerySet
from core.base import Binned, Stamped, Versioned
from core.clock import now
from core.history import tracked
from customers.models import CUSTOMER_OWNERS, Customer, Interaction, OwnerChange
from feedback import sla

HEADLINE = 40  # characters


class ComplaintQuerySet(ScopedQuerySet):
    """Nobody puts a complaint about their own work away.

    Not the owners of the customer, not who has to answer it; nor whoever was either of them since it came in.
    """

    def _within(self, user: User, scope: str, permission: str, **narrowed: Any) -> ComplaintQuerySet:
        rows = super()._within(user, scope, permission, **narrowed)
        if permission != "complaint.delete":
            return rows
        since = {"customer": OuterRef("customer"), "at__gte": OuterRef("received_at")}
        left = OwnerChange.objects.filter(from_user=user, **since)
        had = ComplaintStep.objects.filter(complaint=OuterRef("pk"), owner=user)
        concerned = Q(customer__owner=user) | Q(customer__service_owner=user) | Q(owner=user)
        return rows.exclude(concerned | Exists(left) | Exists(had))


ComplaintManager = models.Manager.from_queryset(ComplaintQuerySet)


class AliveComplaintManager(ComplaintManager):
    """Hides what lies in the recycle bin itself or belongs to a customer there."""

    def get_queryset(self) -> ComplaintQuerySet:
        return super().get_queryset().filter(deleted_at=None, customer__deleted_at=None)


@tracked(exclude=("updated_at", "updated_by", "version"))
class Complaint(Stamped, Versioned, Binned, Scoped):
    """A complaint of a customer on its way from intake to a confirmed close."""

    scope_resource: ClassVar[str] = "complaint"
    scope_owner: ClassVar[tuple[str, ...]] = (*CUSTOMER_OWNERS, "owner")
    scope_customer: ClassVar[str | None] = "customer"

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        GRADED = "graded", _("graded")
        INVESTIGATING = "investigating", _("investigating")
        RESOLVING = "resolving", _("resolving")
        ANSWERED = "answered", _("answered")
        SATISFACTION_ASKED = "satisfaction_asked", _("waiting for the customer's rating")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("reopened")

    class Severity(models.TextChoices):
        LOW = "low", _("low")
        NORMAL = "normal", _("normal")
        HIGH = "high", _("high")
        CRITICAL = "critical", _("critical")

    class Category(models.TextChoices):
        PRODUCT = "product", _("product quality")
        DELIVERY = "delivery", _("delivery")
        SERVICE = "service", _("service")
        PRICE = "price", _("price or invoice")
        OTHER = "other", _("other")

    class Channel(models.TextChoices):
        PHONE = "phone", _("phone")
        VISIT = "visit", _("visit")
        EMAIL = "email", pgettext_lazy("way to talk", "e-mail")
        WECHAT = "wechat", _("WeChat")
        OTHER = "other", _("other")

    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="complaints")
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.PHONE)
    category = models.CharField(_("category"), max_length=10, choices=Category)
    severity = models.CharField(_("severity"), max_length=8, choices=Severity, default=Severity.NORMAL)
    text = models.TextField(_("the customer's words"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="complaints", verbose_name=_("owner")
    )
    state = models.CharField(max_length=20, choices=State, default=State.RECEIVED)
    received_at = models.DateTimeField(_("received at"))
    first_response_due_at = models.DateTimeField()
    first_response_at = models.DateTimeField(null=True)
    promised_at = models.DateTimeField(_("promised by"), null=True, blank=True)
    result = models.TextField(_("result"), blank=True)
    csat = models.PositiveSmallIntegerField(_("satisfaction"), null=True, blank=True)  # 1-5
    closed_at = models.DateTimeField(null=True)

    objects = AliveComplaintManager()
    all_objects = ComplaintQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(csat=None) | Q(csat__gte=1, csat__lte=5), name="csat_1_to_5"),
            models.CheckConstraint(
                condition=~Q(state="closed") | (Q(csat__isnull=False) & ~Q(result="")),
                name="closed_with_result_and_answer",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["first_response_due_at", "id"],
                name="complaints_open",
                condition=Q(deleted_at=None) & ~Q(state="closed"),
            ),
            models.Index(
                fields=["-closed_at", "-id"], name="complaints_closed", condition=Q(deleted_at=None, state="closed")
            ),
            models.Index(fields=["customer", "-received_at"], name="complaint_timeline"),
            models.Index(fields=["owner", "state"], name="complaint_by_owner"),
            GinIndex(fields=["number"], name="complaint_number_trgm", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def headline(self) -> str:
        """The beginning of the customer's words, in one line."""
        words = " ".join(self.text.split())
        return words if len(words) <= HEADLINE else f"{words[:HEADLINE].rstrip()}…"

    @property
    def is_open(self) -> bool:
        return self.state != self.State.CLOSED

    @property
    def clock(self) -> sla.Clock:
        """The clock that counts at this moment."""
        return sla.clock(
            state=self.state,
            received_at=self.received_at,
            first_response_due_at=self.first_response_due_at,
            first_response_at=self.first_response_at,
            promised_at=self.promised_at,
            now=now(),
        )


class ComplaintStep(models.Model):
    """One step of a complaint: who moved it, or what was noted, and when."""

    class Kind(models.TextChoices):
        MOVE = "move", _("step")
        RESPONSE = "response", _("first response")
        ASSIGN = "assign", _("handed over")
        NOTE = "note", _("note")

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="steps")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20)
    note = models.TextField(blank=True)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.MOVE, db_default=Kind.MOVE)
    # Who has it after the intake or a hand-over; the answer that closed it.
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    csat = models.PositiveSmallIntegerField(null=True)
    # The contact with the customer that this step was: it stands in the customer's log as well.
    interaction = models.OneToOneField(Interaction, models.SET_NULL, null=True, related_name="complaint_step")

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "id"]

    @property
    def state_word(self) -> str:
        """The state after this step, in the reader's language."""
        return str(dict(Complaint.State.choices).get(self.to_state, self.to_state))


class ComplaintHours(Stamped, Versioned):
    """How long the first response and the solution of a complaint of one severity may take.

    It counts for what comes in from now on: a complaint keeps the times that stood in it when it came in.
    """

    class Unit(models.TextChoices):
        HOURS = sla.CLOCK_HOURS, _("hours, day and night")
        WORK = sla.WORK_HOURS, _("working hours")
        DAYS = sla.WORK_DAYS, _("working days, until work ends")

    severity = models.CharField(_("severity"), max_length=8, choices=Complaint.Severity, primary_key=True)
    response = models.PositiveSmallIntegerField(_("first response within"))
    response_unit = models.CharField(_("the first response counts in"), max_length=5, choices=Unit)
    solution = models.PositiveSmallIntegerField(_("solution within"))
    solution_unit = models.CharField(_("the solution counts in"), max_length=5, choices=Unit)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(response__gte=1, response__lte=999, solution__gte=1, solution__lte=999),
                name="complaint_hours_within_reason",
            ),
        ]
