"""Scores of prospects in a sentence."""

from __future__ import annotations

from django.utils.translation import gettext as _

from segmentation.qualification.models import Frame
from segmentation.qualification.score import Score


def score_words(frame: str, found: Score) -> str:
    """`BANT 67 of 100, 3 of 4 letters known`."""
    words = {"frame": Frame(frame).label, "score": found.percent, "known": found.known, "of": found.of}
    if found.percent is None:
        return _("%(frame)s: nothing asked yet") % words
    return _("%(frame)s %(score)s of 100, %(known)s of %(of)s letters known") % words
