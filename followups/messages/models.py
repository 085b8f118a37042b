"""Messages to customers and the templates they are written from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.scope import Scoped, ScopedQuerySet
from core.base import MaskedSave, Stamped, Versioned
from core.history import tracked
from customers.models import CUSTOMER_OWNERS, Contact, Customer, Interaction, Named, Stage, Topic


class MessageChannel(models.TextChoices):
    """How a message leaves. The values are those of the methods of the log."""

    EMAIL = "email", pgettext_lazy("way to talk", "e-mail")
    SMS = "sms", _("SMS")
    WECHAT = "wechat", _("WeChat")


class Language(models.TextChoices):
    """The languages that templates have texts in."""

    ZH = "zh-hans", "中文"
    EN = "en", "English"


@tracked(exclude=("updated_at", "updated_by", "version"))
class MessageTemplate(Named, Stamped, Versioned):
    """Words for one purpose, in both languages or in one, for some customers or all.

    Empty stage, channel, frequency class and tiers mean all of them. What was sent keeps its own words.
    """

    class Purpose(models.TextChoices):
        THANKS = "thanks", _("thanks")
        AFTER_PROPOSAL = "after_proposal", _("after a proposal")
        ANSWER = "answer", _("answer to a question")
        GREETING = "greeting", _("greeting")
        VALUE = "value", _("value information")
        SUCCESS = "success", _("success case")
        ADVICE = "advice", _("personal advice")
        NEEDS = "needs", _("learning needs")
        OTHER = "other", pgettext_lazy("purpose", "other")

    code = models.SlugField(max_length=40, unique=True, null=True, editable=False)  # of those that come along
    purpose = models.CharField(_("purpose"), max_length=16, choices=Purpose, default=Purpose.OTHER)
    channel = models.CharField(_("channel"), max_length=8, choices=MessageChannel, blank=True, default="")
    stage = models.CharField(_("stage"), max_length=14, choices=Stage, blank=True, default="")
    frequency = models.CharField(_("frequency class"), max_length=4, blank=True, default="")
    tiers = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name=_("tiers"))
    topic = models.CharField(_("topic"), max_length=10, choices=Topic, default=Topic.SERVICE)
    subject_en = models.CharField(_("subject (English)"), max_length=200, blank=True, default="")
    subject_zh = models.CharField(_("subject (Chinese)"), max_length=200, blank=True, default="")
    body_en = models.TextField(_("text (English)"), blank=True, default="")
    body_zh = models.TextField(_("text (Chinese)"), blank=True, default="")
    automatic = models.BooleanField(_("may be sent by itself"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(body_en="", body_zh=""), name="template_has_a_text"),
        ]

    def words(self, language: str) -> tuple[str, str]:
        """Subject and text in a language; in the other one where it has none."""
        texts = {Language.ZH: (self.subject_zh, self.body_zh), Language.EN: (self.subject_en, self.body_en)}
        wanted = Language(language)
        return texts[wanted] if texts[wanted][1] else texts[next(one for one in Language if one != wanted)]


class Message(MaskedSave, Stamped, Versioned, Scoped):
    """A message to a customer or a contact person: written by a person, or by the plan for those of low tiers.

    Mail waits in the outbox and is sent from there (core/dispatcher.py), and so do text messages where there is a
    gateway for them. Anything else is copied and sent by hand, and stays a draft until its author says that it went.
    Once it has gone, an entry in the log tells of it.
    """

    scope_resource: ClassVar[str] = "message"
    scope_owner: ClassVar[tuple[str, ...]] = CUSTOMER_OWNERS
    scope_customer: ClassVar[str | None] = "customer"
    mask_fields: ClassVar[Mapping[str, str]] = {"email": "email", "phone": "phone"}

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        HELD = "held", _("waits for approval")
        WAITING = "waiting", _("on its way")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        UNKNOWN = "unknown", _("unknown")
        CANCELLED = "cancelled", _("called off")
        BOUNCED = "bounced", _("came back")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="messages")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="+")
    channel = models.CharField(_("channel"), max_length=8, choices=MessageChannel)
    topic = models.CharField(_("topic"), max_length=10, choices=Topic, default=Topic.SERVICE)
    language = models.CharField(_("language"), max_length=8, choices=Language)
    template = models.ForeignKey(MessageTemplate, models.SET_NULL, null=True, blank=True, related_name="messages")
    template_version = models.PositiveIntegerField(null=True, editable=False)
    to_name = models.CharField(_("to"), max_length=160)
    email = models.CharField(_("e-mail"), max_length=254, blank=True, default="")
    phone = models.CharField(_("phone"), max_length=40, blank=True, default="")
    subject = models.CharField(_("subject"), max_length=200, blank=True, default="")
    text = models.TextField(_("text"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    follow_up = models.ForeignKey("followups.FollowUp", models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    error = models.CharField(max_length=500, blank=True, default="")
    sent_at = models.DateTimeField(null=True, editable=False)
    bounced_at = models.DateTimeField(null=True, editable=False)
    automatic = models.BooleanField(default=False, editable=False)
    batch_on = models.DateField(null=True, editable=False)  # of one by itself: the day on which it was prepared
    interaction = models.OneToOneField(Interaction, models.SET_NULL, null=True, editable=False, related_name="message")
    token = models.CharField(max_length=43, unique=True, editable=False)  # of its reader's page (/u/<token>)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["customer", "-created_at"], name="message_of_customer"),
            models.Index(fields=["-created_at", "-id"], name="message_list"),
            models.Index(fields=["-batch_on"], name="message_batches", condition=Q(automatic=True)),
            # What the dispatcher's answers are looked for, and what waits for a person.
            models.Index(fields=["id"], name="message_waiting", condition=Q(state="waiting")),
            models.Index(fields=["state", "-id"], name="message_stuck", condition=Q(state__in=["unknown", "failed"])),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(channel="email", state="waiting") | ~Q(email=""), name="mail_has_an_address"
            ),
        ]

    def __str__(self) -> str:
        return self.subject or self.text[:60]


class MessageSetting(Stamped, Versioned):
    """What the company says of its messages; without a row what stands here holds."""

    class Automatic(models.TextChoices):
        OFF = "off", _("send nothing by itself")
        PREVIEW = "preview", _("prepare it; a manager looks and lets it go")
        DIRECT = "direct", _("send it by itself")

    consent_for_marketing = models.BooleanField(_("offers and news only with consent"), default=True)
    automatic = models.CharField(_("messages of the plan"), max_length=8, choices=Automatic, default=Automatic.PREVIEW)
    send_from = models.TimeField(_("not before"), default=time(9))
    send_until = models.TimeField(_("not after"), default=time(18))

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(pk=1), name="one_message_setting"),
            models.CheckConstraint(condition=Q(send_from__lt=models.F("send_until")), name="message_hours"),
        ]
