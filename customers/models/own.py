"""Fields that the company has added to its customers' files. What they hold stands in `Customer.own`, by their code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts import policy
from accounts.masking import mask_value
from core.base import Stamped, Versioned
from core.memo import Memo
from customers.models.catalogue import Named
from customers.models.levels import Level


class OwnKind(models.TextChoices):
    """What a field holds; it never changes, for what is stored couldn't follow."""

    TEXT = "text", _("line of text")
    NUMBER = "figure", _("number to count with")
    MONEY = "money", _("amount of money")
    DATE = "date", _("date")
    CHOICE = "choice", _("choice, one of several")
    SEVERAL = "several", _("choice, any number")
    PERSON = "person", _("colleague")
    YES_NO = "yes_no", _("yes or no")


class OwnFor(models.TextChoices):
    """Whose files have it."""

    BOTH = "both", _("companies and persons")
    COMPANY = "company", _("companies only")
    PERSON = "person", _("persons only")


class OwnReaders(models.TextChoices):
    """By which rule of masking it is read, see accounts/masking.py."""

    EVERYBODY = "", _("whoever sees the file")
    PHONE = "phone", _("as phone numbers")
    EMAIL = "email", _("as e-mail addresses")
    ADDRESS = "address", _("as addresses")
    CONFIDENTIAL = policy.CONFIDENTIAL, _("as confidential")


CHOOSING = (OwnKind.CHOICE, OwnKind.SEVERAL)


@dataclass(frozen=True)
class Option:
    """One that may be chosen; `used`: forms offer it. A file keeps the code, so a name may change."""

    code: str
    name_en: str
    name_zh: str
    used: bool = True

    @property
    def name(self) -> str:
        """In the reader's language."""
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh


class OwnField(Stamped, Versioned, Named):
    """One such field. Retired, it stands nowhere; what files hold of it stays, and is back when it is restored."""

    LAST = 1000

    code = models.SlugField(max_length=40, unique=True, editable=False)
    kind = models.CharField(_("kind of field"), max_length=8, choices=OwnKind, default=OwnKind.TEXT)
    of = models.CharField(_("for"), max_length=8, choices=OwnFor, default=OwnFor.BOTH)
    help_en = models.CharField(_("help (English)"), max_length=200, blank=True)
    help_zh = models.CharField(_("help (Chinese)"), max_length=200, blank=True)
    asked = models.CharField(_("asked for"), max_length=6, choices=Level, default=Level.NO)
    readers = models.CharField(_("who reads it"), max_length=12, choices=OwnReaders, blank=True, default="")
    options = models.JSONField(default=list, blank=True, editable=False)  # of CHOOSING, see `choices`
    is_active = models.BooleanField(default=True, editable=False)
    position = models.PositiveIntegerField(default=LAST, editable=False)

    @property
    def help(self) -> str:
        """In the reader's language."""
        return self.help_en if (get_language() or "").startswith("en") else self.help_zh

    @property
    def choices(self) -> tuple[Option, ...]:
        """What may be chosen, in the company's order; options that aren't offered any more stay with who has them."""
        return tuple(Option(**one) for one in self.options)

    @property
    def field_name(self) -> str:
        """What forms, addresses and the rules of required fields call it."""
        return f"own_{self.code}"

    def is_of(self, kind: str) -> bool:
        """Whether files of this kind of customer have it; those of unknown kind have all."""
        return self.of == OwnFor.BOTH or kind not in OwnFor.values or kind == self.of


def _read() -> tuple[OwnField, ...]:
    return tuple(OwnField.objects.filter(is_active=True).order_by("position", "pk"))


# Nearly every page of customers reads them. Who defines one opens a form next, perhaps by another process.
own_fields: Memo[tuple[OwnField, ...]] = Memo(_read, seconds=2)


def _texts() -> dict[str, int]:
    return dict(OwnField.objects.filter(kind=OwnKind.TEXT).values_list("code", "pk"))


# Those that a search knows, the retired ones too: what files hold of them is found again when they are restored.
own_texts: Memo[dict[str, int]] = Memo(_texts, seconds=2)


def hide_own(held: Mapping[str, Any], mode_of: Mapping[str, str]) -> tuple[dict[str, Any], frozenset[str]]:
    """What is left of `Customer.own` for a reader with these modes by class, and the codes of all that aren't read in
    full, filled or not: whether one is filled is nothing to be told either.

    A masked text keeps its beginning as its class says; anything else that isn't read in full is gone, as is what
    belongs to no field that is in use.
    """
    shown, unread = {}, set()
    for field in own_fields():
        mode = mode_of.get(field.readers, policy.HIDDEN) if field.readers else policy.FULL
        if mode != policy.FULL:
            unread.add(field.code)
        if field.code not in held:
            continue
        if mode == policy.FULL:
            shown[field.code] = held[field.code]
        elif mode == policy.MASK and field.kind == OwnKind.TEXT:
            shown[field.code] = mask_value(field.readers, held[field.code])
    return shown, frozenset(unread)
