"""The letters in words: what each is called, what to ask, and the steps from 0 to 3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Word

NAMES: Mapping[str, Word] = {
    "budget": _("Budget"),
    "funds": _("Funds"),
    "authority": _("Authority"),
    "interest": _("Interest"),
    "need": pgettext_lazy("a question frame", "Need"),
    "time": _("Timing"),
}
QUESTIONS: Mapping[str, Word] = {
    "budget": _("What may it cost, and is the money there?"),
    "funds": _("Could they pay for it if they wanted it, also without a budget of its own?"),
    "authority": _("Who signs, and who has to agree before?"),
    "interest": _("What would make them curious enough to look at it?"),
    "need": _("Which problem does it solve, and how much does that hurt?"),
    "time": _("By when is it to work, and what happens if not?"),
}
STEPS: Mapping[str, tuple[Word, Word, Word, Word]] = {
    "budget": (
        pgettext_lazy("budget of a prospect", "none"),
        pgettext_lazy("budget of a prospect", "unclear"),
        pgettext_lazy("budget of a prospect", "likely"),
        pgettext_lazy("budget of a prospect", "agreed"),
    ),
    "funds": (
        pgettext_lazy("funds of a prospect", "can't pay"),
        pgettext_lazy("funds of a prospect", "doubtful"),
        pgettext_lazy("funds of a prospect", "can likely pay"),
        pgettext_lazy("funds of a prospect", "can pay"),
    ),
    "authority": (
        pgettext_lazy("authority of a contact", "no say"),
        pgettext_lazy("authority of a contact", "advises"),
        pgettext_lazy("authority of a contact", "has a say"),
        pgettext_lazy("authority of a contact", "decides"),
    ),
    "interest": (
        pgettext_lazy("interest of a prospect", "none"),
        pgettext_lazy("interest of a prospect", "polite"),
        pgettext_lazy("interest of a prospect", "interested"),
        pgettext_lazy("interest of a prospect", "keen"),
    ),
    "need": (
        pgettext_lazy("need of a prospect", "none"),
        pgettext_lazy("need of a prospect", "vague"),
        pgettext_lazy("need of a prospect", "clear"),
        pgettext_lazy("need of a prospect", "urgent"),
    ),
    "time": (
        pgettext_lazy("timing of a prospect", "no date"),
        pgettext_lazy("timing of a prospect", "in a year"),
        pgettext_lazy("timing of a prospect", "in 6 months"),
        pgettext_lazy("timing of a prospect", "in 3 months"),
    ),
}
