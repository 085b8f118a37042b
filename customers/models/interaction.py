"""The log of contacts, and what colleagues say about its entries."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.scope import Scoped, ScopedQuerySet
from core.base import Binned, MaskedSave, Stamped, Versioned
from core.history import tracked
from customers.models.base import CUSTOMER_OWNERS, AliveChildManager
from customers.models.contact import Contact
from customers.models.customer import Customer


class InteractionKind(models.TextChoices):
    VISIT = "visit", _("visit")
    CALL = "call", _("call")
    EMAIL = "email", pgettext_lazy("way to talk", "e-mail")
    SMS = "sms", _("SMS")
    WECHAT = "wechat", _("WeChat")
    MEETING = "meeting", _("meeting")
    VIDEO = "video", _("video call")
    CHAT = "chat", _("chat")
    NOTE = "note", _("internal note")
    OTHER = "other", _("other")


class InteractionResult(models.TextChoices):
    REACHED = "reached", _("reached")
    NO_ANSWER = "no_answer", _("no answer")
    INTERESTED = "interested", _("interested")
    NEEDS_TIME = "needs_time", _("needs time")
    PROPOSAL_SENT = "proposal_sent", _("proposal sent")
    DECLINED = "declined", _("declined")
    DONE = "done", pgettext_lazy("result", "done")


class CheckInState(models.TextChoices):
    """What a visit check-in says of where somebody was (followups/services/check_ins.py)."""

    VERIFIED = "verified", _("on site")
    OUT_OF_RANGE = "out_of_range", _("out of range")
    NO_LOCATION = "no_location", _("not located")


@tracked(exclude=("updated_at", "updated_by", "version"))
class Interaction(MaskedSave, Stamped, Versioned, Binned, Scoped):
    """Something that happened with a customer."""

    scope_resource: ClassVar[str] = "interaction"
    scope_owner: ClassVar[tuple[str, ...]] = CUSTOMER_OWNERS
    scope_customer: ClassVar[str | None] = "customer"
    # Only its author takes an entry back, within minutes: that belongs to adding one.
    scope_shared: ClassVar[tuple[str, ...]] = ("interaction.delete",)

    class Direction(models.TextChoices):
        OUT = "out", _("outgoing")
        IN = "in", _("incoming")
        INTERNAL = "internal", _("internal")

    class Mood(models.TextChoices):
        NONE = "", _("not noted")
        GOOD = "good", pgettext_lazy("mood", "good")
        NEUTRAL = "neutral", _("neutral")
        BAD = "bad", _("bad")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="interactions")
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="interactions", verbose_name=_("contact")
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="interactions")
    kind = models.CharField(_("method"), max_length=10, choices=InteractionKind)
    direction = models.CharField(_("direction"), max_length=8, choices=Direction, default=Direction.OUT)
    automatic = models.BooleanField(default=False)
    occurred_at = models.DateTimeField(_("when"))
    captured_at = models.DateTimeField(null=True, editable=False)
    received_at = models.DateTimeField(auto_now_add=True)
    # A note among colleagues may have none.
    result = models.CharField(_("result"), max_length=14, choices=InteractionResult, blank=True, default="")
    mood = models.CharField(_("mood"), max_length=8, choices=Mood, blank=True, default="")
    summary = models.TextField(_("note"), blank=True)
    needs_found = models.CharField(_("new needs"), max_length=300, blank=True)
    objection = models.CharField(_("objection"), max_length=300, blank=True, default="")
    change_found = models.CharField(_("change at the customer"), max_length=300, blank=True, default="")
    participants = models.CharField(_("participants"), max_length=200, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)
    late = models.BooleanField(default=False, editable=False)
    late_reason = models.CharField(_("reason for the late entry"), max_length=200, blank=True)
    corrected_at = models.DateTimeField(null=True, editable=False)
    # Of a visit or meeting that began with a check-in.
    check_in = models.CharField(
        _("check-in"), max_length=12, choices=CheckInState, blank=True, default="", db_default="", editable=False
    )

    objects = AliveChildManager()
    all_objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["customer", "-occurred_at", "-id"], name="interaction_timeline"),
            models.Index(fields=["user", "-occurred_at"], name="interaction_by_user"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(minutes=None) | Q(minutes__lte=24 * 60), name="interaction_at_most_a_day"
            ),
            models.CheckConstraint(condition=Q(kind="note") | ~Q(result=""), name="only_notes_without_a_result"),
        ]


class Comment(Scoped):
    """What a colleague says about an entry of a customer's history: one thread for each, without branches."""

    scope_resource: ClassVar[str] = "interaction"
    scope_owner: ClassVar[tuple[str, ...]] = ("interaction__customer__owner", "interaction__customer__service_owner")
    scope_customer: ClassVar[str | None] = "interaction__customer"

    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="comments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.CharField(_("comment"), max_length=1000)
    at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["interaction", "at"], name="comments_of_entry")]


class Mention(models.Model):
    """Who was named by @ in a note, or in a comment on an entry."""

    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="mentions")
    comment = models.ForeignKey(Comment, models.CASCADE, null=True, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["interaction", "comment", "user"], name="named_once", nulls_distinct=False)
        ]
