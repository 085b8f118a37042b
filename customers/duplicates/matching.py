"""Customers like one that is being typed: for the form as it is filled, for its last question, and for the API.

Found through what is indexed: the search words, which hold phones and addresses as of this moment, the sorted name, and
for other spellings of it the keys of the last night.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from core.phones import phone_keys
from customers import words
from customers.duplicates import likeness
from customers.identity import email_key, names_fit
from customers.models import Customer, Kind, MatchKey, Strength
from customers.models.duplicate import in_words

MOST = 10  # are said
COMPARED = 50  # of one name are looked at


@dataclass(frozen=True)
class Typed:
    """What is known of a customer who isn't stored yet."""

    name: str = ""
    phones: Sequence[str] = ()
    emails: Sequence[str] = ()
    credit_code: str = ""
    region: str = ""


@dataclass(frozen=True)
class Twin:
    """A stored customer who may be the one that is typed, and what they have in common."""

    customer: Customer
    alike: frozenset[str] = field(default_factory=frozenset)

    @property
    def strength(self) -> Strength:
        """How sure it is. In a form the name alone is a question, whatever a night makes of it."""
        companies = self.customer.kind != Kind.PERSON
        return Strength(likeness.strength(self.alike, companies=companies) or likeness.POSSIBLE)

    @property
    def by_more_than_a_name(self) -> bool:
        """Whether it would be a question to a night, too: the name of a person alone says nothing."""
        return bool(likeness.strength(self.alike, companies=self.customer.kind != Kind.PERSON))

    @property
    def reasons(self) -> list[str]:
        """What they have in common, in words."""
        return in_words(self.alike)


def twins(typed: Typed) -> list[Twin]:
    """The ones most alike first. Of all customers: who may be told of whom is for the caller to ask."""
    alike: dict[int, set[str]] = defaultdict(set)
    found: dict[int, Customer] = {}

    def note(rows: Iterable[Customer], code: str) -> None:
        for row in rows:
            found.setdefault(row.pk, row)
            alike[row.pk].add(code)

    rows = Customer.objects.select_related("owner", "facts").defer("search_tokens")  # unscoped: see above
    if name := typed.name.strip():
        spelled = rows.filter(name_sort=words.sort_key(name)).order_by("pk")[:COMPARED]
        note((row for row in spelled if words.name_key(row.name) == words.name_key(name)), likeness.NAME)
        keys = [key for key in likeness.name_keys(name) if key.startswith(likeness.NAME)]
        known = MatchKey.objects.filter(key__in=keys).values_list("customer_id", flat=True)[:COMPARED]
        fitting = rows.filter(pk__in=list(known)).order_by("pk")
        note((row for row in fitting if names_fit(row.name, name)), likeness.NAME)
    numbers = {digits for phone in typed.phones for digits in phone_keys(phone)}
    tokens = [f"p:{digits[:40]}" for digits in sorted(numbers) if len(digits) >= likeness.SHORTEST_PHONE]
    if tokens:
        note(rows.filter(search_tokens__overlap=tokens)[:MOST], likeness.PHONE)
    if code := words.normalized(typed.credit_code):
        coded = rows.filter(search_tokens__contains=[f"n:{code}"]).order_by("pk")[:COMPARED]
        note((row for row in coded if words.normalized(row.credit_code) == code), likeness.CREDIT_CODE)
    addresses = [f"e:{email_key(email)[:70]}" for email in typed.emails if email.strip()]
    if addresses:
        note(rows.filter(search_tokens__overlap=addresses)[:MOST], likeness.EMAIL)
    if place := likeness.place_of(typed.region):
        note([row for row in found.values() if likeness.place_of(row.region) == place], likeness.PLACE)
    ranked = [Twin(row, frozenset(alike[pk])) for pk, row in found.items()]
    return sorted(ranked, key=lambda twin: (likeness.RANKS[twin.strength], twin.customer.pk))[:MOST]
