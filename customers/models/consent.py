"""Who agreed to be written to, and who refused."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.scope import Scoped, ScopedQuerySet
from customers.models.base import CUSTOMER_OWNERS
from customers.models.contact import Contact
from customers.models.customer import Customer


class Topic(models.TextChoices):
    """What a message is about, as its reader may refuse it."""

    SERVICE = "service", _("service: orders, questions, appointments")
    MARKETING = "marketing", _("offers and news")


class ConsentChannel(models.TextChoices):
    """By what somebody is written to."""

    EMAIL = "email", pgettext_lazy("way to talk", "e-mail")
    SMS = "sms", _("SMS")
    WECHAT = "wechat", _("WeChat")


class Basis(models.TextChoices):
    """Why the data may be used for it."""

    CONSENT = "consent", _("their consent")
    CONTRACT = "contract", _("needed for a contract with them")
    DUTY = "duty", _("a legal duty")
    DISCLOSED = "disclosed", _("made public by themselves")


class Consent(Scoped):
    """What a customer or a contact person said about being written to. The last word counts, for all that it covers;
    earlier ones stay, as the proof of what held when something was sent.

    An empty channel or topic covers all of them. Without `user` the reader has said it on their own page.
    """

    scope_resource: ClassVar[str] = "consent"
    scope_owner: ClassVar[tuple[str, ...]] = CUSTOMER_OWNERS
    scope_customer: ClassVar[str | None] = "customer"

    class Source(models.TextChoices):
        SPOKEN = "spoken", _("said so")
        WRITTEN = "written", _("in writing")
        FORM = "form", _("form or website")
        LINK = "link", _("the link in a message")
        REPLY = "reply", _("wrote so to us")
        IMPORT = "import", pgettext_lazy("source of a consent", "an imported file")
        OTHER = "other", pgettext_lazy("source of a consent", "other")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="consents")
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, blank=True, related_name="consents")
    channel = models.CharField(_("channel"), max_length=8, choices=ConsentChannel, blank=True, default="")
    topic = models.CharField(_("topic"), max_length=10, choices=Topic, blank=True, default="")
    allowed = models.BooleanField(_("agreed"))
    source = models.CharField(_("how we know"), max_length=8, choices=Source, default=Source.SPOKEN)
    # Of a consent; a refusal needs none. `text_version` names the words that were agreed to.
    basis = models.CharField(_("legal basis"), max_length=10, choices=Basis, blank=True, default="", db_default="")
    text_version = models.CharField(_("text and version"), max_length=80, blank=True, default="", db_default="")
    wording = models.ForeignKey(
        "customers.ConsentWording", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("words")
    )  # of the catalogue, and in which language they were read
    language = models.CharField(max_length=10, blank=True, default="", db_default="", editable=False)
    proof = models.CharField(_("proof"), max_length=300, blank=True, default="")
    at = models.DateTimeField(_("when"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True, editable=False)  # taken back by the reader at once: as if never said

    objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["customer", "-at", "-id"], name="consent_last_word", condition=Q(undone_at=None))
        ]

    @property
    def words(self) -> str:
        """The words of the catalogue that were agreed to, in the language in which they were read."""
        if self.wording is None:
            return ""
        return self.wording.words_in(self.language) if self.language else self.wording.words
