"""Criteria of rules that are catalogues of the company: an industry, a company size, a market standing.

Codes stand in rule sets, which never change; customers hold ids. Entries are retired and merged, never deleted: a
retired one still says what it said, a merged one means the one it became.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from customers.models import CATALOGUES, CatalogueRow
from segmentation.tiers import CRITERIA, Renamed

ENTRIES: Mapping[str, type[CatalogueRow]] = {code: CATALOGUES[code] for code, one in CRITERIA.items() if one.entries}
Known = Mapping[str, Mapping[str, CatalogueRow]]  # criterion -> code -> entry


def known_entries(asked: Collection[str]) -> Known:
    """Every entry of these criteria, in the order of its catalogue, retired and merged ones too."""
    return {
        of: {row.code: row for row in model.rows().order_by("position", "pk")}
        for of, model in ENTRIES.items()
        if of in asked
    }


def renamed(asked: Collection[str]) -> Renamed:
    """Of these criteria, which entry became which."""
    found = {}
    for of, model in ENTRIES.items():
        if of in asked:
            merged = model.rows().filter(merged_into__isnull=False)
            found[of] = dict(merged.values_list("code", "merged_into__code"))
    return found


def keys(asked: Collection[str]) -> Mapping[str, Mapping[str, int]]:
    """Of these criteria, code -> id."""
    return {of: dict(model.rows().values_list("code", "pk")) for of, model in ENTRIES.items() if of in asked}
