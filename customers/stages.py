"""The relationship stage that follows from a purchase, and from what came out of a contact.

After the deal, and a long-term customer when 90 days are over: said here for one customer; the statements in sales/sql
say it for many and take the days from here.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from customers.models import InteractionResult, Stage

AFTER_SALE_DAYS = 90


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
    ends = bought_on + timedelta(days=AFTER_SALE_DAYS)
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
