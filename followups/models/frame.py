"""What to ask in a contact, as the company wants it."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.base import Stamped, Versioned
from core.history import tracked
from customers.models import InteractionKind, Kind, Stage


@tracked(exclude=("updated_at", "updated_by", "version"))
class QuestionFrame(Stamped, Versioned):
    """Questions that stand beside the note of a contact: of some methods, stages, tiers, of persons or companies.

    One with a code comes with every installation (followups/asking.py); while its name and text are empty it says
    what the installation does, in both languages. Where a list is empty, all are meant.
    """

    code = models.CharField(max_length=12, blank=True, default="", editable=False)
    name = models.CharField(pgettext_lazy("of questions", "name"), max_length=80, blank=True, default="")
    prompts = models.TextField(_("questions"), max_length=4000, blank=True, default="")
    methods = ArrayField(
        models.CharField(max_length=10, choices=InteractionKind), default=list, blank=True, verbose_name=_("methods")
    )
    kind = models.CharField(_("for"), max_length=8, choices=Kind, blank=True, default="")
    stages = ArrayField(
        models.CharField(max_length=14, choices=Stage), default=list, blank=True, verbose_name=_("stages")
    )
    tiers = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name=_("tiers"))
    on_objection = models.BooleanField(_("when an objection comes up"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="one_frame_of_a_code"),
            models.CheckConstraint(
                condition=~Q(code="") | (~Q(name="") & ~Q(prompts="")), name="own_frame_has_name_and_questions"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.code
