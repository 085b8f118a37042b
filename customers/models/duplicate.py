"""Who may be the same: what customers are compared by, and the pairs that a night found (docs/adr/0050)."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models.customer import Customer


class Strength(models.TextChoices):
    """How sure it is that two customers are one; in this order a list shows them."""

    CERTAIN = "certain", pgettext_lazy("duplicate", "certain")
    LIKELY = "likely", pgettext_lazy("duplicate", "likely")
    POSSIBLE = "possible", pgettext_lazy("duplicate", "possible")


class Alike(models.TextChoices):
    """What two customers have in common. The first letter of a MatchKey says which; "place" is compared beside it."""

    CREDIT_CODE = "c", _("same credit code")
    PHONE = "p", _("same phone number")
    EMAIL = "e", _("same e-mail")
    NAME = "n", _("same name")
    SOUND = "s", _("name sounds the same")
    NUMBER = "k", _("same customer number in another spelling")
    PLACE = "r", _("same region")


def in_words(alike: Collection[str]) -> list[str]:
    """What two have in common, for people; that the same name sounds the same goes without saying."""
    shared = set(alike) - ({Alike.SOUND.value} if Alike.NAME in alike else set())
    return [str(Alike(code).label) for code in Alike.values if code in shared]


class MatchKey(models.Model):
    """What a living customer is compared by: the letter of an Alike, a colon, and the normal form of the value.

    Without a foreign key, as it is made anew by the sweep whenever the customer changes or goes.
    """

    pk = models.CompositePrimaryKey("key", "customer_id")
    key = models.CharField(max_length=80, db_collation="C")
    customer_id = models.BigIntegerField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["customer_id"], name="match_by_customer")]


class ToMatch(models.Model):
    """This customer was written since the last sweep, in something that it is compared by: noted by triggers
    (migration 0046), whatever door it came through."""

    customer_id = models.BigIntegerField()


class DuplicatePair(models.Model):
    """Two customers that may be one. What a person has decided stays, also when the sweep finds the pair again."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("pair of duplicates", "open")
        DIFFERENT = "different", pgettext_lazy("pair of duplicates", "not the same")
        MERGED = "merged", pgettext_lazy("pair of duplicates", "merged")

    first = models.ForeignKey(Customer, models.CASCADE, related_name="+")  # the one with the smaller id
    second = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    strength = models.CharField(max_length=8, choices=Strength)
    rank = models.PositiveSmallIntegerField()  # the strength as a place, to sort by
    alike = ArrayField(models.CharField(max_length=1, choices=Alike))
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    found_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["first", "second"], name="one_pair_of_two"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="smaller_id_first"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "rank", "-id"], name="pairs_to_decide"),
        ]

    @property
    def reasons(self) -> list[str]:
        """What they have in common, in words."""
        return in_words(self.alike)
