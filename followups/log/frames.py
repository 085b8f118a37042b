"""Question frames for a contact: what to ask in each phase, as headings that may be put into the note.

Known from sales training: SPIN (situation, problem, implication, need-payoff) to begin with, BANT and FAINT (budget or
funds, authority, interest, need, timing) to find out whether a need is real, LAER (listen, acknowledge, explore,
respond) for objections. A visit is written up by its participants, needs, changes and next step whatever the phase.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Customer, Kind, Stage, facts_of

KEY_RANK = 2  # the two highest tiers of a scheme


@dataclass(frozen=True)
class Prompt:
    """A heading for the note, and the question behind it."""

    heading: str | Promise
    question: str | Promise


@dataclass(frozen=True)
class Frame:
    """Some prompts that belong together. `name` is what training calls them."""

    name: str | Promise
    prompts: tuple[Prompt, ...]


WHO = Prompt(_("Participants"), _("Who was there, from their side and from ours?"))
NEW_NEEDS = Prompt(_("New needs"), _("What do they need that we didn't know of?"))
CHANGES = Prompt(_("Changes"), _("What is new there: people, plans, suppliers, money?"))
AGREED = Prompt(_("Next step"), _("What was agreed, by whom and until when?"))
DECIDES = Prompt(_("Who decides"), _("Who decides, who advises, who could stop it?"))
RIVALS = Prompt(_("Competitors"), _("Whom else do they ask, and what do they like there?"))

BUDGET = Prompt(_("Budget"), _("What may it cost, and is the money there?"))
FUNDS = Prompt(_("Funds"), _("Could they pay for it if they wanted it, also without a budget of its own?"))
AUTHORITY = Prompt(_("Authority"), _("Who signs, and who has to agree before?"))
INTEREST = Prompt(_("Interest"), _("What would make them curious enough to look at it?"))
NEED = Prompt(pgettext_lazy("a question frame", "Need"), _("Which problem does it solve, and how much does that hurt?"))
TIMING = Prompt(_("Timing"), _("By when is it to work, and what happens if not?"))

VISIT = Frame(_("Visit"), (WHO, NEW_NEEDS, CHANGES, AGREED))
KEY_VISIT = Frame(_("Visit of a key customer"), (WHO, NEW_NEEDS, CHANGES, DECIDES, RIVALS, AGREED))
SPIN = Frame(
    "SPIN",
    (
        Prompt(_("Situation"), _("How do they do it today, with what and with whom?")),
        Prompt(_("Problem"), _("What goes wrong, what takes too long or costs too much?")),
        Prompt(_("Implication"), _("What does that lead to, if nothing changes?")),
        Prompt(_("Need-payoff"), _("What would it be worth to them if it were solved?")),
    ),
)
BANT = Frame("BANT", (BUDGET, AUTHORITY, NEED, TIMING))
FAINT = Frame("FAINT", (FUNDS, AUTHORITY, INTEREST, NEED, TIMING))
OF_A_PERSON = Frame(_("Need, money, time"), (NEED, BUDGET, TIMING))
LAER = Frame(
    "LAER",
    (
        Prompt(_("Listen"), _("What exactly do they object to, in their own words?")),
        Prompt(_("Acknowledge"), _("What of it is right, and did they hear that from us?")),
        Prompt(_("Explore"), _("What lies behind it: price, trust, time, somebody else?")),
        Prompt(_("Respond"), _("What did we answer, and did it settle the matter?")),
    ),
)


def frames_for(customer: Customer) -> list[Frame]:
    """The frame of a visit, by the tier, and the one of the customer's phase, by its kind. Needs the facts."""
    facts = facts_of(customer)
    visit = KEY_VISIT if facts.tier and facts.tier_rank <= KEY_RANK else VISIT
    return [visit, *_of_phase(customer, known=facts.last_order_on is not None)]


def _of_phase(customer: Customer, *, known: bool) -> list[Frame]:
    if customer.stage == Stage.FIRST_CONTACT:
        return [SPIN]
    if customer.stage == Stage.NEEDS:
        if customer.kind == Kind.PERSON:
            return [OF_A_PERSON]
        return [BANT if known else FAINT]  # who has never bought from us has no budget for it yet
    return [LAER] if customer.stage == Stage.PROPOSAL else []
