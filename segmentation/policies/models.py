"""Rows that the company enters for a tier, a lifecycle stage, or both."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.base import Stamped, Versioned
from customers.models import Lifecycle, Named

PER_CENT = (1, 100)
COMING, COUNTS, OVER = "coming", "counts", "over"


class PolicyKind(models.TextChoices):
    """What a row is."""

    PRIVILEGE = "privilege", pgettext_lazy("of a tier", "privilege")
    OFFER = "offer", pgettext_lazy("of a tier", "offer")


class TierPolicy(Named, Stamped, Versioned):
    """A privilege or an offer, for customers of a scheme: of one tier or all, in one lifecycle stage or any.

    What was removed stays for an undo and counts no more. A row of a tier that no rule set holds any more rests.
    """

    scheme = models.CharField(max_length=3, choices=[("b2c", _("persons")), ("b2b", _("companies"))])
    tier = models.CharField(_("tier"), max_length=20, blank=True)  # "": all tiers
    lifecycle = models.CharField(_("lifecycle stage"), max_length=10, choices=Lifecycle, blank=True)  # "": any
    kind = models.CharField(max_length=9, choices=PolicyKind)
    sentence_en = models.CharField(_("what to do or say (English)"), max_length=300, blank=True)
    sentence_zh = models.CharField(_("what to do or say (Chinese)"), max_length=300, blank=True)
    # Of offers: the largest discount in per cent, and the days on which it may be made, both included.
    limit = models.PositiveSmallIntegerField(_("discount up to (%)"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    # Beside those of the same tier and kind; equal ones stand in the order in which they were entered.
    place = models.PositiveSmallIntegerField(default=0)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["scheme", "tier", "lifecycle", "kind", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(kind=PolicyKind.OFFER) | Q(limit=None, valid_from=None, valid_to=None),
                name="only_offers_have_limits",
            ),
            models.CheckConstraint(
                condition=Q(limit=None) | Q(limit__gte=PER_CENT[0], limit__lte=PER_CENT[1]),
                name="discount_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="offer_ends_after_it_begins",
            ),
        ]

    @property
    def sentence(self) -> str:
        """In the reader's language, else in the other one."""
        own, other = self.sentence_zh, self.sentence_en
        if (get_language() or "").startswith("en"):
            own, other = other, own
        return own or other

    def state(self, on: date) -> str:
        """Whether it counts on a day, not yet or no more."""
        if self.valid_from is not None and on < self.valid_from:
            return COMING
        return OVER if self.valid_to is not None and on > self.valid_to else COUNTS
