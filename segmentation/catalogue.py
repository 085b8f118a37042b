"""Tier rows by scheme and code, kept for a minute per process: every list row shows one."""

from collections.abc import Collection

from core.company import company
from core.memo import Memo
from core.models import Company
from customers.models import Customer, Kind, facts_of
from segmentation.models import Tier
from segmentation.selectors import scheme_of, tiers_by_code

# (scheme, code) -> tier; names changed by an administrator show within a minute.
catalogue = Memo(tiers_by_code)


def tier_of(customer: Customer) -> Tier | None:
    """The customer's present tier; None = unrated."""
    return catalogue().get((scheme_of(customer), facts_of(customer).tier))


def _rated_schemes() -> set[str]:
    # unscoped: says only which kinds of customers the company has at all
    rows = Customer.all_objects
    companies, others = rows.filter(kind=Kind.COMPANY).exists(), rows.exclude(kind=Kind.COMPANY).exists()
    return {scheme for scheme, there in ((Tier.Scheme.B2B, companies), (Tier.Scheme.B2C, others)) if there}


# The schemes by which some customer is rated; a first customer of another kind shows within a minute.
rated_schemes = Memo(_rated_schemes)
SOLD = {Company.SellsTo.PERSONS: Tier.Scheme.B2C, Company.SellsTo.COMPANIES: Tier.Scheme.B2B}


def schemes() -> list[tuple[str, str]]:
    """(scheme, name) of those the company sells to, and of any other by which a customer of its is rated."""
    sold = SOLD.get(Company.SellsTo(company().sells_to))
    if sold is None:
        return [(code, str(name)) for code, name in Tier.Scheme.choices]
    return [(code, str(name)) for code, name in Tier.Scheme.choices if code == sold or code in rated_schemes()]


def choices() -> list[tuple[str, str]]:
    """(code, letter and names) of `schemes`, best first; persons' and companies' names may differ for one code."""
    return _with_letters(names())


def every_choice() -> list[tuple[str, str]]:
    """`choices` of all schemes: what an address may name, though no page offers it any more."""
    return _with_letters(_names(Tier.Scheme.values))


def _with_letters(named: list[tuple[str, str]]) -> list[tuple[str, str]]:
    letters = {tier.code: tier.letter for tier in catalogue().values()}
    return [(code, f"{letters[code]} {name}") for code, name in named]


def names() -> list[tuple[str, str]]:
    """(code, its names) of `schemes`, best first."""
    return _names([code for code, _name in schemes()])


def _names(of: Collection[str]) -> list[tuple[str, str]]:
    found: dict[str, list[str]] = {}
    for tier in sorted(catalogue().values(), key=lambda tier: (tier.rank, tier.scheme)):
        if tier.scheme not in of:
            continue
        known = found.setdefault(tier.code, [])
        if tier.name not in known:
            known.append(tier.name)
    return [(code, " / ".join(words)) for code, words in found.items()]
