"""Who would get the customers of the pool, by the rules as they stand or as somebody is about to save them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from customers.models import Customer
from responsibility.allocation.dealing import Dealer
from responsibility.models import AllocationRule

MOST_AT_ONCE = 10_000
TRIED = 2_000  # that a page tries: the shares of more would look the same


@dataclass(frozen=True)
class Trial:
    """How many of the pool each rule would give to whom; `left` stay, `more` weren't tried."""

    tried: int
    shares: list[tuple[AllocationRule, User, int]]
    left: int
    more: bool


def rules_in_order() -> list[AllocationRule]:
    """All rules, those out of use too."""
    return list(AllocationRule.objects.order_by("place", "pk"))


def pool_ids(user: User, most: int = MOST_AT_ONCE) -> list[int]:
    """Customers without an owner whom `user` may assign, those that wait longest first."""
    rows = Customer.objects.for_user(user, "assign").filter(owner=None).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:most])


def trial(user: User, draft: AllocationRule | None = None) -> Trial:
    """As of now, with `draft` instead of the stored rule that it is, or behind all others where it is new."""
    rules: Sequence[AllocationRule] = rules_in_order()
    if draft is not None:
        rules = [draft if rule.pk == draft.pk else rule for rule in rules]
        rules = rules if draft.pk else [*rules, draft]
    rows = Customer.objects.for_user(user, "assign").filter(owner=None).select_related("facts").defer("search_tokens")
    found = list(rows.order_by("pk")[: TRIED + 1])
    more, found = len(found) > TRIED, found[:TRIED]
    dealt = Dealer([rule for rule in rules if rule.is_on]).deal(found)
    counts = Counter((one.rule, one.to) for one in dealt if one.rule and one.to)
    place = {rule.pk: n for n, rule in enumerate(rules)}
    shares = [(rule, to, n) for (rule, to), n in counts.items() if rule and to]
    shares.sort(key=lambda share: (place[share[0].pk], share[1].name_sort, share[1].pk))
    return Trial(len(found), shares, sum(one.rule is None for one in dealt), more)
