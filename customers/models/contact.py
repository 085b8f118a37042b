"""Persons at a company."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.scope import Scoped, ScopedQuerySet
from core.base import Binned, MaskedSave, Stamped, Versioned
from core.history import tracked
from core.phones import tel_uri
from customers.models.base import CUSTOMER_OWNERS, AliveChildManager
from customers.models.customer import Customer


@tracked(exclude=("updated_at", "updated_by", "version"))
class Contact(MaskedSave, Stamped, Versioned, Binned, Scoped):
    """A person at a company customer."""

    scope_resource: ClassVar[str] = "contact"
    scope_owner: ClassVar[tuple[str, ...]] = CUSTOMER_OWNERS
    scope_customer: ClassVar[str | None] = "customer"
    mask_fields: ClassVar[Mapping[str, str]] = {
        "phone": "phone",
        "wechat": "phone",
        "email": "email",
        "further_phones": "phone",
        "further_emails": "email",
    }

    class Authority(models.TextChoices):
        UNKNOWN = "", _("not known")
        DECIDER = "decider", _("decides")
        INFLUENCER = "influencer", _("influences")
        USER = "user", _("uses")
        EVALUATOR = "evaluator", _("evaluates technically")
        CHAMPION = "champion", _("speaks for us")

    class Concern(models.TextChoices):
        ROI = "roi", _("return on the money")
        FIT = "fit", _("fit for the task")
        EASE = "ease", _("ease of use")
        STRATEGY = "strategy", _("strategy")

    class Stance(models.TextChoices):
        UNKNOWN = "", _("not known")
        FOR = "for", pgettext_lazy("stance of a contact", "for us")
        NEUTRAL = "neutral", pgettext_lazy("stance of a contact", "undecided")
        AGAINST = "against", pgettext_lazy("stance of a contact", "against us")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="contacts")
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=80)
    position = models.CharField(_("position"), max_length=80, blank=True)
    rank = models.CharField(_("rank"), max_length=40, blank=True)
    authority = models.CharField(_("decision authority"), max_length=12, choices=Authority, blank=True, default="")
    # A person may play further parts; the first one is what lists and files of contacts go by.
    further_roles = ArrayField(
        models.CharField(max_length=12, choices=Authority),
        default=list,
        db_default=[],
        blank=True,
        verbose_name=_("further parts"),
    )
    concerns = ArrayField(
        models.CharField(max_length=8, choices=Concern),
        default=list,
        db_default=[],
        blank=True,
        verbose_name=_("what matters to them"),
    )
    concern_note = models.CharField(_("what exactly"), max_length=300, blank=True, default="", db_default="")
    stance = models.CharField(_("stance"), max_length=7, choices=Stance, blank=True, default="", db_default="")
    reports_to = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="reports", verbose_name=_("reports to")
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    further_phones = ArrayField(
        models.CharField(max_length=40), default=list, db_default=[], blank=True, verbose_name=_("further phones")
    )
    further_emails = ArrayField(
        models.CharField(max_length=254), default=list, db_default=[], blank=True, verbose_name=_("further e-mails")
    )
    wechat = models.CharField(_("WeChat"), max_length=60, blank=True)
    is_primary = models.BooleanField(_("main contact"), default=False)
    notes = models.TextField(_("notes"), blank=True)

    objects = AliveChildManager()
    all_objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["customer"], name="contact_by_customer"),
            models.Index(fields=["wechat"], name="contact_by_wechat", condition=~Q(wechat="")),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(reports_to=None) | ~Q(reports_to=F("id")), name="contact_reports_to_another"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def roles(self) -> list[str]:
        """All parts in decisions, the first one first."""
        return list(dict.fromkeys(role for role in (self.authority, *self.further_roles) if role))

    @property
    def role_words(self) -> list[tuple[str, str]]:
        """The same with their words."""
        return [(role, str(self.Authority(role).label)) for role in self.roles if role in self.Authority.values]

    @property
    def concern_words(self) -> list[str]:
        """What matters to them."""
        return [str(self.Concern(one).label) for one in self.concerns if one in self.Concern.values]

    @property
    def phones(self) -> list[str]:
        """All numbers, the first one first."""
        return [number for number in (self.phone, *self.further_phones) if number]

    @property
    def emails(self) -> list[str]:
        """All addresses, the first one first."""
        return [address for address in (self.email, *self.further_emails) if address]

    @property
    def phone_uri(self) -> str:
        """Where a tap on the phone number leads."""
        return tel_uri(self.phone)
