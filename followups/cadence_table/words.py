"""The lines of the cadence table in words: which stage, and for whom."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import UNRATED
from followups.cadence import Phase
from followups.models import CadenceRule, PhaseWord
from segmentation.models import Tier

WHEN: dict[Phase, Promise] = {
    Phase.NEW: gettext_lazy("Entered, never bought, and nobody has tried to reach them yet."),
    Phase.FIRST_CONTACT: gettext_lazy("From the first try on, until their needs are being found out."),
    Phase.NEEDS: gettext_lazy("What they need is being found out."),
    Phase.PROPOSAL_SENT: gettext_lazy("From the day of the proposal until somebody has asked about it."),
    Phase.PROPOSAL: gettext_lazy("Somebody has asked, and they haven't decided."),
    Phase.FIRST_MONTH: gettext_lazy("While the last activity lies less than 30 days after the order."),
    Phase.AFTER_SALE: gettext_lazy("After that, until day 90."),
    Phase.LONG_TERM: gettext_lazy("Everybody else who isn't lost."),
}
FREQUENCY = {
    "high": gettext_lazy("buys often"),
    "mid": gettext_lazy("buys now and then"),
    "low": gettext_lazy("buys rarely"),
}
AMOUNT = {
    "large": gettext_lazy("large amount"),
    "mid": gettext_lazy("medium amount"),
    "small": gettext_lazy("small amount"),
}
KINDS = {Tier.Scheme.B2B: gettext_lazy("companies"), Tier.Scheme.B2C: gettext_lazy("persons")}
Tiers = Mapping[tuple[str, str], Tier]


def for_whom(rule: CadenceRule, tiers: Tiers) -> list[str]:
    """What a line is limited to, one after the other: companies, S strategic, large amount; nothing for everybody."""
    words = []
    if rule.scheme:
        words.append(str(KINDS[Tier.Scheme(rule.scheme)]))
    if rule.tier:
        words.append(tier_words(rule.scheme, rule.tier, tiers))
    if rule.amount:
        words.append(str(AMOUNT.get(rule.amount, rule.amount)))
    if rule.frequency:
        words.append(str(FREQUENCY.get(rule.frequency, rule.frequency)))
    return words


def tier_words(scheme: str, code: str, tiers: Tiers) -> str:
    """S strategic; the code of one that the company has no more."""
    if code == UNRATED:
        return _("unrated")
    tier = tiers.get((scheme, code))
    return f"{tier.letter} {tier.name}" if tier else code


def line_words(rule: CadenceRule, tiers: Tiers) -> str:
    """A line in one text: "Long-term customer · companies · S strategic"."""
    stage = capfirst(str(PhaseWord(rule.phase).label))
    return " · ".join([stage, *for_whom(rule, tiers)])
