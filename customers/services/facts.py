"""What is derived from a file: its facts row and its search tokens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from customers.models import Contact, Customer, CustomerFacts, own_texts
from customers.search import tokens_for
from customers.words import sort_key

SLICE = 1000
# What the tokens are made of; a change of one of these needs new tokens.
SEARCHED = (
    *("name", "number", "credit_code", "phone", "phone2", "further_phones", "email", "email2", "further_emails"),
    "own",
)


def facts_write(customer_id: int, **values: Any) -> None:
    """Set columns of one CustomerFacts row, making it if need be: the only writer of single rows.

    Values may be expressions. The row stays locked until the transaction ends.
    """
    row = CustomerFacts.objects.filter(pk=customer_id)
    if not row.update(**values):
        CustomerFacts.objects.get_or_create(pk=customer_id)
        row.update(**values)


def derived(customer: Customer, contacts: Iterable[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """name_sort and search_tokens for the customer's present fields and its contacts (name, phone, email, and where
    there are any further_phones and further_emails)."""
    people = list(contacts)
    tokens = tokens_for(
        name=customer.name,
        number=customer.number,
        credit_code=customer.credit_code,
        phones=[*customer.phones, *(one for person in people for one in _all_of(person, "phone"))],
        emails=[*customer.emails, *(one for person in people for one in _all_of(person, "email"))],
        contact_names=[person["name"] for person in people],
        own={pk: str(customer.own[code]) for code, pk in own_texts().items() if code in customer.own},
    )
    return {"name_sort": sort_key(customer.name), "search_tokens": tokens}


def _all_of(person: Mapping[str, Any], way: str) -> list[str]:
    return [person[way], *person.get(f"further_{way}s", ())]


def contacts_for_tokens(customer_ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """Living contacts per customer id, as `derived` wants them."""
    people: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = Contact.all_objects.filter(customer_id__in=list(customer_ids), deleted_at=None)
    names = ("name", "phone", "email", "further_phones", "further_emails")
    for pk, *person in rows.values_list("customer_id", *names):
        people[pk].append(dict(zip(names, person, strict=True)))
    return people


@transaction.atomic
def tokens_refresh(customer_ids: Iterable[int]) -> None:
    """Make name_sort and tokens of these customers anew, in slices; no version moves."""
    ids = list(customer_ids)
    for start in range(0, len(ids), SLICE):
        part = ids[start : start + SLICE]
        people = contacts_for_tokens(part)
        rows = list(Customer.all_objects.filter(pk__in=part).only("pk", "name_sort", "search_tokens", *SEARCHED))
        for row in rows:
            for name, value in derived(row, people[row.pk]).items():
                setattr(row, name, value)
        Customer.all_objects.bulk_update(rows, ["name_sort", "search_tokens"])
