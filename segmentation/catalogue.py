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
    names: dict[str, list[str]] = {}
    for tier in sorted(catalogue().values(), key=lambda tier: (tier.rank, tier.scheme)):
        known = names.setdefault(tier.code, [tier.letter])
        if tier.name not in known:
            known.append(tier.name)
    return [(code, f"{letter} {' / '.join(words)}") for code, (letter, *words) in names.items()]
