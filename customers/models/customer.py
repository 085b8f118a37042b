"""Customer files: persons and companies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import policy
from accounts.models import Team
from accounts.scope import Scoped, ScopedQuerySet
from core.base import Binned, MaskedSave, Stamped, Versioned
from core.history import tracked
from core.phones import tel_uri
from customers import birthdays
from customers.models.base import ALIVE, AliveManager
from customers.models.catalogue import (
    Channel,
    CompanySize,
    DecisionStyle,
    IncomeBand,
    Industry,
    MarketStanding,
    Tag,
)
from customers.models.own import hide_own

_HAN = re.compile(r"[一-鿿]")


class Kind(models.TextChoices):
    PERSON = "person", _("person")
    COMPANY = "company", _("company")
    UNKNOWN = "unknown", _("unknown kind")


class Stage(models.TextChoices):
    FIRST_CONTACT = "first_contact", _("first contact")
    NEEDS = "needs", _("need confirmation")
    PROPOSAL = "proposal", _("proposal evaluation")
    AFTER_SALE = "after_sale", _("after the deal")
    LONG_TERM = "long_term", _("long-term customer")
    PAUSED = "paused", _("paused")


class Gender(models.TextChoices):
    NONE = "", _("not stated")
    FEMALE = "f", _("female")
    MALE = "m", _("male")


class PriceSensitivity(models.TextChoices):
    LOW = "low", pgettext_lazy("price sensitivity", "low")
    MEDIUM = "medium", pgettext_lazy("price sensitivity", "medium")
    HIGH = "high", pgettext_lazy("price sensitivity", "high")


class Reason(models.TextChoices):
    """What decides a purchase; several may."""

    PRICE = "price", pgettext_lazy("decides a purchase", "price")
    PERFORMANCE = "performance", pgettext_lazy("decides a purchase", "performance")
    TRUST = "trust", pgettext_lazy("decides a purchase", "trust")
    FEELING = "feeling", pgettext_lazy("decides a purchase", "feeling")


@tracked(exclude=("search_tokens", "updated_at", "updated_by", "version"))
class Customer(MaskedSave, Stamped, Versioned, Binned, Scoped):
    """A person or company that buys or may buy. Exactly one owner, or none = the unassigned pool."""

    scope_resource: ClassVar[str] = "customer"
    scope_owner: ClassVar[tuple[str, ...]] = ("owner", "service_owner")
    scope_customer: ClassVar[str | None] = ""
    scope_pool: ClassVar[bool] = True
    # What everybody who may view customers sees of one without owner, and may look for; masking hides the rest.
    pool_visible: ClassVar[frozenset[str]] = frozenset(
        {"number", "name", "name_sort", "kind", "region", "stage", "source", "facts__tier", "facts__tier_rank"}
    )
    # A service owner works on the file; whose it is and whether it stays is for the owner and the owner's leads.
    scope_by_owner: ClassVar[tuple[str, ...]] = (
        "customer.delete",
        "customer.purge",
        "customer.assign",
        "customer.merge",
    )
    mask_fields: ClassVar[Mapping[str, str]] = {
        "phone": "phone",
        "phone2": "phone",
        "wechat": "phone",
        "email": "email",
        "email2": "email",
        "further_phones": "phone",
        "further_emails": "email",
        "address": "address",
        **dict.fromkeys(
            (
                *("income_band", "spending_habits", "personality", "communication_style"),
                *("decision_style", "price_sensitivity", "reasons"),
            ),
            policy.PROFILE,
        ),
    }
    mask_parts: ClassVar[tuple[str, ...]] = ("own",)
    own_masked: frozenset[str] = frozenset()  # of this instance: codes of own fields not read in full

    number = models.CharField(_("number"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.PERSON)
    name = models.CharField(_("name"), max_length=160)
    name_sort = models.CharField(max_length=200, editable=False, default="", db_collation="C")
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    phone2 = models.CharField(_("second phone"), max_length=40, blank=True)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    # Mail goes to the first, as calls do to the first phone; those beyond the second are there to be found by.
    email2 = models.CharField(_("second e-mail"), max_length=254, blank=True)
    further_phones = ArrayField(
        models.CharField(max_length=40), default=list, db_default=[], blank=True, verbose_name=_("further phones")
    )
    further_emails = ArrayField(
        models.CharField(max_length=254), default=list, db_default=[], blank=True, verbose_name=_("further e-mails")
    )
    wechat = models.CharField(_("WeChat"), max_length=60, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    region = models.CharField(_("region"), max_length=80, blank=True)
    industry = models.ForeignKey(Industry, models.PROTECT, null=True, blank=True, verbose_name=_("industry"))
    company_size = models.ForeignKey(CompanySize, models.PROTECT, null=True, blank=True, verbose_name=_("company size"))
    market_standing = models.ForeignKey(
        MarketStanding, models.PROTECT, null=True, blank=True, verbose_name=_("market standing")
    )
    business_scope = models.CharField(_("business scope"), max_length=300, blank=True)
    market_position = models.CharField(_("market position"), max_length=200, blank=True)
    growth = models.CharField(_("growth"), max_length=200, blank=True)
    credit_code = models.CharField(_("credit code"), max_length=30, blank=True)
    occupation = models.CharField(_("occupation"), max_length=80, blank=True)
    hobbies = models.CharField(_("hobbies"), max_length=200, blank=True)
    gender = models.CharField(_("sex"), max_length=1, choices=Gender, blank=True, default="")
    # As customers.birthdays reads it: the lunar calendar has days that a date can't hold. None = not known.
    birthday = models.CharField(_("birthday"), max_length=10, null=True, blank=True)
    birthday_is_lunar = models.BooleanField(_("lunar calendar"), default=False)
    birthday_leap_month = models.BooleanField(_("leap month"), default=False)
    # What people are like and how they buy; written down by whoever talks to them.
    income_band = models.ForeignKey(IncomeBand, models.PROTECT, null=True, blank=True, verbose_name=_("income band"))
    spending_habits = models.CharField(_("spending habits"), max_length=300, blank=True)
    personality = models.CharField(_("personality"), max_length=200, blank=True)
    communication_style = models.CharField(_("communication style"), max_length=200, blank=True)
    decision_style = models.ForeignKey(
        DecisionStyle, models.PROTECT, null=True, blank=True, verbose_name=_("decision style")
    )
    price_sensitivity = models.CharField(_("price sensitivity"), max_length=6, choices=PriceSensitivity, blank=True)
    reasons = ArrayField(
        models.CharField(max_length=12, choices=Reason),
        default=list,
        blank=True,
        verbose_name=_("what decides a purchase"),
    )
    founded_on = models.DateField(_("founded on"), null=True, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    channel = models.ForeignKey(Channel, models.PROTECT, null=True, blank=True, verbose_name=_("source channel"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="customers",
        verbose_name=_("owner"),
    )
    service_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="served_customers",
        verbose_name=_("service owner"),
    )
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, editable=False, related_name="customers")
    referred_by = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="referrals")
    tags = models.ManyToManyField(Tag, blank=True, related_name="customers", verbose_name=_("tags"))
    stage = models.CharField(_("stage"), max_length=14, choices=Stage, default=Stage.FIRST_CONTACT)
    stage_since = models.DateField(null=True, blank=True, editable=False)
    paused_until = models.DateField(_("paused until"), null=True, blank=True)  # None in a pause: until further notice
    pause_reason = models.CharField(_("reason of the pause"), max_length=200, blank=True)
    do_not_contact = models.BooleanField(_("do not contact"), default=False)
    source = models.CharField(max_length=40, default="manual", editable=False)
    # What the company's own fields hold, by their code (customers/own/values.py); what is empty isn't there.
    own = models.JSONField(
        _("own fields"), default=dict, db_default=models.Value({}, models.JSONField()), blank=True, editable=False
    )
    # Words a search may meet, each with its class (customers/search.py).
    search_tokens = ArrayField(models.CharField(max_length=80), default=list, editable=False)

    objects = AliveManager()
    all_objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["owner", "name_sort", "id"], name="customer_by_owner", condition=ALIVE),
            models.Index(fields=["name_sort", "id"], name="customer_by_name", condition=ALIVE),
            models.Index(fields=["team"], name="customer_by_team"),
            models.Index(fields=["deleted_at"], name="customer_bin", condition=~ALIVE),
            # Whose day is within the week, of all, to be met with those whom the reader has.
            models.Index(birthdays.BORN, name="customer_by_birthday", condition=models.Q(birthday__isnull=False)),
            models.Index(birthdays.FOUNDED, name="customer_by_founding", condition=models.Q(founded_on__isnull=False)),
            # Who wrote to us by that.
            models.Index(fields=["wechat"], name="customer_by_wechat", condition=~models.Q(wechat="")),
            GinIndex(fields=["search_tokens"], name="customer_search"),
            GinIndex(fields=["own"], name="customer_own", opclasses=["jsonb_path_ops"]),
            GinIndex(fields=["name"], name="customer_name_trgm", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.name

    def mask_part(self, name: str, modes: Mapping[str, str]) -> bool:
        held = self.own
        self.own, self.own_masked = hide_own(held, modes)
        return self.own != held

    @property
    def birthday_words(self) -> str:
        """The birthday for people; empty when it isn't known."""
        if not self.birthday:
            return ""
        return birthdays.describe(self.birthday, lunar=self.birthday_is_lunar, leap=self.birthday_leap_month)

    @property
    def reason_words(self) -> list[str]:
        """What decides a purchase, for people."""
        return [str(label) for value, label in Reason.choices if value in self.reasons]

    @property
    def phone_uri(self) -> str:
        """Where a tap on the phone number leads: tel:+861065781234;ext=801"""
        return tel_uri(self.phone)

    @property
    def phone2_uri(self) -> str:
        """The same for the second number."""
        return tel_uri(self.phone2)

    @property
    def phones(self) -> list[str]:
        """All numbers of the file, the first one first."""
        return [number for number in (self.phone, self.phone2, *self.further_phones) if number]

    @property
    def emails(self) -> list[str]:
        """All addresses of the file, the first one first."""
        return [address for address in (self.email, self.email2, *self.further_emails) if address]

    @property
    def map_uri(self) -> str:
        """Where a map shows the address; empty without one read in full. A Chinese one is known best to Amap."""
        if not self.address or "address" in self.masked_names:
            return ""
        place = self.address if self.region in self.address else f"{self.region} {self.address}"
        if _HAN.search(place):
            return "https://uri.amap.com/search?" + urlencode({"keyword": place, "view": "map"})
        return "https://www.openstreetmap.org/search?" + urlencode({"query": place})
