"""Versions of a scheme's rules as the pages show them: in words, against the one before, and what would go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core import clock
from customers.models import Customer, Kind
from segmentation import tiers
from segmentation.by_hand.selectors import in_force
from segmentation.entries import ENTRIES, known_entries, renamed
from segmentation.entries import Known as Entries
from segmentation.models import RuleSet, Tier, TierOverride
from segmentation.rules.criteria import definition_in_words, weights_in_words
from segmentation.selectors import definition_of, rule_sets_of

Known = Mapping[tuple[str, str], Tier]


@dataclass(frozen=True)
class Line:
    """A tier with who gets it. `mark`: "+" where the version before says otherwise, "-" where this one says no more."""

    tier: Tier | None
    code: str
    words: str
    mark: str = ""


@dataclass(frozen=True)
class Version:
    """A version with its lines, and those of the one before that it has no more."""

    row: RuleSet
    state: str  # in force, coming, withdrawn or past
    lines: list[Line]
    weights: str
    gone: list[Line]

    @property
    def number(self) -> str:
        return str(self.row.number)


def lines_of(
    definition: tiers.Definition,
    scheme: str,
    known: Known,
    before: Sequence[Line] | None = None,
    entries: Entries | None = None,
) -> list[Line]:
    """In the order in which they are asked."""
    old = None if before is None else {(line.code, line.words) for line in before}
    return [
        Line(known.get((scheme, code)), code, words, "+" if old is not None and (code, words) not in old else "")
        for code, words in definition_in_words(definition, entries)
    ]


def compared(
    definition: tiers.Definition,
    scheme: str,
    known: Known,
    former: tiers.Definition | None,
    entries: Entries | None = None,
) -> tuple[list[Line], list[Line]]:
    """(lines, with those marked that are new; lines of the former set that are gone)."""
    before = lines_of(former, scheme, known, entries=entries) if former else None
    lines = lines_of(definition, scheme, known, before, entries)
    now = {(line.code, line.words) for line in lines}
    gone = [Line(one.tier, one.code, one.words, "-") for one in before or () if (one.code, one.words) not in now]
    return lines, gone


def versions_of(scheme: str, known: Known) -> list[Version]:
    """The latest first."""
    rows = list(RuleSet.objects.filter(scheme=scheme).select_related("created_by", "withdrawn_by").order_by("-number"))
    today, merged, entries = clock.business_date(), renamed(ENTRIES), known_entries(ENTRIES)
    used = rule_sets_of(today).get(scheme)
    said = [definition_of(row, merged) for row in rows]
    found = []
    for row, definition, former in zip(rows, said, [*said[1:], None], strict=True):
        lines, gone = compared(definition, scheme, known, former, entries)
        found.append(Version(row, _state(row, used, today), lines, weights_in_words(definition, entries), gone))
    return found


def _state(row: RuleSet, used: RuleSet | None, today: date) -> str:
    if row.withdrawn_at is not None:
        return "withdrawn"
    if row.effective_on >= today and row.number > 1:
        return "coming"
    return "in force" if used is not None and row.pk == used.pk else "past"


def latest_number(scheme: str) -> int:
    """Of the version that was published last."""
    return RuleSet.objects.filter(scheme=scheme).order_by("-number").values_list("number", flat=True).first() or 0


# --- what goes with tiers that a set doesn't have --------------------------------------------------------------------
@dataclass(frozen=True)
class Going:
    """A tier in use that the new set doesn't have: how many customers hold it, and how many of them by hand."""

    tier: Tier
    customers: int
    by_hand: int


def going(definition: tiers.Definition, scheme: str, known: Known) -> list[Going]:
    """Tiers that would go, with all who hold them, whoever may see those."""
    # unscoped: only counts, for who changes the rules of all
    rows = Customer.objects.filter(deleted_at=None)
    rows = rows.filter(kind=Kind.COMPANY) if scheme == tiers.B2B else rows.exclude(kind=Kind.COMPANY)
    stands = TierOverride.objects.filter(in_force(clock.business_date()), tier_scheme=scheme)
    return [
        Going(tier, rows.filter(facts__tier=tier.code).count(), stands.filter(tier=tier.code).count())
        for (of, code), tier in sorted(known.items())
        if of == scheme and tier.in_use and code not in definition.tiers
    ]
