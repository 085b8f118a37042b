"""What was found out about a prospect, letter by letter."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.scope import Scoped, ScopedQuerySet
from core.base import Stamped, Versioned
from core.history import tracked
from customers.models import CUSTOMER_OWNERS, Customer, Kind
from segmentation.qualification.score import FRAMES, HIGHEST, LETTERS, Score, score
from segmentation.qualification.words import NAMES

LONGEST_NOTE = 500
URGENT_BY = ("need", "time")


class Frame(models.TextChoices):
    """By which letters somebody asks."""

    BANT = "bant", "BANT"
    FAINT = "faint", "FAINT"


def _step(letter: str) -> Any:
    return models.PositiveSmallIntegerField(NAMES[letter], null=True, blank=True)


def _note(letter: str) -> Any:
    name = format_lazy(pgettext_lazy("of a letter of BANT", "{letter}: note"), letter=NAMES[letter])
    return models.CharField(name, max_length=LONGEST_NOTE, blank=True, default="")


@tracked()
class Qualification(Stamped, Versioned, Scoped):
    """The letters of one prospect: 0 to 3 each, empty = not asked yet, with a note.

    The letters of both frames are kept: who changes the frame loses no answer. It stays when the prospect has bought.
    """

    scope_resource: ClassVar[str] = "qualification"
    scope_owner: ClassVar[tuple[str, ...]] = CUSTOMER_OWNERS
    scope_customer: ClassVar[str | None] = "customer"

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True, related_name="qualification")
    frame = models.CharField(pgettext_lazy("of a prospect", "frame"), max_length=5, choices=Frame)
    budget, budget_note = _step("budget"), _note("budget")
    funds, funds_note = _step("funds"), _note("funds")
    authority, authority_note = _step("authority"), _note("authority")
    interest, interest_note = _step("interest"), _note("interest")
    need, need_note = _step("need"), _note("need")
    time, time_note = _step("time"), _note("time")
    decides_on = models.DateField(_("decides on"), null=True, blank=True)  # as they have said; the plan keeps to it

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(*(Q(**{f"{letter}__lte": HIGHEST}) | Q(**{letter: None}) for letter in LETTERS)),
                name="qualification_steps",
            )
        ]

    def __str__(self) -> str:
        return self.customer.name

    @property
    def urgent(self) -> bool:
        """Whether the need is urgent, or they want it soon, as far as the frame asks: the highest step of either."""
        return any(getattr(self, letter) == HIGHEST for letter in URGENT_BY)

    @property
    def score(self) -> Score:
        """What the answers come to."""
        return score(self.frame, {letter: getattr(self, letter) for letter in FRAMES[self.frame]})


def first_frame(kind: str) -> str:
    """By which letters one begins, as the log form asks: companies are asked for more than their budget."""
    return Frame.BANT if kind == Kind.PERSON else Frame.FAINT


def qualification_of(customer: Customer) -> Qualification:
    """The stored one, or an empty one to begin with. Read it together with the customer where there are many."""
    stored: Qualification | None = getattr(customer, "qualification", None)
    return stored or Qualification(customer=customer, frame=first_frame(customer.kind), version=0)
