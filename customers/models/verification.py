"""Which fields of a file somebody has found right or put right, how often that is wanted, and who helps others."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from accounts.scope import Scoped, ScopedQuerySet
from core.base import Stamped, Versioned
from customers.models.base import CUSTOMER_OWNERS
from customers.models.customer import Customer

# In CustomerFacts.verified_on: not yet. A day, so that these files stand first in one range of one index.
NEVER = date(2000, 1, 1)
SHORTEST, LONGEST = 7, 1000


class How(models.TextChoices):
    """By what a field was confirmed: another way than the one by which it came in."""

    CALL = "call", _("by phone")
    VISIT = "visit", _("on a visit")
    MESSAGE = "message", _("by e-mail or message")
    DOCUMENT = "document", _("by a document")


class Verification(Scoped):
    """Somebody has found a field of a file right, or has put it right. The last one of a field is its stamp.

    It holds no value but the `seal` of it (customers/verification/rule.py): a stamp counts while the file holds the
    value that was confirmed, through whatever door it changes.
    """

    scope_resource: ClassVar[str] = "customer"
    scope_owner: ClassVar[tuple[str, ...]] = CUSTOMER_OWNERS
    scope_customer: ClassVar[str | None] = "customer"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="verifications")
    field = models.CharField(_("field"), max_length=20)
    changed = models.BooleanField(_("put right"), default=False)
    how = models.CharField(_("confirmed"), max_length=10, choices=How)
    seal = models.CharField(max_length=32)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["customer", "field", "-at"], name="verification_last")
        ]


def fields_as_shipped() -> list[str]:
    """What changes most, and what hurts most when it is wrong."""
    return ["phone", "email", "wechat", "address", "contact"]


class VerificationRules(Stamped, Versioned):
    """How often files are verified, and which of their fields. One row, made when somebody changes what came with the
    installation."""

    every_days = models.PositiveSmallIntegerField(_("days after which a file is verified again"), default=90)
    asked: Any = ArrayField(models.CharField(max_length=20), default=fields_as_shipped, verbose_name=_("fields"))
    reminds = models.BooleanField(_("remind of files that are due, each Monday"), default=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(pk=1), name="one_row_of_verification_rules"),
            models.CheckConstraint(
                condition=Q(every_days__gte=SHORTEST, every_days__lte=LONGEST), name="verification_days_in_range"
            ),
        ]


class DataSteward(models.Model):
    """Who looks after the files of a team and the teams below it, or without a team of the whole company: the files of
    others too, as far as their role lets them change those."""

    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("team"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("data steward"))

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["team"], nulls_distinct=False, name="one_steward_a_team")
        ]
