"""What is asked about: the draft of a person, an earlier version that somebody thinks of rolling back to, or other
cut-points and days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from accounts.models import User
from core import clock
from core.http import row_id
from customers.models import UNRATED, UNRATED_RANK
from segmentation import tiers
from segmentation.entries import renamed
from segmentation.models import RuleDraft, RulePreview, RuleSet, ScoreRun, Tier
from segmentation.rating import ranks_of, rating_as_of
from segmentation.rules.set_form import RuleSetForm
from segmentation.selectors import definition_of, tiers_by_code
from segmentation.whatif.scoring import Measured, Scoring, counts_again, measured


class UnreadableDraftError(ValueError):
    """The draft can't be read as rules yet."""


@dataclass(frozen=True)
class Question:
    """Rules of a scheme with the looks of their tiers, where these change too."""

    scheme: str
    definition: tiers.Definition
    looks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    kept: RuleDraft | None = None
    version: RuleSet | None = None
    scoring: Scoring | None = None

    @property
    def address(self) -> dict[str, str]:
        """What it is called in an address."""
        if self.scoring:
            return {"scheme": self.scheme} | self.scoring.address
        return {"scheme": self.scheme} | ({"version": str(self.version.number)} if self.version else {})

    @property
    def about(self) -> str:
        """Of which kind it is."""
        return RulePreview.About.SCORING if self.scoring else RulePreview.About.RULES

    def measured(self, run: ScoreRun) -> Measured | None:
        """By what it scores the customers of a run, where it asks about that; counted before their rows are read."""
        return measured(self.scoring, run) if self.scoring else None

    def counts_again(self, run: ScoreRun) -> bool:
        """Whether orders have to be counted again for it."""
        return self.scoring is not None and counts_again(self.scoring, run)

    @property
    def of_last_night(self) -> bool:
        """Whether the rules look at scores into which r, f, m or the days go, and that are those of the last night."""
        return self.scoring is not None and self.definition.further

    @cached_property
    def _rows(self) -> dict[str, Tier]:
        return {code: row for (scheme, code), row in tiers_by_code().items() if scheme == self.scheme}

    @cached_property
    def before(self) -> dict[str, Tier]:
        """Code -> tier as everybody sees it now, best first; those out of use last."""
        return dict(sorted(self._rows.items(), key=lambda item: (not item[1].in_use, item[1].rank)))

    @cached_property
    def after(self) -> dict[str, Tier]:
        """Code -> tier as these rules would have it, best first."""
        found = {}
        for code in self.definition.tiers:
            old = self._rows.get(code)
            values = {} if old is None else {name: getattr(old, name) for name in LOOKS}
            values |= {name: value for name, value in self.looks.get(code, {}).items() if name in LOOKS}
            found[code] = Tier(scheme=self.scheme, code=code, rank=self.ranks[code], **values)
        return found

    @cached_property
    def ranks(self) -> dict[str, int]:
        """Code -> rank once the night rates by these rules (rating.tiers_in_force), by which it calls a move up."""
        kept = {code: row.rank for code, row in self._rows.items()}
        return kept | {UNRATED: UNRATED_RANK} | ranks_of(self.definition.tiers, self._rows)

    def up(self, was: str, becomes: str) -> bool:
        """Whether such a move counts as one upwards."""
        return self.ranks.get(becomes, UNRATED_RANK) < self.ranks.get(was, UNRATED_RANK)

    def high_before(self, code: str) -> bool:
        """Whether who has this tier now counts as high-value."""
        return code in self.before and self.before[code].high_value

    def high_after(self, code: str) -> bool:
        """Whether who would have it then would."""
        return code in self.after and self.after[code].high_value


LOOKS = ("name_en", "name_zh", "letter", "slot", "high_value")


def question_of(user: User, scheme: str, version: str = "") -> Question | None:
    """The draft of this person, or the version of that number; None where there is none.

    UnreadableDraftError for a draft in which something is to be mended first.
    """
    if scheme not in tiers.SCHEMES:
        return None
    if version:
        row = RuleSet.objects.filter(scheme=scheme, number=row_id(version) or 0).first()
        return Question(scheme, definition_of(row), version=row) if row else None
    kept = RuleDraft.objects.filter(scheme=scheme, user=user).first()
    if kept is None:
        return None
    known = {code: row for (of, code), row in tiers_by_code().items() if of == scheme}
    form = RuleSetForm(kept.typed, known, checked=True)
    if not form.is_valid() or form.read is None:
        raise UnreadableDraftError
    return Question(scheme, as_of_now(form.read.definition), form.read.looks, kept=kept)


def scoring_question(scheme: str, scoring: Scoring) -> Question:
    """Other cut-points or days, by the rules of the coming night."""
    return Question(scheme, rating_as_of(clock.business_date()).definitions[scheme], scoring=scoring)


def as_of_now(definition: tiers.Definition) -> tiers.Definition:
    """With the entries of catalogues that those it names have become."""
    return tiers.followed(definition, renamed(definition.asked))
