"""What a contact of each phase is about, where the cadence table and the customer's own plan say nothing."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from followups.cadence import Phase

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


def content_for(phase: str, content: str = "") -> str:
    """What a contact in this phase is about: what the company wrote into the table, else the built-in prompt.

    Nothing of a follow-up's own: it is shown beside the sentence that says why (reasons.py), never instead of it.
    """
    return content or str(PROMPTS[Phase(phase)] if phase in set(Phase) else "")
