"""The relationship stage that follows from a purchase, and from what came out of a contact.

After the deal, and a long-term customer when its 90 days are over, or as many as the company says: said here for one
customer; the statements in sales/sql say it for many.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import InteractionResult, Stage
from customers.rules import contact_rules

NO_RESPONSE = "no_response"
PAUSE_REASONS: dict[str, str | Promise] = {
    NO_RESPONSE: gettext_lazy("Doesn't respond"),
    "no_need": gettext_lazy("No need at the moment"),
    "no_budget": gettext_lazy("No budget at the moment"),
    "competitor": gettext_lazy("Buys from somebody else"),
    "closed": gettext_lazy("Has closed or moved away"),
}
BY_ORDERS = (Stage.AFTER_SALE, Stage.LONG_TERM)  # where purchases lead; into all others people put a customer


@dataclass(frozen=True)
class Place:
    """A stage, since when, and of a pause its end (None = until further notice) and reason."""

    stage: str
    since: date | None
    until: date | None = None
    reason: str = ""

    def values(self) -> dict[str, Any]:
        """The columns of the customer."""
        pause = {"paused_until": self.until, "pause_reason": self.reason}
        return {"stage": self.stage, "stage_since": self.since, **pause}


def stage_after(bought_on: date | None, today: date) -> tuple[str, date]:
    """The stage of a customer with this last purchase, and since when it counts; None = hasn't bought yet."""
    if bought_on is None:
        return Stage.FIRST_CONTACT, today
    ends = bought_on + timedelta(days=contact_rules().after_sale_days)
    return (Stage.AFTER_SALE, bought_on) if today < ends else (Stage.LONG_TERM, ends)


def stage_after_result(stage: str, result: str) -> str:
    """The stage after a contact with this result, as long as nobody says otherwise: a proposal that was sent is being
    weighed, and whoever is interested at the first contact has needs to talk about. Everything else leaves it."""
    if result == InteractionResult.PROPOSAL_SENT:
        return Stage.PROPOSAL.value
    if result == InteractionResult.INTERESTED and stage == Stage.FIRST_CONTACT:
        return Stage.NEEDS.value
    return stage


def place_after_pause(paused: Place, before: Place | None, bought_on: date | None, today: date) -> Place:
    """Where a customer stands when its pause ends: where it stood `before`, unless it has bought since or its time
    after the deal is over; without a known place before, where its last purchase puts it."""
    bought_meanwhile = bought_on is not None and (paused.since is None or bought_on >= paused.since)
    if before is None or bought_meanwhile or before.stage in (Stage.PAUSED, Stage.AFTER_SALE):
        return Place(*stage_after(bought_on, today))
    return Place(before.stage, before.since)


def pause_reason(code: str, words: str) -> str:
    """What is stored of a reason: its code, what somebody wrote, or "no_budget: again next spring"."""
    return f"{code}: {words}" if code and words else code or words


def parts_of_reason(stored: str) -> tuple[str, str]:
    """(one of PAUSE_REASONS or nothing, what somebody wrote) of a stored reason."""
    code, _colon, words = stored.partition(":")
    return (code, words.strip()) if code in PAUSE_REASONS else ("", stored)


def reason_words(stored: str) -> str:
    """A stored reason for its reader, in their language as far as nobody wrote it."""
    code, words = parts_of_reason(stored)
    if not code:
        return words
    why = str(PAUSE_REASONS[code])
    return _("%(why)s: %(words)s") % {"why": why, "words": words} if words else why
