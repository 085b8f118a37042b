"""Question frames for a contact: what to ask, as headings that may be put into the note.

Those that come with every installation are known from sales training: SPIN (situation, problem, implication,
need-payoff) to begin with, BANT and FAINT (budget or funds, authority, interest, need, timing) to find out whether a
need is real, LAER (listen, acknowledge, explore, respond) for objections. The company changes when they stand there and
what they say, and adds its own (followups/questions/); an empty name or text is that of the installation, in the
language of the reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Customer, InteractionKind, Kind, Stage, facts_of
from followups.models import QuestionFrame
from segmentation.catalogue import tier_of
from segmentation.models import Tier
from segmentation.qualification.models import Frame as Qualifying
from segmentation.qualification.score import FRAMES
from segmentation.qualification.words import NAMES, QUESTIONS

HIGH, OTHERS = "high", "others"  # instead of the code of a tier: the high-value ones, and all the rest
FACE_TO_FACE = (InteractionKind.VISIT.value, InteractionKind.MEETING.value, InteractionKind.VIDEO.value)


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
    methods: tuple[str, ...] = ()  # of which contacts; none means all

    @property
    def for_methods(self) -> str:
        """As the stylesheet of the form reads it."""
        return " ".join(self.methods)


@dataclass(frozen=True)
class Shipped:
    """A frame that comes with every installation, and for whom it stands there unless the company says otherwise."""

    name: str | Promise
    prompts: tuple[Prompt, ...]
    methods: tuple[str, ...] = ()
    kind: str = ""
    stages: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    on_objection: bool = False
    by_letters: bool = False


REASON = Prompt(_("Reason"), _("Why are we calling, and is this a good moment?"))
WHO = Prompt(_("Participants"), _("Who was there, from their side and from ours?"))
NEW_NEEDS = Prompt(_("New needs"), _("What do they need that we didn't know of?"))
CHANGES = Prompt(_("Changes"), _("What is new there: people, plans, suppliers, money?"))
AGREED = Prompt(_("Next step"), _("What was agreed, by whom and until when?"))
DECIDES = Prompt(_("Who decides"), _("Who decides, who advises, who could stop it?"))
RIVALS = Prompt(_("Competitors"), _("Whom else do they ask, and what do they like there?"))


def _of(*letters: str) -> tuple[Prompt, ...]:
    return tuple(Prompt(NAMES[letter], QUESTIONS[letter]) for letter in letters)


VISIT, KEY_VISIT, CALL, SPIN, PERSON, LAER = "visit", "key_visit", "call", "spin", "person", "laer"
AFTER_SALE, LONG_TERM = "after_sale", "long_term"
SHIPPED: dict[str, Shipped] = {
    VISIT: Shipped(_("Visit"), (WHO, NEW_NEEDS, CHANGES, AGREED), FACE_TO_FACE, tiers=(OTHERS,)),
    KEY_VISIT: Shipped(
        _("Visit of a key customer"),
        (WHO, NEW_NEEDS, CHANGES, DECIDES, RIVALS, AGREED),
        FACE_TO_FACE,
        tiers=(HIGH,),
    ),
    CALL: Shipped(
        pgettext_lazy("a question frame", "Call"), (REASON, NEW_NEEDS, CHANGES, AGREED), (InteractionKind.CALL.value,)
    ),
    SPIN: Shipped(
        "SPIN",
        (
            Prompt(_("Situation"), _("How do they do it today, with what and with whom?")),
            Prompt(_("Problem"), _("What goes wrong, what takes too long or costs too much?")),
            Prompt(_("Implication"), _("What does that lead to, if nothing changes?")),
            Prompt(_("Need-payoff"), _("What would it be worth to them if it were solved?")),
        ),
        stages=(Stage.FIRST_CONTACT.value,),
    ),
    **{
        code: Shipped(name, _of(*FRAMES[code]), stages=(Stage.NEEDS.value,), by_letters=True)
        for code, name in Qualifying.choices
    },
    PERSON: Shipped(
        _("Need, money, time"),
        _of("need", "budget", "time"),
        kind=Kind.PERSON.value,
        stages=(Stage.NEEDS.value,),
        by_letters=True,
    ),
    LAER: Shipped(
        "LAER",
        (
            Prompt(_("Listen"), _("What exactly do they object to, in their own words?")),
            Prompt(_("Acknowledge"), _("What of it is right, and did they hear that from us?")),
            Prompt(_("Explore"), _("What lies behind it: price, trust, time, somebody else?")),
            Prompt(_("Respond"), _("What did we answer, and did it settle the matter?")),
        ),
        stages=(Stage.PROPOSAL.value,),
        on_objection=True,
    ),
    AFTER_SALE: Shipped(
        _("After the deal"),
        (
            Prompt(_("In use"), _("Is everything there and at work, and who uses it how often?")),
            Prompt(_("Satisfaction"), _("What works well, and what would they have otherwise?")),
            Prompt(_("Open points"), _("What did we promise that isn't done yet?")),
            Prompt(_("More of it"), _("What else would help them, and who else there could use it?")),
        ),
        stages=(Stage.AFTER_SALE.value,),
    ),
    LONG_TERM: Shipped(
        _("Long-term customer"),
        (
            Prompt(_("Their business"), _("How is it going, and what do they plan for the next months?")),
            Prompt(_("Next purchase"), _("What will they need next, and when?")),
            Prompt(_("Competitors"), _("Who else offers it to them, and with what?")),
            Prompt(_("Recommendation"), _("Whom do they know who has the same need?")),
        ),
        stages=(Stage.LONG_TERM.value,),
    ),
}
MOST_PROMPTS = 12


def prompts_of(text: str) -> tuple[Prompt, ...]:
    """The prompts as people write them, one a line: "Who decides: who signs, who could stop it?"."""
    found = []
    for line in text.splitlines():
        heading, _colon, question = line.replace("：", ":", 1).partition(":")
        if heading.strip():
            found.append(Prompt(heading.strip(), question.strip()))
    return tuple(found)


def as_text(prompts: Iterable[Prompt]) -> str:
    """The prompts as people write them."""
    return "\n".join(f"{one.heading}: {one.question}" if one.question else str(one.heading) for one in prompts)


def frame_of(row: QuestionFrame) -> Frame:
    """What a row says, or the installation where it says nothing."""
    shipped = SHIPPED.get(row.code)
    return Frame(
        row.name or (shipped.name if shipped else ""),
        prompts_of(row.prompts) or (shipped.prompts if shipped else ()),
        # What is asked in other words isn't noted in steps.
        by_letters=shipped is not None and shipped.by_letters and not row.prompts,
        methods=tuple(row.methods),
    )


def rows_in_order() -> list[QuestionFrame]:
    """All frames, those of the installation first; one that has no row yet stands there as it comes."""
    rows = list(QuestionFrame.objects.order_by("pk"))
    by_code = {row.code: row for row in rows if row.code}
    return [by_code.get(code) or as_shipped(code) for code in SHIPPED] + [row for row in rows if not row.code]


def as_shipped(code: str) -> QuestionFrame:
    """A row, not stored, that says what the installation does."""
    return QuestionFrame(code=code, **conditions_of(code))


def conditions_of(code: str) -> dict[str, object]:
    """For whom a frame of the installation stands there."""
    shipped = SHIPPED[code]
    lists = {name: list(getattr(shipped, name)) for name in ("methods", "stages", "tiers")}
    return {**lists, "kind": shipped.kind, "on_objection": shipped.on_objection}


@dataclass(frozen=True)
class Questions:
    """What to ask a customer; `objections`: what stands there as soon as one comes up."""

    frames: list[Frame]
    objections: list[Frame]


def questions_for(customer: Customer) -> Questions:
    """By kind, tier and stage. Needs the facts and the qualification; one query."""
    tier, letters = tier_of(customer), _letters_of(customer)
    rows = [row for row in rows_in_order() if row.is_active and _fits(row, customer, tier, letters)]
    return Questions(
        [frame_of(row) for row in rows if not row.stages or customer.stage in row.stages],
        [frame_of(row) for row in rows if row.on_objection],
    )


def frames_for(customer: Customer, method: str) -> list[Frame]:
    """What to ask in a contact by this method."""
    return [frame for frame in questions_for(customer).frames if not frame.methods or method in frame.methods]


def _fits(row: QuestionFrame, customer: Customer, tier: Tier | None, letters: str) -> bool:
    """Whether it is for this customer, whatever the stage."""
    shipped = SHIPPED.get(row.code)
    if shipped is not None and shipped.by_letters:
        return row.code == letters and _has_tier(row.tiers, tier)
    return row.kind in ("", customer.kind) and _has_tier(row.tiers, tier)


def _has_tier(wanted: Sequence[str], tier: Tier | None) -> bool:
    if not wanted:
        return True
    group = HIGH if tier is not None and tier.high_value else OTHERS
    return group in wanted or (tier is not None and tier.code in wanted)


def _letters_of(customer: Customer) -> str:
    """The letters by which this customer is asked; until somebody began, by its kind: a person is asked for less, and
    who has never bought from us has no budget for it yet."""
    begun = getattr(customer, "qualification", None)
    if begun is not None:
        return str(begun.frame)
    if customer.kind == Kind.PERSON:
        return PERSON
    return (Qualifying.BANT if facts_of(customer).last_order_on is not None else Qualifying.FAINT).value
