"""What the reps of the demo company have found out about their prospects: BANT of persons, FAINT of the others."""

from __future__ import annotations

import random
from typing import Any

from demo import phrases
from demo.process import File
from segmentation.qualification.models import first_frame
from segmentation.qualification.score import FRAMES, HIGHEST, LETTERS, score

ASKED = 0.7  # of the prospects that were reached
KNOWN = 0.8  # of the letters of one of them
NOTED = 0.4  # of the answers


def answers(file: File, chance: random.Random) -> dict[str, Any] | None:
    """The columns of a qualification; None where nobody has asked yet."""
    if chance.random() >= ASKED:
        return None
    frame, warmth = first_frame(file.kind), chance.choice([0, 1, 1, 2])
    found: dict[str, Any] = {"frame": frame}
    for letter in FRAMES[frame]:
        if chance.random() < KNOWN:
            step = min(HIGHEST, max(0, warmth + chance.choice([-1, 0, 0, 1])))
            found[letter] = step
            if chance.random() < NOTED:
                found[f"{letter}_note"] = phrases.ANSWERS[letter][step]
    return found if len(found) > 1 else None


def percent(found: dict[str, Any]) -> int | None:
    """What they come to, as the facts keep it."""
    return score(found["frame"], {letter: found.get(letter) for letter in LETTERS}).percent
