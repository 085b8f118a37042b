"""Tags: a free classification."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from accounts import audit
from accounts.models import User
from customers.models import Customer, Tag


@transaction.atomic
def tag_create(*, name: str, by: User) -> Tag:
    """The tag of this name, made if it is new."""
    tag, made = Tag.objects.get_or_create(name=" ".join(name.split())[:40])
    if made:
        audit.record("tag.create", by=by, on=tag)
    return tag


@transaction.atomic
def tags_set(*, customer: Customer, tags: Iterable[Tag], by: User) -> None:
    """Exactly these tags."""
    wanted = list(tags)
    if {tag.pk for tag in wanted} == set(customer.tags.values_list("pk", flat=True)):
        return
    customer.tags.set(wanted)
    audit.record("customer.tag", by=by, on=customer, tags=[tag.pk for tag in wanted])


@transaction.atomic
def customers_tag(*, customer_ids: Iterable[int], tag: Tag, by: User) -> int:
    """Put one tag on many customers; returns how many didn't have it."""
    ids = set(customer_ids)
    link = Customer.tags.through
    ids -= set(link.objects.filter(tag_id=tag.pk, customer_id__in=ids).values_list("customer_id", flat=True))
    link.objects.bulk_create([link(customer_id=pk, tag_id=tag.pk) for pk in sorted(ids)], ignore_conflicts=True)
    audit.record("customer.tag", by=by, on=tag, customers=sorted(ids))
    return len(ids)
