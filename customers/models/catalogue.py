"""Catalogues and tags, which the company keeps in its settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Named(models.Model):
    """A catalogue row with a name in both languages; `name` is the reader's."""

    name_en = models.CharField(_("name (English)"), max_length=80)
    name_zh = models.CharField(_("name (Chinese)"), max_length=80)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh


class CatalogueRow(Named):
    """An entry of a catalogue: what forms offer and files name, under a code that stays.

    Lists offer the active ones by `position`, new ones last. One that was merged into another stays as another name of
    that one: files that name it mean the other, and a restart doesn't make it anew.
    """

    LAST: ClassVar[int] = 1000
    resource: ClassVar[str]  # whose rights it goes by, and the first word of its acts in the audit log
    needed: ClassVar[bool] = False  # one must stay in use
    further: ClassVar[tuple[str, ...]] = ()  # what a person changes of an entry besides its names
    fixed: ClassVar[tuple[str, ...]] = ()  # what is said of a new one, and stays
    merges: ClassVar[bool] = True  # two that mean the same can be made one

    code = models.SlugField(max_length=40, unique=True)
    is_active = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=LAST)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged_from")

    class Meta:
        abstract = True

    @classmethod
    def rows(cls) -> models.QuerySet[Any]:
        """All entries, retired and merged ones too."""
        return cls._default_manager.all()


class Channel(CatalogueRow):
    """Where customers and orders come from: shop, website, exhibition, referral..."""

    resource = "channel"
    needed = True


class Pointed(CatalogueRow):
    """An entry that says how much may come of such a customer: a part of the potential score."""

    MOST: ClassVar[int] = 15

    points = models.PositiveSmallIntegerField(
        _("points"), null=True, blank=True, validators=[MaxValueValidator(MOST)]
    )  # None: it says nothing about it

    class Meta:
        abstract = True


class Industry(Pointed):
    """What a customer does for a living: textiles, logistics, hotels..."""

    resource = "catalogue"
    further = ("points",)


class CompanySize(Pointed):
    """How large a customer is. `least`: from so many employees up to the next entry; None: no number says it."""

    resource = "catalogue"
    further = ("least", "points")

    least = models.PositiveIntegerField(_("from so many employees"), null=True, blank=True)


class MarketStanding(CatalogueRow):
    """Where a customer stands among its competitors: leader, challenger, follower, niche..."""

    resource = "catalogue"


class IncomeBand(CatalogueRow):
    """How much a person earns, as far as the company asks: bands, never the figure itself."""

    resource = "catalogue"


class DecisionStyle(CatalogueRow):
    """How a customer comes to a decision: by figures, by price, by whom they know..."""

    resource = "catalogue"


# What is chosen from a catalogue in a customer's file, by the field's name.
CATALOGUES: Mapping[str, type[CatalogueRow]] = {
    "channel": Channel,
    "industry": Industry,
    "company_size": CompanySize,
    "market_standing": MarketStanding,
    "income_band": IncomeBand,
    "decision_style": DecisionStyle,
}


class Tag(models.Model):
    """A free classification of customers. One that was merged stays as another name of the other, as of a channel."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    is_active = models.BooleanField(default=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged_from")

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name
