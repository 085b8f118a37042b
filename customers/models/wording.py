"""The words that people agree to: each text in its versions, of which none is ever written over."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.base import Stamped, Versioned
from customers.models.catalogue import Named
from customers.models.consent import ConsentChannel, Topic


class ConsentText(Stamped, Versioned, Named):
    """One text of the catalogue: what it is about. Its words stand in its versions (ConsentWording)."""

    channel = models.CharField(_("channel"), max_length=8, choices=ConsentChannel, blank=True, default="")
    topic = models.CharField(_("topic"), max_length=10, choices=Topic, blank=True, default=Topic.MARKETING)
    is_active = models.BooleanField(default=True, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]


class ConsentWording(Stamped):
    """A version of a text in both languages, from a day on. It never changes: consents refer to it."""

    text = models.ForeignKey(ConsentText, models.CASCADE, related_name="wordings")
    number = models.PositiveIntegerField(_("version"))
    words_zh = models.TextField(_("words (Chinese)"), max_length=2000)
    words_en = models.TextField(_("words (English)"), max_length=2000)
    valid_from = models.DateField(_("valid from"))

    class Meta:
        ordering: ClassVar[list[str]] = ["text", "-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["text", "number"], name="consent_wording_number")
        ]

    @property
    def words(self) -> str:
        """In the reader's language."""
        return self.words_in(get_language() or "")

    def words_in(self, language: str) -> str:
        """In one language."""
        return self.words_en if language.startswith("en") else self.words_zh

    @property
    def label(self) -> str:
        """Which text and version, as consents say it."""
        return f"{self.text.name} · {self.number}"
