"""Tier rows by scheme and code, kept for a minute per process: every list row shows one."""

from core.memo import Memo
from customers.models import Customer, facts_of
from segmentation.models import Tier
from segmentation.selectors import scheme_of, tiers_by_code

# (scheme, code) -> tier; names changed by an administrator show within a minute.
catalogue = Memo(tiers_by_code)


def tier_of(customer: Customer) -> Tier | None:
    """The customer's present tier; None = unrated."""
    return catalogue().get((scheme_of(customer), facts_of(customer).tier))


def choices() -> list[tuple[str, str]]:
    """(code, letter and names) best first; one code may be called differently for persons and companies."""
    letters = {tier.code: tier.letter for tier in catalogue().values()}
    return [(code, f"{letters[code]} {name}") for code, name in names()]


def names() -> list[tuple[str, str]]:
    """(code, its names) best first."""
    found: dict[str, list[str]] = {}
    for tier in sorted(catalogue().values(), key=lambda tier: (tier.rank, tier.scheme)):
        known = found.setdefault(tier.code, [])
        if tier.name not in known:
            known.append(tier.name)
    return [(code, " / ".join(words)) for code, words in found.items()]
