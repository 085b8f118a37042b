"""Forms that anybody may fill in without signing in, and what was sent by them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts import policy
from accounts.masking import mask_value
from accounts.scope import Scoped, ScopedQuerySet
from core.base import Stamped, Versioned
from customers.models.base import CUSTOMER_OWNERS, OfAliveManager
from customers.models.catalogue import Channel, Named, Tag
from customers.models.customer import Customer, Kind
from customers.models.wording import ConsentText

WAYS = ("phone", "email", "wechat")
# What a form may ask for beside the name, in its order; `contact_name` is who fills it in for a company.
ASKABLE = ("contact_name", *WAYS, "region", "address", "occupation", "message")
ANSWER_CLASSES: Mapping[str, str] = {"phone": "phone", "email": "email", "wechat": "phone", "address": "address"}


class Asked(models.TextChoices):
    """How much a form wants one of its fields."""

    NO = "no", _("not asked")
    MAY = "may", _("asked, may stay empty")
    MUST = "must", _("required")


def _asked(word: Any, usual: str = Asked.NO) -> Any:
    return models.CharField(word, max_length=4, choices=Asked, default=usual)


class CaptureForm(Stamped, Versioned, Named):
    """A page for strangers at /f/<slug>: a registration, the list at a stand, a wish to be called.

    What it says of the use of their data, and what they may agree to, stands in both languages; each answer keeps the
    words that were shown.
    """

    slug = models.SlugField(_("address of the page"), max_length=40, unique=True)
    intro_en = models.TextField(_("introduction (English)"), max_length=600, blank=True)
    intro_zh = models.TextField(_("introduction (Chinese)"), max_length=600, blank=True)
    thanks_en = models.TextField(_("thanks (English)"), max_length=300, blank=True)
    thanks_zh = models.TextField(_("thanks (Chinese)"), max_length=300, blank=True)
    privacy_en = models.TextField(_("what the data are used for (English)"), max_length=600)
    privacy_zh = models.TextField(_("what the data are used for (Chinese)"), max_length=600)
    consent_en = models.CharField(_("consent to offers and news (English)"), max_length=300, blank=True)
    consent_zh = models.CharField(_("consent to offers and news (Chinese)"), max_length=300, blank=True)
    # One of the catalogue, in the version that is in force when the page is opened; it goes before words of its own.
    consent_text = models.ForeignKey(
        ConsentText, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("consent text")
    )
    kind = models.CharField(_("who fills it in"), max_length=8, choices=Kind, default=Kind.COMPANY)
    ask_contact_name = _asked(_("contact person"), Asked.MAY)
    ask_phone = _asked(_("phone"), Asked.MUST)
    ask_email = _asked(_("e-mail"), Asked.MAY)
    ask_wechat = _asked(_("WeChat"))
    ask_region = _asked(_("region"))
    ask_address = _asked(_("address"))
    ask_occupation = _asked(_("occupation"))
    ask_message = _asked(_("message"), Asked.MAY)
    channel = models.ForeignKey(Channel, models.PROTECT, verbose_name=_("channel"))
    tag = models.ForeignKey(Tag, models.PROTECT, null=True, blank=True, verbose_name=_("tag"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )  # None: the pool
    is_open = models.BooleanField(default=True, editable=False)
    closes_on = models.DateField(_("open until"), null=True, blank=True)  # in the company's zone, that day included

    def asks(self, name: str) -> str:
        """How much it asks for one of ASKABLE; what only companies or only persons have, of those alone."""
        other = {"contact_name": Kind.PERSON, "occupation": Kind.COMPANY}
        return Asked.NO if other.get(name) == self.kind else str(getattr(self, f"ask_{name}"))

    def in_words(self, name: str) -> str:
        """Its text called `name`, in the reader's language; where that is empty, in the other one."""
        english = (get_language() or "").startswith("en")
        mine, other = ("en", "zh") if english else ("zh", "en")
        return str(getattr(self, f"{name}_{mine}") or getattr(self, f"{name}_{other}"))


class Registration(Scoped):
    """One form that was sent: it made a file, or waits for a person because somebody of that kind is known.

    Who waits stands at the customer who it may be; the sender's word alone changes no file.
    """

    scope_resource: ClassVar[str] = "registration"
    scope_owner: ClassVar[tuple[str, ...]] = CUSTOMER_OWNERS
    scope_customer: ClassVar[str | None] = "customer"
    mask_parts: ClassVar[tuple[str, ...]] = ("answers",)

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("a registration", "to be decided")
        NEW = "new", pgettext_lazy("a registration", "a new file")
        JOINED = "joined", pgettext_lazy("a registration", "put to a file")
        DROPPED = "dropped", pgettext_lazy("a registration", "dropped")

    form = models.ForeignKey(CaptureForm, models.PROTECT, related_name="registrations")
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)  # of the page that was filled in
    at = models.DateTimeField(_("when"))
    language = models.CharField(max_length=10)
    answers = models.JSONField(default=dict)  # name of ASKABLE, or name -> text
    agreed = models.BooleanField(_("agreed"), default=False)
    shown = models.TextField(blank=True)  # the words of privacy and consent that stood there
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="registrations")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = OfAliveManager()
    all_objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-at", "-id"], name="registration_latest"),
            models.Index(fields=["customer", "-at"], name="registration_of_customer"),
            models.Index(fields=["at", "id"], name="registration_waiting", condition=Q(state="waiting")),
        ]

    @property
    def name(self) -> str:
        """What the sender calls themselves."""
        return str(self.answers.get("name", ""))

    def mask_part(self, name: str, modes: Mapping[str, str]) -> bool:
        """Answers are read as the fields of a file that they are."""
        held, shown = self.answers, dict[str, Any]()
        for field, text in held.items():
            mode = modes.get(ANSWER_CLASSES[field], policy.HIDDEN) if field in ANSWER_CLASSES else policy.FULL
            if mode == policy.FULL:
                shown[field] = text
            elif mode == policy.MASK:
                shown[field] = mask_value(ANSWER_CLASSES[field], text)
        self.answers = shown
        return shown != held
