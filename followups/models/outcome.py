"""What activities led to."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.scope import Scoped, ScopedQuerySet
from customers.models import CUSTOMER_OWNERS, UNRATED, Customer, Interaction, InteractionKind, Stage
from followups.models.follow_up import FollowUp


class Outcome(Scoped):
    """What an activity that a colleague began led to: an answer, and orders in the 30 days after it.

    The night writes it. Stage and tier are those of the customer on that day; `source` is that of the follow-up which
    the activity closed, empty where nothing was planned; `template` that of a message. Money: minor units of the
    company's currency.
    """

    scope_resource: ClassVar[str] = "interaction"
    scope_owner: ClassVar[tuple[str, ...]] = CUSTOMER_OWNERS
    scope_customer: ClassVar[str | None] = "customer"

    interaction = models.OneToOneField(Interaction, models.CASCADE, primary_key=True, related_name="outcome")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="outcomes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="outcomes")
    day = models.DateField(_("day"))  # in the company's zone
    method = models.CharField(_("method"), max_length=10, choices=InteractionKind)
    answered = models.BooleanField(pgettext_lazy("of an activity", "answered"))
    stage = models.CharField(_("stage"), max_length=14, choices=Stage)
    tier_scheme = models.CharField(max_length=3, blank=True, default="")
    tier = models.CharField(_("tier"), max_length=20, default=UNRATED)
    source = models.CharField(_("comes from"), max_length=10, choices=FollowUp.Source, blank=True, default="")
    template = models.ForeignKey("followups.MessageTemplate", models.SET_NULL, null=True, related_name="outcomes")
    orders = models.PositiveIntegerField(_("orders that followed"), default=0)
    sold = models.BigIntegerField(_("sales that followed"), default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["user", "day"], name="outcome_by_user")]
