"""Further scores of a customer: interaction, satisfaction, loyalty, potential and health, part by part.

The definitions stand in docs/algorithms/scores.md. The night applies the same rules as set-based SQL; the functions
here are its tested reference, and a customer's page shows their parts. A missing input is None, and so is what can't
be said without it: never 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from segmentation import lifecycle

DAYS = 90
CHANCE_STEP = 5  # percent; finer it would move for everybody who is silent, every other night
SATISFIED, NEUTRAL, DISSATISFIED = "satisfied", "neutral", "dissatisfied"
ADVOCATE, BEHAVIOURAL, EMOTIONAL, NONE = "advocate", "behavioural", "emotional", "none"
UNKNOWN = ""
BANDS = {"high": (67, 100), "mid": (34, 66), "low": (0, 33)}  # of each score, from and to


@dataclass(frozen=True)
class Talks:
    """Contacts and tries of the last 90 days: outgoing ones, those of them that reached, all that reached, incoming."""

    tries: int = 0
    answered: int = 0
    reached: int = 0
    inbound: int = 0


@dataclass(frozen=True)
class Seen:
    """What the night knows of a customer; None = not known.

    spend_now, spend_before: net minor units of the last 90 days and of the 90 before; chance: p_now / p_last in
    percent, to the next 5; silent, every: days since the last contact, and planned between two;
    size: as size_points.
    """

    talks: Talks = Talks()
    r: int | None = None
    lifecycle: str = lifecycle.PROSPECT
    spend_now: int | None = None
    spend_before: int | None = None
    products: int | None = None
    size: int | None = None
    qualification: int | None = None
    chance: int | None = None
    silent: int | None = None
    every: int | None = None
    csat: int | None = None
    nps: int | None = None
    open_complaints: int = 0


@dataclass(frozen=True)
class Part:
    """One summand of a score: its points of so many, None without data."""

    code: str
    points: float | None
    most: int


@dataclass(frozen=True)
class Standing:
    """All further scores of one customer."""

    interaction: int | None
    satisfaction: str
    loyalty: str
    potential: int | None
    health: int | None


def standing(seen: Seen) -> Standing:
    """Everything that follows from what is known."""
    return Standing(
        interaction=total(interaction_parts(seen.talks)),
        satisfaction=satisfaction(seen.csat, seen.nps),
        loyalty=loyalty(seen.lifecycle, seen.nps),
        potential=total(potential_parts(seen)),
        health=total(health_parts(seen)),
    )


def total(parts: Sequence[Part]) -> int | None:
    """0 to 100 over the parts that are known; None without any."""
    known = [part for part in parts if part.points is not None]
    if not known:
        return None
    points = 0.0
    for part in known:
        points += part.points or 0.0
    return math.floor(100 * points / sum(part.most for part in known) + 0.5)


def interaction_parts(talks: Talks) -> list[Part]:
    """How much there is to and fro in 90 days."""
    if not talks.tries and not talks.inbound:
        return [Part("reached", None, 50), Part("answers", None, 30), Part("inbound", None, 20)]
    return [
        Part("reached", 50 * min(1.0, talks.reached / 6), 50),
        Part("answers", 30 * (talks.answered / talks.tries) if talks.tries else None, 30),
        Part("inbound", 20 * min(1.0, talks.inbound / 2), 20),
    ]


def satisfaction(csat: int | None, nps: int | None) -> str:
    """The class by the last answers; empty without any."""
    if csat is None and nps is None:
        return UNKNOWN
    if (csat or 0) >= 4 or (nps or 0) >= 9:
        return SATISFIED
    if (csat is not None and csat <= 2) or (nps is not None and nps <= 6):
        return DISSATISFIED
    return NEUTRAL


def loyalty(stage: str, nps: int | None) -> str:
    """By what they do (lifecycle) and what they say (NPS); empty for who isn't loyal and was never asked."""
    recommends = nps is not None and nps >= 9
    if stage == lifecycle.LOYAL:
        return ADVOCATE if recommends else BEHAVIOURAL
    if recommends:
        return EMOTIONAL
    return UNKNOWN if nps is None else NONE


def potential_parts(seen: Seen) -> list[Part]:
    """What may still come of a customer."""
    talked = total(interaction_parts(seen.talks))
    return [
        Part("recency", None if seen.r is None else 5.0 * seen.r, 25),
        Part("spend", _spend(seen.spend_now, seen.spend_before), 20),
        Part("interaction", None if talked is None else talked / 5, 20),
        Part("range", None if not seen.products else min(10.0, 2.0 * seen.products), 10),
        Part("size", None if seen.size is None else float(seen.size), 15),
        Part("qualification", None if seen.qualification is None else seen.qualification / 10, 10),
    ]


def size_points(industry: int | None, size: int | None) -> int | None:
    """What the company's lists give for industry and size, 0 to 15: the mean of those that say anything, rounded half
    up."""
    known = [points for points in (industry, size) if points is not None]
    return (sum(known) * 2 + len(known)) // (2 * len(known)) if known else None


def _spend(now: int | None, before: int | None) -> float | None:
    if now is None or before is None or (now <= 0 and before <= 0):
        return None
    if before <= 0:
        return 20.0
    return 20 * min(1.0, max(0, now) / (2 * before))


def band(score: int | None) -> str:
    """high, mid or low; empty without a score."""
    return next((code for code, (low, _high) in BANDS.items() if score is not None and score >= low), UNKNOWN)


def chance_left(p_now: float, p_last: float) -> int:
    """How much of the chance of buying on the day of the last order is left, in percent, to the next 5."""
    return min(100, CHANCE_STEP * math.floor(100 // CHANCE_STEP * (p_now / p_last) + 0.5))


def health_parts(seen: Seen) -> list[Part]:
    """How well things stand with a customer. Whether a complaint is open says little alone."""
    content = {SATISFIED: 20.0, NEUTRAL: 10.0, DISSATISFIED: 0.0}.get(satisfaction(seen.csat, seen.nps))
    found = [
        Part("chance", None if seen.chance is None else 40 * (seen.chance / 100), 40),
        Part("contact", _contact(seen.silent, seen.every), 20),
        Part("satisfaction", content, 20),
    ]
    if all(part.points is None for part in found):
        return [*found, Part("complaints", None, 20)]
    return [*found, Part("complaints", 0.0 if seen.open_complaints else 20.0, 20)]


def _contact(silent: int | None, every: int | None) -> float | None:
    if silent is None or not every:
        return None
    late = max(0, 4 * (silent - every) // every)  # whole quarters of the planned days
    return max(0.0, 20.0 - 5.0 * late)
