"""What may come back: no more goods and no more money than a purchase had, counted one return after the other.

A return counts from when it is entered until it is cancelled or deleted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import ROUND_UP, Decimal

from django.core.exceptions import ValidationError
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from core import company
from customers.models import Customer
from sales import money
from sales.models import Order, OrderLine
from sales.moments import is_ahead
from sales.services.lines import Line, as_entered, lines_of
from ui import formatting

Goods = tuple[int | None, str]  # product id, or the words of a line without product
STEP = Decimal("0.0001")


def goods_of(line: Line | OrderLine) -> Goods:
    """What a line is about."""
    product_id = line.product.pk if line.product else None
    return product_id, "" if product_id else line.description


def returns_of(purchase: Order) -> QuerySet[Order]:
    """Its returns that count."""
    return Order.objects.filter(return_of=purchase).exclude(state=Order.State.CANCELLED)


def purchase_lock(purchase: Order) -> Order:
    """The stored purchase; whoever else returns goods of it or changes it waits."""
    return Order.all_objects.select_for_update(of=("self",)).get(pk=purchase.pk)


def return_lines(purchase: Order) -> list[Line]:
    """The lines of a return of all that is still out; a discount comes back by its share, the last one as the rest."""
    bought, back = lines_of(purchase), _came_back(purchase)
    left, off = _left(bought, back), _left(bought, back, "discount")
    lines = []
    for line in bought:
        goods = goods_of(line)
        quantity = min(line.quantity, max(left[goods], Decimal(0)))
        left[goods] -= quantity
        if quantity > 0 and line.unit_price >= 0:
            share = (line.discount * quantity / line.quantity).quantize(STEP, ROUND_UP)
            share = min(max(off[goods] if not left[goods] else share, Decimal(0)), quantity * line.unit_price)
            off[goods] -= share
            lines.append(Line(quantity, line.unit_price, line.product, line.description, line.unit_cost, share))
    return lines


def check_return(purchase: Order, lines: Sequence[Line], *, besides: Order | None = None) -> None:
    """ValidationError when the purchase isn't valid any more, or more would come back than is still out."""
    stored = purchase_lock(purchase)
    if stored.deleted_at is not None or stored.state != Order.State.COMPLETED:
        raise ValidationError(
            _("Goods come back from a completed order only. Complete order %(number)s first.")
            % {"number": stored.number}
        )
    earlier = _came_back(purchase, besides)
    _check_goods(stored, lines_of(purchase), [*earlier, *lines])
    paid = sum(OrderLine.objects.filter(order=purchase).values_list("amount", flat=True), Decimal(0))
    _check_money(stored, paid, [*earlier, *lines])


def check_return_alone(order: Order, amount: int) -> None:
    """ValidationError when a return that names no purchase pays more than could be its purchase: more than the
    customer's orders add up to and more than any order of the company.

    `amount` is what it would pay, below zero, in minor units of the company's currency.
    """
    Customer.all_objects.select_for_update(of=("self",), no_key=True).get(pk=order.customer_id)
    counted = Order.objects.filter(state=Order.State.COMPLETED)
    own = counted.filter(customer=order.customer_id).exclude(pk=order.pk)
    left = max(own.aggregate(sum=Sum("amount"))["sum"] or 0, 0)
    sold = counted.filter(kind=Order.Kind.PURCHASE)
    if -amount > left and sold.exists() and not sold.filter(amount__gte=-amount).exists():
        text = _(
            "%(back)s would be paid back without a purchase: this customer's orders come to %(paid)s, and no order of"
            " the company is that large. Enter the purchase first."
        )
        currency = company.currency()
        raise ValidationError(
            text % {"back": formatting.money(-amount, currency), "paid": formatting.money(left, currency)}
        )


def check_moment(ordered_at: datetime, purchase: Order | None = None, order: Order | None = None) -> None:
    """ValidationError for an order of the future, and for a return before its purchase. Seconds don't count: forms
    have none. `order` = the stored one that moves, with what came back of it."""
    if is_ahead(ordered_at):
        raise ValidationError({"ordered_at": _("The order can't lie in the future. Choose a time up to now.")})
    if purchase is not None and ordered_at < purchase.ordered_at.replace(second=0, microsecond=0):
        text = _("The return lies before its purchase %(number)s. Check the date.")
        raise ValidationError({"ordered_at": text % {"number": purchase.number}})
    back = returns_of(order).order_by("ordered_at").first() if order is not None else None
    if back is not None and back.ordered_at < ordered_at.replace(second=0, microsecond=0):
        text = _("Goods came back before that already (%(number)s). Check the date.")
        raise ValidationError({"ordered_at": text % {"number": back.number}})


def check_purchase(purchase: Order, *, state: str, lines: Sequence[Line] | None) -> None:
    """ValidationError when a change would leave goods that came back without their purchase; None leaves the lines."""
    purchase_lock(purchase)
    back = _came_back(purchase)
    if not back:
        return
    if state != Order.State.COMPLETED:
        raise ValidationError(_has_returns(purchase))
    if lines is not None:
        _check_goods(purchase, lines, back)
        _check_money(purchase, sum((line.amount for line in lines), Decimal(0)), back)


def check_purchase_may_go(purchase: Order) -> None:
    """ValidationError while returns of it count."""
    purchase_lock(purchase)
    if returns_of(purchase).exists():
        raise ValidationError(_has_returns(purchase))


def _came_back(purchase: Order, besides: Order | None = None) -> list[Line]:
    returns = returns_of(purchase).exclude(pk=besides and besides.pk)
    return as_entered(OrderLine.objects.filter(order__in=returns), -1)


def _left(bought: Iterable[Line], back: Iterable[Line], what: str = "quantity") -> dict[Goods, Decimal]:
    """Quantity or discount of the goods, less what came back of it."""
    left: dict[Goods, Decimal] = defaultdict(Decimal)
    for lines, sign in ((bought, 1), (back, -1)):
        for line in lines:
            left[goods_of(line)] += getattr(line, what) * sign
    return left


def _check_goods(purchase: Order, bought: Iterable[Line], back: Sequence[Line]) -> None:
    left = _left(bought, back)
    over = next((line for line in reversed(back) if left[goods_of(line)] < 0), None)
    if over is not None:
        text = _("More of “%(product)s” would come back than was bought with order %(number)s.")
        raise ValidationError(text % {"product": over.name, "number": purchase.number})


def _check_money(purchase: Order, paid: Decimal, back: Iterable[Line]) -> None:
    """Both sums are rounded once: parts of a cent must not refuse the last return."""
    repaid, cost = (
        money.total([amount], purchase.currency) for amount in (sum((line.amount for line in back), Decimal(0)), paid)
    )
    if repaid > cost:
        text = _("%(back)s would be paid back, but order %(number)s cost %(paid)s. Check prices and discounts.")
        sums = {"back": formatting.money(repaid, purchase.currency), "paid": formatting.money(cost, purchase.currency)}
        raise ValidationError(text % {**sums, "number": purchase.number})


def _has_returns(purchase: Order) -> str:
    number = returns_of(purchase).values_list("number", flat=True).first()
    return _("Goods of this order have come back (%(number)s). Cancel or delete that return first.") % {
        "number": number
    }
