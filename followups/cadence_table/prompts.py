"""What a contact of each phase is about, where the cadence table and the customer's own plan say nothing."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from followups.cadence import Phase
from followups.rules import revisits

PROMPTS: dict[Phase, Promise] = {
    Phase.NEW: _("Say who we are, hear what they need, and ask when and how they like to be reached."),
    Phase.FIRST_CONTACT: _("Value: what we do for customers like them. Build trust, learn what they need."),
    Phase.NEEDS: _("The solution, made finer: how it meets each need. Answer doubts."),
    Phase.PROPOSAL_SENT: _("Has the proposal arrived, is it clear, who decides and by when?"),
    Phase.PROPOSAL: _("A success case of a customer like them. Stress the value, help them decide."),
    Phase.FIRST_MONTH: _("Does everything work? Tips for using it; settle small troubles at once."),
    Phase.AFTER_SALE: _("How satisfied they are, what else they need, whom they would recommend us to."),
    Phase.LONG_TERM: _("Personal advice: what is new and fits what they bought. Give before asking."),
}


REVISITS: tuple[Promise, ...] = (
    _("Has everything arrived, does it work, is anything missing? Settle small troubles at once."),
    _("How they use it and how satisfied they are; a tip that makes it worth more."),
    _("What else they need by now, and whom they would recommend us to."),
)
WIN_BACK: Promise = _("Ask openly what has changed, listen first, and make it good. Offer one thing that fits them.")


def revisit_prompt(days: int) -> str:
    """What the revisit of this day after the order is about, where the company has written nothing else."""
    earlier = sum(day < days for day in revisits())
    return str(REVISITS[min(earlier, len(REVISITS) - 1)])


def content_for(phase: str, content: str = "") -> str:
    """What a contact in this phase is about: what the company wrote into the table, else the built-in prompt.

    Nothing of a follow-up's own: it is shown beside the sentence that says why (reasons.py), never instead of it.
    """
    return content or str(PROMPTS[Phase(phase)] if phase in set(Phase) else "")
