"""What is asked about, in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from segmentation.rules.words import bounds_in_words
from segmentation.whatif.scoring import Scoring, as_row
from ui import formatting


@dataclass(frozen=True)
class Asked:
    """The sentence, and typed cut-points as their page shows them."""

    words: str
    bounds: list[tuple[str, list[tuple[int, str]]]]


def scoring_in_words(scoring: Scoring) -> Asked:
    """ "if the cut-points that you typed counted, of 365 days"."""
    days = ngettext("%(n)s day", "%(n)s days", scoring.window) % {"n": formatting.number(scoring.window)}
    if scoring.typed is not None:
        said = _("if these cut-points counted, of %(days)s") % {"days": days}
        return Asked(said, bounds_in_words(as_row(scoring)))
    if scoring.manual:
        return Asked(_("if %(days)s counted, by the cut-points that somebody typed") % {"days": days}, [])
    return Asked(_("if %(days)s counted, by calibrated cut-points") % {"days": days}, [])
