"""How alike two customers are: the keys that they are compared by, and what follows from those they share. Pure.

The rule in words is in docs/adr/0050-duplicates.md. The normal forms are those of customers.identity, so that forms,
files and the sweep agree on what is the same name, number or address.
"""

from __future__ import annotations

from collections.abc import Collection

from customers.identity import fit_key, is_generated
from customers.words import folded, normalized

CREDIT_CODE, PHONE, EMAIL, NAME, SOUND, NUMBER, PLACE = "cpenskr"
WAYS = frozenset({PHONE, EMAIL})
CERTAIN, LIKELY, POSSIBLE = "certain", "likely", "possible"
RANKS = {CERTAIN: 1, LIKELY: 2, POSSIBLE: 3}
SHORTEST_PHONE = 7  # below it stands an extension or a service number, which many have
LONGEST_KEY = 80


def name_keys(name: str) -> set[str]:
    """Of the name without legal form and title, as it is written and as it sounds."""
    core = fit_key(name)
    if len(core) < 2:
        return set()
    return {f"{NAME}:{core}"[:LONGEST_KEY], f"{SOUND}:{sound_of(core)}"[:LONGEST_KEY]}


def sound_of(core: str) -> str:
    """恒远机械, Hengyuan Jixie and heng yuan ji xie sound the same."""
    if not core.isascii():
        from pypinyin import lazy_pinyin  # noqa: PLC0415 - 55 MB, which an idle worker needn't hold

        core = "".join(lazy_pinyin(core))
    return core.replace(" ", "")


def file_keys(*, name: str, number: str, credit_code: str) -> set[str]:
    """Those of one file but the ways to reach it, which the search words hold already."""
    found = name_keys(name) if name != number else set()
    if code := normalized(credit_code).replace(" ", ""):
        found.add(f"{CREDIT_CODE}:{code}"[:LONGEST_KEY])
    if not is_generated(number):
        found.add(f"{NUMBER}:{normalized(number)}"[:LONGEST_KEY])
    return found


def place_of(region: str) -> str:
    """Equal for all spellings of a region."""
    return "".join(folded(normalized(region)).split())


def strength(alike: Collection[str], *, companies: bool) -> str:
    """How sure it is that two are one that are alike in these; empty when that says nothing.

    `companies`: neither is a person. Names of persons are shared by many, so they count with the region only.
    """
    shared = frozenset(alike)
    ways = shared & WAYS
    if CREDIT_CODE in shared or (ways and NAME in shared):
        return CERTAIN
    named_here = {NAME, PLACE} <= shared
    if ways == WAYS or (ways and SOUND in shared) or NUMBER in shared or (named_here and companies):
        return LIKELY
    if ways or named_here or (NAME in shared and companies) or {SOUND, PLACE} <= shared:
        return POSSIBLE
    return ""
