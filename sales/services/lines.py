"""Lines as a person enters them, and what they add up to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core import company
from sales import money
from sales.models import Order, OrderLine, Product


@dataclass(frozen=True)
class Line:
    """One line as a person enters it; the quantity is above zero, also when it comes back."""

    quantity: Decimal
    unit_price: Decimal
    product: Product | None = None
    description: str = ""
    unit_cost: Decimal | None = None
    discount: Decimal = Decimal(0)

    @property
    def amount(self) -> Decimal:
        """Quantity x unit price less the discount, exact, in major units."""
        return money.line_amount(self.quantity, self.unit_price, self.discount)

    @property
    def name(self) -> str:
        """What was sold, in words."""
        return self.product.name if self.product else self.description


def lines_of(order: Order) -> list[Line]:
    """The stored lines; quantities of a return above zero, as they were entered."""
    return as_entered(OrderLine.objects.filter(order=order), sign_of(order))


def as_entered(rows: QuerySet[OrderLine], sign: int) -> list[Line]:
    """Stored lines of purchases (sign 1) or of returns (-1); one query."""
    return [
        Line(row.quantity * sign, row.unit_price, row.product, row.description, row.unit_cost, row.discount)
        for row in rows.select_related("product").order_by("pk")
    ]


def sign_of(order: Order) -> int:
    """-1 for a return."""
    return -1 if order.kind == Order.Kind.RETURN else 1


def sums(order: Order, lines: Sequence[Line]) -> tuple[int, int]:
    """(total in the order's currency, amount in the company's), minor units, negative for a return.

    ValidationError without a line, for a discount above its line, and for more than can be stored.
    """
    if not lines:
        raise ValidationError(_("Enter at least one line with quantity and price."))
    for line in lines:
        if line.amount < 0:
            raise ValidationError(_("The discount of “%(product)s” is larger than the line.") % {"product": line.name})
    try:
        total = money.total([line.amount * sign_of(order) for line in lines], order.currency)
        return total, money.converted(total, Decimal(order.rate), currency=order.currency, into=company.currency())
    except money.AmountTooLargeError as error:
        raise ValidationError(_("The total is too large to be stored. Check quantities and prices.")) from error


def lines_write(order: Order, lines: Iterable[Line]) -> None:
    """Store the lines of a new order, or in place of those it had."""
    OrderLine.objects.filter(order=order).delete()
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            product=line.product,
            description=line.description,
            quantity=line.quantity * sign_of(order),
            unit_price=line.unit_price,
            unit_cost=line.unit_cost,
            discount=line.discount,
            amount=line.amount * sign_of(order),
        )
        for line in lines
    )
