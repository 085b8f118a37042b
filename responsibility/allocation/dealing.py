"""Which rule fits a customer, and whose turn it is: asked by what allocates, and by what only tries the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from accounts.models import User
from accounts.selectors import holders
from core import clock
from customers.models import Customer, facts_of
from customers.pool import pool_rules
from customers.selectors import owned_by
from followups.hours.days import person_days
from responsibility.models import AllocationRule
from sales.models import Need


@dataclass(frozen=True)
class Dealt:
    """What became of one customer; without `rule` it stays in the pool."""

    customer: Customer
    rule: AllocationRule | None = None
    to: User | None = None


class Dealer:
    """Shares customers out by these rules, each person after the one before, within one transaction or one preview."""

    def __init__(self, rules: Sequence[AllocationRule]) -> None:
        self.rules = rules
        wanted = {pk for rule in rules for pk in rule.people}
        today = clock.business_date()
        people = holders("customer.change").filter(pk__in=wanted).select_related("team").distinct()
        self.there = {person.pk: person for person in people if person_days(person.pk).away_on(today) is None}
        self.counts = defaultdict(int, owned_by(list(self.there)))
        self.quota = pool_rules().quota
        self.last = {rule.pk: rule.last_given_id for rule in rules}

    def deal(self, customers: Iterable[Customer]) -> list[Dealt]:
        """Each customer, in this order; needs are read once for all."""
        rows = list(customers)
        needs = _open_needs(rows) if any(rule.needs for rule in self.rules) else {}
        return [self._one(row, needs.get(row.pk, "")) for row in rows]

    def _one(self, customer: Customer, needs: str) -> Dealt:
        for rule in self.rules:
            to = self._next(rule) if fits(rule, customer, needs) else None
            if to is not None:
                self.counts[to.pk] += 1
                self.last[rule.pk] = to.pk
                return Dealt(customer, rule, to)
        return Dealt(customer)

    def _next(self, rule: AllocationRule) -> User | None:
        """Whose turn it is: who is away, gone or has enough customers is left out; None where nobody remains."""
        last = self.last[rule.pk]
        begin = rule.people.index(last) + 1 if last in rule.people else 0
        order = [*rule.people[begin:], *rule.people[:begin]]
        able = [pk for pk in order if pk in self.there and (self.quota is None or self.counts[pk] < self.quota)]
        if not able:
            return None
        return self.there[min(able, key=self.counts.__getitem__) if rule.how == AllocationRule.How.LOAD else able[0]]


def fits(rule: AllocationRule, customer: Customer, needs: str) -> bool:
    """Whether all that the rule asks is so; `needs`: the words of the customer's open needs."""
    region = customer.region.casefold()
    return (
        _among(rule.kinds, customer.kind)
        and _among(rule.industries, customer.industry_id)
        and _among(rule.sizes, customer.company_size_id)
        and _among(rule.tiers, facts_of(customer).tier)
        and (not rule.regions or any(region.startswith(one.casefold()) for one in rule.regions))
        and (not rule.needs or any(word.casefold() in needs for word in rule.needs))
    )


def _among(wanted: Collection[object], value: object) -> bool:
    return not wanted or value in wanted


def _open_needs(customers: Sequence[Customer]) -> dict[int, str]:
    """The words of open needs by customer, folded."""
    # unscoped: of customers whom the caller may give away
    rows = Need.objects.filter(customer__in=[row.pk for row in customers], state=Need.State.OPEN)
    found: dict[int, list[str]] = defaultdict(list)
    for customer_id, text in rows.values_list("customer", "text"):
        found[customer_id].append(text.casefold())
    return {pk: "\n".join(texts) for pk, texts in found.items()}
