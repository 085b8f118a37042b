"""Tier rows by scheme and code, kept for a minute per process: every list row shows one."""

from collections.abc import Collection

from django.db.models import Q

from core.company import company
from core.memo import Memo
from core.models import Company
from customers.models import Customer, Kind, facts_of
from segmentation.models import Tier, TierScheme
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


def _scheme_names() -> dict[str, TierScheme]:
    return {row.code: row for row in TierScheme.objects.all()}


# Code -> scheme; a name changed by an administrator shows within a minute.
scheme_rows = Memo(_scheme_names)


def scheme_name(code: str) -> str:
    """What the company calls a scheme."""
    row = scheme_rows().get(code)
    return row.name if row else str(Tier.Scheme(code).label)


# The schemes by which some customer is rated; a first customer of another kind shows within a minute.
rated_schemes = Memo(_rated_schemes)
SOLD = {Company.SellsTo.PERSONS: Tier.Scheme.B2C, Company.SellsTo.COMPANIES: Tier.Scheme.B2B}


def schemes() -> list[tuple[str, str]]:
    """(scheme, name) of those the company sells to, and of any other by which a customer of its is rated."""
    sold = SOLD.get(Company.SellsTo(company().sells_to))
    if sold is None:
        return [(code, scheme_name(code)) for code in Tier.Scheme.values]
    return [(code, scheme_name(code)) for code in Tier.Scheme.values if code == sold or code in rated_schemes()]


def choices() -> list[tuple[str, str]]:
    """(code, letter and names) of `schemes`, best first; persons' and companies' names may differ for one code."""
    return _with_letters(names())


def every_choice() -> list[tuple[str, str]]:
    """`choices` of all schemes: what an address may name, though no page offers it any more."""
    return _with_letters(_names(Tier.Scheme.values, retired=True))


def _with_letters(named: list[tuple[str, str]]) -> list[tuple[str, str]]:
    letters = {tier.code: tier.letter for tier in catalogue().values()}
    return [(code, f"{letters[code]} {name}") for code, name in named]


def names() -> list[tuple[str, str]]:
    """(code, its names) of the tiers in use of `schemes`, best first."""
    return _names([code for code, _name in schemes()])


def _names(of: Collection[str], *, retired: bool = False) -> list[tuple[str, str]]:
    found: dict[str, list[str]] = {}
    for tier in ordered(of):
        known = found.setdefault(tier.code, [])
        if (tier.in_use or retired) and tier.name not in known:
            known.append(tier.name)
    return [(code, " / ".join(words)) for code, words in found.items() if words]


def ordered(of: Collection[str] = tuple(Tier.Scheme.values)) -> list[Tier]:
    """The tiers of these schemes, those of before included, best first; those out of use last."""
    rows = [tier for tier in catalogue().values() if tier.scheme in of]
    return sorted(rows, key=lambda tier: (not tier.in_use, tier.rank, tier.scheme))


def by_code(scheme: str = "") -> dict[str, Tier]:
    """Code -> tier of a scheme, best first; of both together, where a code means two tiers, that of persons."""
    found: dict[str, Tier] = {}
    for tier in ordered([scheme] if scheme else tuple(Tier.Scheme.values)):
        if tier.code not in found or tier.scheme == Tier.Scheme.B2C:
            found[tier.code] = tier
    return found


def high_value() -> Q:
    """Customers whose tier the company calls high-value."""
    high = {scheme: {row.code for row in ordered([scheme]) if row.high_value} for scheme in Tier.Scheme.values}
    every = set().union(*high.values())
    if all(row.high_value for row in ordered() if row.code in every):  # one code, one meaning: an index serves it
        return Q(facts__tier__in=sorted(every))
    companies, persons = (Q(facts__tier__in=sorted(high[scheme])) for scheme in (Tier.Scheme.B2B, Tier.Scheme.B2C))
    return (Q(kind=Kind.COMPANY) & companies) | (~Q(kind=Kind.COMPANY) & persons)
