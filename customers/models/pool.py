"""What the company allows in the unassigned pool, and how long a customer stays with an owner who does nothing."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.base import Stamped, Versioned


class PoolRules(Stamped, Versioned):
    """The rules of the unassigned pool. One row, made when somebody changes what came with the installation.

    `tier_days` and `lifecycle_days` say by code how many days protect such a customer instead of `protected_days`; the
    codes of tiers are the company's own (segmentation.models.Tier), so they have no columns.
    """

    claims_a_day = models.PositiveSmallIntegerField(_("customers that one person may claim a day"), default=20)
    looks_a_day = models.PositiveSmallIntegerField(
        _("customers of the pool that one person may open a day"), default=100
    )
    quota = models.PositiveIntegerField(_("customers up to which one person may claim"), null=True, blank=True)
    reclaims = models.BooleanField(_("take customers back whose protection is over"), default=False)
    warned_days = models.PositiveSmallIntegerField(_("days of warning"), default=7)
    protected_days = models.PositiveSmallIntegerField(_("days of protection"), default=90)
    deal_days = models.PositiveSmallIntegerField(_("with an open order"), null=True, blank=True, default=180)
    tier_days = models.JSONField(default=dict)
    lifecycle_days = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(pk=1), name="one_row_of_pool_rules"),
            models.CheckConstraint(
                condition=Q(claims_a_day__gte=1, looks_a_day__gte=1, warned_days__gte=1, protected_days__gte=1),
                name="pool_rules_count_from_one",
            ),
        ]
