"""One rule: which customers, and among whom they are shared out."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.base import Stamped, Versioned
from customers.models import Kind


class AllocationRule(Stamped, Versioned):
    """The first rule in use that fits a customer, and of whose people somebody is there, gives it an owner.

    What is empty is not asked. `people` are in the order in which they take their turn.
    """

    class How(models.TextChoices):
        TURN = "turn", _("in turn")
        LOAD = "load", _("whoever has the fewest customers")

    name = models.CharField(_("name"), max_length=80)
    place = models.PositiveIntegerField(default=0)
    is_on = models.BooleanField(_("in use"), default=True)
    kinds = ArrayField(models.CharField(max_length=8, choices=Kind), default=list)
    industries = ArrayField(models.BigIntegerField(), default=list)
    sizes = ArrayField(models.BigIntegerField(), default=list)
    tiers = ArrayField(models.CharField(max_length=20), default=list)
    regions = ArrayField(models.CharField(max_length=80), default=list)  # what the region of a customer begins with
    needs = ArrayField(models.CharField(max_length=80), default=list)  # words in an open need
    people = ArrayField(models.BigIntegerField())
    how = models.CharField(_("among them"), max_length=4, choices=How, default=How.TURN)
    last_given = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(people=[]), name="allocation_rule_has_people"),
        ]
