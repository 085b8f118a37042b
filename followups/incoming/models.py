"""Ways in, and the messages that came by them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.scope import Scoped, ScopedQuerySet
from core.base import MaskedSave, Stamped, Versioned
from customers.models import CUSTOMER_OWNERS, Channel, Contact, Customer, Interaction, Network
from followups.messages.models import Message


class Inlet(Stamped, Versioned):
    """A way in. Of the secret of its address only the SHA-256 is stored; the keys that sign or seal what comes are
    derived from that secret and SECRET_KEY, and stand nowhere."""

    class Kind(models.TextChoices):
        WEBHOOK = "webhook", _("signed webhook")
        WECOM = "wecom", _("WeCom application")
        MAILBOX = "mailbox", _("mailbox")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    name = models.CharField(_("name"), max_length=80)
    network = models.CharField(_("network"), max_length=8, choices=Network)
    source = models.ForeignKey(
        Channel, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("source of new customers")
    )
    company_id = models.CharField(_("WeCom company ID"), max_length=64, blank=True, default="")
    digest = models.CharField(max_length=64, unique=True, null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    last_at = models.DateTimeField(null=True, editable=False)  # when something last came, or was looked for

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(kind="mailbox") | Q(digest=None), name="a_mailbox_has_no_address"),
            models.UniqueConstraint(fields=["kind"], condition=Q(kind="mailbox"), name="one_mailbox"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether it takes anything."""
        return self.ended_at is None


class Incoming(MaskedSave, Versioned, Scoped):
    """A message, comment or share that came: once by its id, with whoever sent it as the network says.

    One of whom nobody knows the sender has no customer, and belongs to those who sort them out.
    """

    scope_resource: ClassVar[str] = "incoming"
    scope_owner: ClassVar[tuple[str, ...]] = CUSTOMER_OWNERS
    scope_customer: ClassVar[str | None] = "customer"
    mask_fields: ClassVar[Mapping[str, str]] = {"email": "email", "phone": "phone", "handle": "phone"}

    class Kind(models.TextChoices):
        MESSAGE = "message", pgettext_lazy("what came in", "message")
        COMMENT = "comment", pgettext_lazy("what came in", "comment")
        SHARE = "share", pgettext_lazy("what came in", "share")
        AUTO = "auto", _("automatic answer")

    class State(models.TextChoices):
        UNKNOWN = "unknown", _("unknown sender")
        KNOWN = "known", _("known sender")
        DISCARDED = "discarded", _("discarded")

    class Trust(models.TextChoices):
        """How we know the sender."""

        SIGNED = "signed", _("the network says so")
        CHECKED = "checked", _("checked by our mail server")
        CLAIMED = "claimed", _("claims to be")
        FAILED = "failed", _("our mail server says that it is forged")

    inlet = models.ForeignKey(Inlet, models.PROTECT, related_name="incoming")
    external_id = models.CharField(max_length=200)
    network = models.CharField(_("network"), max_length=8, choices=Network)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.MESSAGE)
    trust = models.CharField(_("sender"), max_length=8, choices=Trust, default=Trust.SIGNED)
    name = models.CharField(_("name"), max_length=120, blank=True, default="")
    email = models.CharField(_("e-mail"), max_length=254, blank=True, default="")
    phone = models.CharField(_("phone"), max_length=40, blank=True, default="")
    handle = models.CharField(_("sender"), max_length=120, blank=True, default="")
    subject = models.CharField(_("subject"), max_length=200, blank=True, default="")
    text = models.TextField(_("text"), blank=True, default="")
    url = models.CharField(_("link"), max_length=1000, blank=True, default="")
    refusal = models.BooleanField(default=False)  # a word of refusal was all it said
    occurred_at = models.DateTimeField(_("when"))
    received_at = models.DateTimeField()
    raw = models.JSONField(default=dict, null=True)  # what the network said besides, emptied by the night
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.UNKNOWN)
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, related_name="incoming")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, related_name="+")
    message = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="answers")  # that it answers
    interaction = models.OneToOneField(Interaction, models.SET_NULL, null=True, related_name="incoming")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    discarded_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["inlet", "external_id"], name="incoming_once"),
            models.CheckConstraint(
                condition=Q(state="known") & Q(customer__isnull=False) | ~Q(state="known") & Q(customer__isnull=True),
                name="known_means_a_customer",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["customer", "-occurred_at", "-id"], name="incoming_timeline"),
            models.Index(fields=["-received_at", "-id"], name="incoming_unknown", condition=Q(state="unknown")),
            models.Index(fields=["-received_at", "-id"], name="incoming_list"),
        ]

    def __str__(self) -> str:
        return self.subject or self.text[:60]

    @property
    def sender(self) -> str:
        """By what it came: an address, a number, a name on the network."""
        return self.email or self.phone or self.handle


class MailboxMark(models.Model):
    """How far the mailbox was read: written in the transaction that stores what was read."""

    validity = models.BigIntegerField(default=0)  # UIDVALIDITY: another one, and the server has numbered anew
    last_uid = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True, default="")
    errors = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(pk=1), name="one_mailbox_mark"),
        ]
