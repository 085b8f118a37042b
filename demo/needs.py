"""What became of the needs that the log of the demo company notes: the old ones are settled, the young ones wait."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from core import clock
from customers.models import Interaction
from sales.models import Product
from sales.needs.models import Need, NeedStep

SETTLED_AFTER = 75  # days
REASONS = ("已在别处购买", "今年没有预算", "换了做法，不再需要", "交期等不了")


def make_needs(last_day: date, seed: int) -> int:
    """Of each customer's entries the first with the same words brings the need; returns how many there are."""
    chance = Random(seed + 5)
    # unscoped: the company is being made
    entries = Interaction.all_objects.exclude(needs_found="").order_by("customer_id", "occurred_at", "pk")
    products = list(Product.objects.filter(flag="").order_by("pk"))
    seen, needs, steps = set[tuple[int, str]](), list[Need](), list[list[tuple[str, datetime, Product | None, str]]]()
    for entry in entries.only("customer_id", "needs_found", "occurred_at", "user_id", "contact_id"):
        if (entry.customer_id, entry.needs_found) in seen:
            continue
        seen.add((entry.customer_id, entry.needs_found))
        since = clock.business_date(entry.occurred_at)
        went = _went(entry.occurred_at, (last_day - since).days, products, chance)
        state, moved_at, product, reason = went[-1]
        needs.append(
            Need(
                customer_id=entry.customer_id,
                interaction=entry,
                contact_id=entry.contact_id,
                text=entry.needs_found,
                kind=Need.Kind.PAIN if chance.random() < 0.25 else Need.Kind.NEED,
                by_hand=False,
                since=since,
                state=state,
                moved_at=moved_at,
                product=product,
                reason=reason,
                created_by_id=entry.user_id,
                updated_by_id=entry.user_id,
            )
        )
        steps.append(went)
    made = Need.all_objects.bulk_create(needs, batch_size=1000)
    NeedStep.objects.bulk_create(
        (
            NeedStep(
                need=need,
                at=at,
                by_id=need.created_by_id,
                state=state,
                product=product,
                reason=reason,
                interaction=need.interaction if not place else None,
            )
            for need, went in zip(made, steps, strict=True)
            for place, (state, at, product, reason) in enumerate(went)
        ),
        batch_size=1000,
    )
    return len(made)


def _went(
    heard: datetime, age: int, products: list[Product], chance: Random
) -> list[tuple[str, datetime, Product | None, str]]:
    """How a need of so many days went: state, when, product offered, and why it was dropped."""
    went: list[tuple[str, datetime, Product | None, str]] = [(Need.State.OPEN, heard, None, "")]
    if age >= 3 and (age > SETTLED_AFTER or chance.random() < 0.5):
        product = chance.choice(products)
        went.append((Need.State.OFFERED, heard + timedelta(days=2), product, ""))
        if age > SETTLED_AFTER and chance.random() < 0.9:
            later = heard + timedelta(days=chance.randint(10, SETTLED_AFTER - 5))
            met = chance.random() < 0.7
            state, reason = (Need.State.MET, "") if met else (Need.State.DROPPED, chance.choice(REASONS))
            went.append((state, later, product, reason))
    return went
