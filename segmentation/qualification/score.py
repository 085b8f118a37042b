"""BANT and FAINT in figures: each letter 0 to 3, of those that were asked (docs/algorithms/qualification.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LETTERS = ("budget", "funds", "authority", "interest", "need", "time")
FRAMES: Mapping[str, tuple[str, ...]] = {
    "bant": ("budget", "authority", "need", "time"),
    "faint": ("funds", "authority", "interest", "need", "time"),
}
HIGHEST = 3


@dataclass(frozen=True)
class Score:
    """0 to 100 over the letters that were asked, None before the first one; how many those are, and of how many."""

    percent: int | None
    known: int
    of: int


def score(frame: str, answers: Mapping[str, int | None]) -> Score:
    """What the answers come to: the sum over the most that the asked letters could give, halves up.

    A letter that nobody has asked counts neither for nor against; answers to letters of the other frame wait there.
    """
    letters = FRAMES[frame]
    asked = [step for letter in letters if (step := answers.get(letter)) is not None]
    most = HIGHEST * len(asked)
    return Score((200 * sum(asked) + most) // (2 * most) if asked else None, len(asked), len(letters))
