"""Hold-outs and who is in them; customers who are compared, and what became of them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.scope import Scoped, ScopedQuerySet
from core import clock
from core.base import Stamped
from customers.models import CUSTOMER_OWNERS, Customer

SHARES = (5, 50)  # per cent
UNCHECKED: dict[str, Any] = {"db_constraint": False, "db_index": False}  # as those of RunSum
PLANNED, RUNNING, ENDED, WITHDRAWN = "planned", "running", "ended", "withdrawn"


class HoldOut(Stamped):
    """A share of the customers of a tier whom the automatic plan leaves out, from a day on. Nothing of it changes but
    its end: another share or tier is another hold-out (docs/adr/0037)."""

    scheme = models.CharField(max_length=3, choices=[("b2c", _("persons")), ("b2b", _("companies"))])
    tier = models.CharField(_("tier"), max_length=20)
    share = models.PositiveSmallIntegerField(_("left out (%)"))
    starts_on = models.DateField(_("starts on"))
    began_on = models.DateField(null=True)  # the day on which its customers were drawn
    ended_on = models.DateField(null=True)  # the last day that counts
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)  # before it began
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-starts_on", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(share__gte=SHARES[0], share__lte=SHARES[1]), name="hold_out_share"),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(began_on__isnull=False, ended_on__gte=F("began_on")),
                name="hold_out_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(began_on=None), name="hold_out_withdrawn_before_it_began"
            ),
            models.UniqueConstraint(
                fields=["scheme", "tier"],
                name="one_open_hold_out_of_a_tier",
                condition=Q(ended_on=None, withdrawn_at=None),
            ),
        ]

    @property
    def state(self) -> str:
        """PLANNED, RUNNING, ENDED or WITHDRAWN."""
        if self.withdrawn_at is not None:
            return WITHDRAWN
        if self.began_on is None:
            return PLANNED
        return RUNNING if self.ended_on is None else ENDED


class HoldOutMember(Scoped):
    """A customer who was in the tier on the first day, and on which side; `held`: left out of the automatic plan.

    `taken_in_at`: a person took the customer into the plan all the same, who stays on this side of the comparison.
    """

    scope_resource: ClassVar[str] = "score"
    scope_owner: ClassVar[tuple[str, ...]] = CUSTOMER_OWNERS
    scope_customer: ClassVar[str | None] = "customer"

    hold_out = models.ForeignKey(HoldOut, models.CASCADE, related_name="members", db_index=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    held = models.BooleanField()
    running = models.BooleanField(default=True)  # as long as the hold-out runs
    taken_in_at = models.DateTimeField(null=True)
    taken_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["hold_out", "customer"], name="once_in_a_hold_out"),
            models.UniqueConstraint(fields=["customer"], name="in_one_hold_out_at_a_time", condition=Q(running=True)),
            models.CheckConstraint(condition=Q(taken_in_at=None) | Q(held=True), name="only_who_is_left_out_comes_in"),
        ]


class Comparison(models.Model):
    """Two sides that were counted: those of a hold-out, or the pairs of a month (`first`: its first day).

    What became of them is of `since` to `until`. `high`: scheme:code of the tiers that were high-value then. `told`: by
    scheme:code of a tier, what the page says beside the figures (segmentation/control/counting.py).
    """

    hold_out = models.OneToOneField(HoldOut, models.CASCADE, null=True, related_name="comparison")
    first = models.DateField(null=True, unique=True)
    since = models.DateField()
    until = models.DateField()
    high = ArrayField(models.CharField(max_length=24))
    told = models.JSONField(default=dict)
    counted_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(hold_out=None, first__isnull=False) | Q(hold_out__isnull=False, first=None),
                name="comparison_of_a_hold_out_or_a_month",
            )
        ]


class Compared(Scoped):
    """A customer on one side of a comparison, whose they were when it was counted, and what became of them.

    Money in minor units of the company's currency; `capped`: as the figure counts it (docs/algorithms/control.md).
    """

    scope_resource: ClassVar[str] = "dashboard"
    scope_owner: ClassVar[tuple[str, ...]] = ("owner",)

    comparison = models.ForeignKey(Comparison, models.CASCADE, related_name="rows", db_index=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", **UNCHECKED)
    team = models.ForeignKey("accounts.Team", models.CASCADE, null=True, related_name="+", **UNCHECKED)
    tier_scheme = models.CharField(max_length=3)
    tier = models.CharField(max_length=20)  # as of the begin
    treated = models.BooleanField()
    partner = models.ForeignKey("self", models.CASCADE, null=True, related_name="+")  # of a pair: the other one
    existing = models.BooleanField()  # had bought before
    could_leave = models.BooleanField()  # neither prospect nor lost at the begin
    bought = models.BooleanField()
    lost = models.BooleanField()
    high = models.BooleanField()
    complained = models.BooleanField()
    answered = models.BooleanField()
    satisfied = models.BooleanField()
    activities = models.IntegerField()
    revenue = models.BigIntegerField()
    capped = models.BigIntegerField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["comparison", "customer"], name="once_in_a_comparison")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["comparison", "owner"], name="compared_by_owner")]
