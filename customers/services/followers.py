"""Colleagues who follow a customer: they hear of comments, warnings, a new owner, a complaint, an order, a new tier.

They hear as long as they may see the customer: who loses sight of it follows it no more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.urls import reverse

from accounts import audit
from accounts.models import User
from core import clock
from core.notices import tell
from customers.models import Customer, Follower, OwnerChange

NEW_OWNER = "followed_owner"
MOST_AT_ONCE = 5  # news of one act, one by one; more are one notice with their number


@dataclass(frozen=True)
class News:
    """What happened with a customer. `numbers` makes the sentence, `text` is what a person typed; `heard`: ids of
    people who are told otherwise."""

    customer: Customer
    key: str
    numbers: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    source_id: int | None = None
    url: str = ""
    heard: frozenset[int | None] = frozenset()


@transaction.atomic
def customer_follow(*, customer: Customer, by: User) -> None:
    """Hear from now on what happens there. Repeating it changes nothing."""
    _row, begun = Follower.objects.get_or_create(customer=customer, user=by)
    if begun:
        audit.record("customer.follow", by=by, on=customer)


@transaction.atomic
def customer_unfollow(*, customer: Customer, by: User) -> None:
    """Hear no more of it."""
    if Follower.objects.filter(customer=customer, user=by).delete()[0]:
        audit.record("customer.unfollow", by=by, on=customer)


def out_of_sight(*, customer: Customer, user: User) -> None:
    """Follow it no more where `user` can't see it any longer, such as after a share has ended."""
    if not Customer.objects.for_user(user, pool=False).filter(pk=customer.pk).exists():
        Follower.objects.filter(customer=customer, user=user).delete()


def followers_tell(kind: str, news: Sequence[News], *, by: User | None = None) -> None:
    """Tell who follows these customers and may see them now, in the caller's transaction; never `by`.

    Of many at once a person hears in one notice, which leads to the list of those they follow. Who doesn't see one any
    more follows it no longer.
    """
    about = {one.customer.pk: one for one in news}
    following = Follower.objects.filter(customer__in=about, user__is_active=True)
    by_person: dict[User, list[Follower]] = defaultdict(list)
    for row in following.select_related("user__role", "user__team").order_by("user", "customer"):
        by_person[row.user].append(row)
    for person, rows in by_person.items():
        ids = {row.customer_id for row in rows}
        seen = set(Customer.objects.for_user(person, pool=False).filter(pk__in=ids).values_list("pk", flat=True))
        if ids - seen:
            Follower.objects.filter(user=person, customer__in=ids - seen).delete()
        theirs = [about[row.customer_id] for row in rows if row.customer_id in seen]
        _tell(kind, person, [one for one in theirs if person.pk not in one.heard], by)


def _tell(kind: str, person: User, news: Sequence[News], by: User | None) -> None:
    if len(news) > MOST_AT_ONCE:
        key = f"{kind}:{news[0].key}:{person.pk}:{clock.now():%Y%m%d%H%M%S}"
        numbers = {"customers": len(news)}
        tell(user=person, by=by, kind=kind, key=key, numbers=numbers, url=f"{reverse('customer_list')}?view=followed")
        return
    for one in news:
        tell(
            user=person,
            by=by,
            kind=kind,
            key=f"{kind}:{one.key}:{person.pk}",
            source_id=one.source_id,
            customer=one.customer,
            numbers=dict(one.numbers),
            text=one.text,
            url=one.url or reverse("customer", args=[one.customer.pk]),
        )


def owners_follow(*, changes: Sequence[OwnerChange], by: User | None) -> None:
    """Handler of `customers_handed_over`: who gave or got a customer knows it already."""
    news = [
        News(
            change.customer,
            str(change.pk),
            {"from": getattr(change.from_user, "name", ""), "to": getattr(change.to_user, "name", "")},
            heard=frozenset({change.from_user_id, change.to_user_id}),
        )
        for change in changes
    ]
    followers_tell(NEW_OWNER, news, by=by)
