"""Tiers with the rules that give them, as the pages show them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from accounts.models import User
from core import clock
from segmentation.catalogue import scheme_rows, schemes
from segmentation.models import CutPoints, RuleSet, ScoreRun, Tier, TierScheme
from segmentation.rating import rating_as_of
from segmentation.rules.checks import MEASURES
from segmentation.rules.criteria import definition_in_words, weights_in_words
from segmentation.rules.words import SCORES
from segmentation.selectors import latest_run, scores_as_of, tiers_by_code


@dataclass(frozen=True)
class SchemeRules:
    """One kind of customers: its tiers, best first, and its rules in their order."""

    code: str
    name: str
    tiers: list[Tier]
    rules: list[tuple[Tier, str]]  # (tier, who gets it in words)
    weights: str  # what counts how much, where they go by points
    scheme: TierScheme | None
    row: RuleSet | None  # the version in force; none: the shipped rules
    coming: RuleSet | None


def schemes_with_rules() -> list[SchemeRules]:
    """Those by which customers are rated."""
    today = clock.business_date()
    known, rating = tiers_by_code(), rating_as_of(today)
    sets = RuleSet.objects.filter(withdrawn_at=None)
    found = []
    for scheme, name in schemes():
        definition = rating.definitions[scheme]
        tiers = [known[scheme, code] for code in definition.tiers]
        worded = [(known[scheme, code], words) for code, words in definition_in_words(definition)]
        weights, row = weights_in_words(definition), rating.sets.get(scheme)
        coming = sets.filter(scheme=scheme, effective_on__gt=today).order_by("effective_on").first()
        found.append(SchemeRules(scheme, name, tiers, worded, weights, scheme_rows().get(scheme), row, coming))
    return found


# --- cut-points ------------------------------------------------------------------------------------------------------
VERSIONS = 50


def cut_point_versions() -> list[CutPoints]:
    """The latest versions, calibrated and typed."""
    return list(CutPoints.objects.select_related("created_by").order_by("-calibrated_on", "-id")[:VERSIONS])


def cut_points_in_use() -> CutPoints | None:
    """Those of the latest published run; before the first one none."""
    run = latest_run()
    return run.cut_points if run else None


def score_counts(user: User, run: ScoreRun) -> dict[str, list[int]]:
    """Measure -> how many of the rated customers in reach have the scores 5 to 1 as of the run."""
    counts = {name: dict.fromkeys(SCORES, 0) for name in MEASURES}
    rows = scores_as_of(user, run.as_of).exclude(r=None).order_by()
    for cell in rows.values(*MEASURES).annotate(n=Count("pk")):
        for name in MEASURES:
            counts[name][cell[name]] += cell["n"]
    return {name: list(of.values()) for name, of in counts.items()}
