"""The rule sets of a run: what the night rates by, and what becomes of the tiers when other sets come into force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db import transaction

from segmentation import rating_sql, tiers
from segmentation.catalogue import catalogue
from segmentation.entries import ENTRIES, keys
from segmentation.models import RuleSet, ScoreRun, Tier
from segmentation.selectors import definitions, rule_sets_of

# Where each criterion stands in scores.sql, and in rate.sql.
SCORED = {"r": "s.r", "f": "s.f", "m": "s.m", "amount": "s.monetary", "orders": "s.frequency"}
SCORED |= {of: f"s.{of}_id" for of in ENTRIES}
FURTHER = SCORED | {
    "interaction": "g.interaction_score",
    "potential": "g.potential",
    "health": "g.health",
    "feedback": "g.csat",
    "satisfaction": "g.satisfaction",
    "loyalty": "g.loyalty",
    **{of: f"c.{of}_id" for of in ENTRIES},
}


@dataclass(frozen=True)
class Rating:
    """The sets that count on a business date, each with its definition; a scheme without one has the shipped rules."""

    sets: Mapping[str, RuleSet]

    @cached_property
    def definitions(self) -> dict[str, tiers.Definition]:
        return definitions(self.sets)

    @property
    def ids(self) -> list[int]:
        return sorted(row.pk for row in self.sets.values())

    @property
    def further(self) -> bool:
        """Whether a set looks at the further scores of the night."""
        return any(one.further for one in self.definitions.values())

    @property
    def words(self) -> dict[str, Any]:
        """Parameters: the tiers of each scheme, and the one of everybody else."""
        found: dict[str, Any] = {}
        for scheme, one in self.definitions.items():
            found |= {f"tiers_{scheme}": list(one.tiers), f"last_{scheme}": one.last}
        return found

    def expression(self, columns: Mapping[str, str], *, further: bool) -> tuple[str, dict[str, Any]]:
        """(SQL, parameters) of the tier of a customer who bought in the window; `columns` are SCORED or FURTHER.

        Without `further` a set that looks at further scores gives NULL, which is filled in once they are there.
        """
        parts: dict[str, str] = {}
        params: dict[str, Any] = {}
        for scheme, one in self.definitions.items():
            if one.further and not further:
                parts[scheme] = "NULL"
                continue
            parts[scheme], more = rating_sql.expression(one, columns, f"rate_{scheme}", keys(one.asked))
            params |= more
        text = f"(CASE WHEN s.tier_scheme = %(scheme_b2b)s THEN {parts[tiers.B2B]} ELSE {parts[tiers.B2C]} END)"
        return text, params


def newer_sets(rating: Rating, former: Rating) -> dict[str, int]:
    """Scheme -> number of the version that has taken the place of the former one."""
    sets = {scheme: (former.sets.get(scheme), now) for scheme, now in rating.sets.items()}
    return {scheme: now.number for scheme, (before, now) in sets.items() if before is None or before.pk != now.pk}


def rating_of(run: ScoreRun) -> Rating:
    """What a run rated by."""
    rows = RuleSet.objects.filter(pk__in=run.rule_sets)
    return Rating({row.scheme: row for row in rows})


def rating_as_of(on: date) -> Rating:
    """The rating of a business date."""
    return Rating(rule_sets_of(on))


def tiers_in_force(rating: Rating) -> None:
    """Put the tiers in the order of the sets that rate from now on, and those that no set holds out of use."""
    for scheme, one in rating.definitions.items():
        rows = {row.code: row for row in Tier.objects.filter(scheme=scheme)}
        ranks = ranks_of(one.tiers, rows)
        for code, row in rows.items():
            rank, used = ranks.get(code, row.rank), code in ranks
            if (row.rank, row.in_use) != (rank, used):
                Tier.objects.filter(pk=row.pk).update(rank=rank, in_use=used)
                transaction.on_commit(catalogue.forget)


def ranks_of(codes: tuple[str, ...], rows: Mapping[str, Tier]) -> dict[str, int]:
    """Code -> rank. Ranks that are in order already stay: nobody's place in a list moves without a reason."""
    known = [rows[code].rank if code in rows else 0 for code in codes]
    if all(low < high for low, high in zip([0, *known], known, strict=False)):
        return dict(zip(codes, known, strict=True))
    return {code: rank for rank, code in enumerate(codes, 1)}
