"""Question frames for a contact: what to ask in each phase, as headings that may be put into the note.

Known from sales training: SPIN (situation, problem, implication, need-payoff) to begin with, BANT and FAINT (budget or
funds, authority, interest, need, timing) to find out whether a need is real, LAER (listen, acknowledge, explore,
respond) for objections. A visit is written up by its participants, needs, changes and next step whatever the phase.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Kind, Stage, facts_of
from segmentation.catalogue import tier_of
from segmentation.qualification.models import Frame as Qualifying
from segmentation.qualification.score import FRAMES
from segmentation.qualification.words import NAMES, QUESTIONS


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
    by_letters: bool = False  # the answers of a prospect are written down in steps, too


WHO = Prompt(_("Participants"), _("Who was there, from their side and from ours?"))
NEW_NEEDS = Prompt(_("New needs"), _("What do they need that we didn't know of?"))
CHANGES = Prompt(_("Changes"), _("What is new there: people, plans, suppliers, money?"))
AGREED = Prompt(_("Next step"), _("What was agreed, by whom and until when?"))
DECIDES = Prompt(_("Who decides"), _("Who decides, who advises, who could stop it?"))
RIVALS = Prompt(_("Competitors"), _("Whom else do they ask, and what do they like there?"))


def _of(*letters: str) -> tuple[Prompt, ...]:
    return tuple(Prompt(NAMES[letter], QUESTIONS[letter]) for letter in letters)


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
BY_LETTERS = {code: Frame(name, _of(*FRAMES[code]), by_letters=True) for code, name in Qualifying.choices}
OF_A_PERSON = Frame(_("Need, money, time"), _of("need", "budget", "time"), by_letters=True)
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
    """The frame of a visit, by the tier, and the one of the customer's phase. Needs the facts and the qualification."""
    facts = facts_of(customer)
    tier = tier_of(customer)
    visit = KEY_VISIT if tier is not None and tier.high_value else VISIT
    return [visit, *_of_phase(customer, known=facts.last_order_on is not None)]


def _of_phase(customer: Customer, *, known: bool) -> list[Frame]:
    if customer.stage == Stage.FIRST_CONTACT:
        return [SPIN]
    if customer.stage == Stage.NEEDS:
        if known:
            return [OF_A_PERSON if customer.kind == Kind.PERSON else BY_LETTERS[Qualifying.BANT]]
        return [_of_prospect(customer)]
    return [LAER] if customer.stage == Stage.PROPOSAL else []


def _of_prospect(customer: Customer) -> Frame:
    """The letters by which this prospect is asked; until somebody began, by its kind: who has never bought from us has
    no budget for it yet, and a person is asked for less."""
    begun = getattr(customer, "qualification", None)
    if begun is not None:
        return BY_LETTERS[begun.frame]
    return OF_A_PERSON if customer.kind == Kind.PERSON else BY_LETTERS[Qualifying.FAINT]
