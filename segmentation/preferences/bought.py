"""The customers behind a figure of preferences, read from the orders of the days that count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Case, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.fields import BigIntegerField, DecimalField
from django.db.models.functions import Coalesce, Round

from core.company import currency
from sales.models import Order, Product
from segmentation.models import ScoreRun
from segmentation.preferences.items import ANY, BEYOND, FEES, WITHOUT, start_of
from segmentation.preferences.models import PreferenceCount
from segmentation.selectors import those
from ui.formatting import minor_digits

MANY = 20_000  # buyers of an item: from so many on each customer of a page is asked, not all lines of the item
EXACT: DecimalField[Decimal, Decimal] = DecimalField(max_digits=40, decimal_places=10)


# As preferences.sql tells an item.
ITEM = Case(
    When(~Q(lines__product__flag=Product.Flag.NONE) & Q(lines__product__isnull=False), then=Value(FEES)),
    default=Coalesce(F("lines__product"), Value(WITHOUT), output_field=BigIntegerField()),
    output_field=BigIntegerField(),
)


def bought(run: ScoreRun, item: int, *, returned: bool = False) -> Q:
    """Who bought an item: its net sales to the customer, returns taken off, are above zero in the days that count of
    the run. `returned`: whoever has any sale or return of it, of whom the net sales are made."""
    found = PreferenceCount.objects.filter(run=run).first()
    buyers = dict(zip(found.items, found.customers, strict=True)) if found else {}
    rows = _sold(run, item, list(buyers))
    if not returned:
        rows = rows.filter(net__gt=0)
        rows = rows.exclude(item=FEES) if item == ANY else rows
    if item <= 0 or buyers.get(item, 0) > MANY:
        return Q(Exists(rows.filter(customer=OuterRef("pk"))))
    return those(rows.values_list("customer_id", flat=True))


def brought(run: ScoreRun, item: int) -> Callable[[Sequence[int]], Mapping[int, int]]:
    """What the item's net sales are to each customer, by id in minor units."""
    found = PreferenceCount.objects.filter(run=run).first()
    rows = _sold(run, item, list(found.items) if found else [])

    def of(ids: Sequence[int]) -> Mapping[int, int]:
        sums: Counter[int] = Counter()
        for customer, net in rows.filter(customer__any_of=ids).values_list("customer_id", "net"):
            sums[customer] += int(net)
        return sums

    return of


def _sold(run: ScoreRun, item: int, kept: Sequence[int]) -> QuerySet[Any]:
    """A row for each customer and product of the item with its net sales in minor units, as preferences.sql counts
    them."""
    days = {"ordered_on__gte": start_of(run), "ordered_on__lte": run.as_of}
    # unscoped: only narrows customers in reach
    rows: Any = Order.objects.filter(state=Order.State.COMPLETED, customer__isnull=False, **days).order_by()
    rows = rows.alias(product=F("lines__product")).annotate(item=ITEM)
    if item > 0:
        rows = rows.filter(product=item)
    elif item == BEYOND:
        rows = rows.filter(item__gt=0).exclude(item__in=kept)
    elif item != ANY:
        rows = rows.filter(item=item)
    scale = Value(Decimal(10 ** minor_digits(currency())))
    exact = ExpressionWrapper(F("lines__amount") * F("rate") * scale, output_field=EXACT)
    net = Round(Sum(Coalesce(exact, F("amount"), output_field=EXACT)))
    found: QuerySet[Any] = rows.values("customer_id", "item").annotate(net=net)
    return found
