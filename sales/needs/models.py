"""Needs of customers, and who moved them when."""

from __future__ import annotations

from typing import ClassVar, cast

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.scope import Scoped, ScopedManager, ScopedQuerySet
from core.base import Stamped, Versioned
from customers.models import CUSTOMER_OWNERS, Contact, Customer, Interaction


class NeedManager(ScopedManager):
    """Hides those of customers in the recycle bin."""

    def get_queryset(self) -> ScopedQuerySet:
        return cast("ScopedQuerySet", super().get_queryset().filter(customer__deleted_at=None))


class Need(Stamped, Versioned, Scoped):
    """Something that a customer needs, or that hurts them, from the day on which it was heard until it is settled.

    `interaction`: the entry of the log in which it was noted; none for one that was entered by hand.
    """

    scope_resource: ClassVar[str] = "need"
    scope_owner: ClassVar[tuple[str, ...]] = CUSTOMER_OWNERS
    scope_customer: ClassVar[str | None] = "customer"

    class Kind(models.TextChoices):
        UNSAID = "", _("not stated")
        NEED = "need", pgettext_lazy("kind of a need", "need")
        PAIN = "pain", pgettext_lazy("kind of a need", "pain")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("state of a need", "open")
        OFFERED = "offered", pgettext_lazy("state of a need", "offered")
        MET = "met", pgettext_lazy("state of a need", "met")
        DROPPED = "dropped", pgettext_lazy("state of a need", "dropped")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="needs")
    interaction = models.ForeignKey(Interaction, models.SET_NULL, null=True, editable=False, related_name="needs")
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="needs", verbose_name=_("contact")
    )
    product = models.ForeignKey(
        "sales.Product", models.SET_NULL, null=True, blank=True, related_name="needs", verbose_name=_("product offered")
    )
    text = models.CharField(pgettext_lazy("of a customer", "need"), max_length=300)
    kind = models.CharField(_("kind"), max_length=4, choices=Kind, blank=True, default="")
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.OPEN)
    since = models.DateField(_("since"))
    reason = models.CharField(_("why it was dropped"), max_length=200, blank=True, default="")
    moved_at = models.DateTimeField(_("in this state since"), editable=False)
    # Whether somebody gave it its words; else they are those of its entry and follow it.
    by_hand = models.BooleanField(default=True, editable=False)

    objects = NeedManager()
    all_objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["interaction"], name="need_once_per_entry"),
            models.CheckConstraint(condition=~Q(state="dropped") | ~Q(reason=""), name="need_dropped_with_reason"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["customer", "state"], name="needs_of_customer"),
            models.Index(fields=["state", "since", "id"], name="needs_by_age"),
        ]

    def __str__(self) -> str:
        return self.text


UNSETTLED = (Need.State.OPEN, Need.State.OFFERED)


class NeedStep(models.Model):
    """A need came into a state; the first one says how it began. `interaction`: the entry that was logged with it."""

    need = models.ForeignKey(Need, models.CASCADE, related_name="steps")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=7, choices=Need.State)
    product = models.ForeignKey("sales.Product", models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True, default="")
    interaction = models.ForeignKey(Interaction, models.SET_NULL, null=True, related_name="+")
