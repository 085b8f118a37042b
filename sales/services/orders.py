"""Orders entered, changed, returned and deleted by hand. Imports write in bulk, see sales/imports/."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from accounts import audit
from core import clock, company, events
from core.versions import save_version
from customers.models import Customer
from sales import money
from sales.models import Order, OrderLine, Product
from sales.services.facts import order_facts_refresh

MANUAL = "manual"
# What a person may change besides the lines.
EDITABLE = ("ordered_at", "state", "payment_method", "channel", "region", "notes")


@dataclass(frozen=True)
class Line:
    """One line as a person enters it; the quantity is above zero, also when it comes back."""

    quantity: Decimal
    unit_price: Decimal
    product: Product | None = None
    description: str = ""
    unit_cost: Decimal | None = None
    discount: Decimal = Decimal(0)


@transaction.atomic
def order_create(
    *,
    customer: Customer | None,
    by: Any,
    ordered_at: datetime,
    lines: Sequence[Line],
    kind: str = Order.Kind.PURCHASE,
    return_of: Order | None = None,
    **fields: Any,
) -> Order:
    """A purchase or a return in the company's currency; `fields` are names of EDITABLE.

    ValidationError when there is no line, the total can't be stored, or more comes back than was bought.
    """
    if return_of is not None:
        _lock(return_of)
        check_returned(return_of, lines)
    currency = return_of.currency if return_of else company.currency()
    order = Order(
        source=MANUAL,
        number=_next_number(kind),
        customer=customer,
        kind=kind,
        ordered_at=ordered_at,
        ordered_on=clock.business_date(ordered_at),
        currency=currency,
        rate=return_of.rate if return_of else 1,
        return_of=return_of,
        created_by=by,
        updated_by=by,
        **fields,
    )
    order.total, order.amount = _sums(order, lines)
    order.save()
    _write_lines(order, lines)
    audit.record("order.create", by=by, on=order, kind=kind, customer=order.customer_id)
    _after(order, by=by)
    return order


@transaction.atomic
def order_update(*, order: Order, changes: Mapping[str, Any], lines: Sequence[Line], version: int, by: Any) -> Order:
    """Write `changes` and replace the lines over `version`; StaleVersionError when somebody was faster."""
    unknown = set(changes) - set(EDITABLE)
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")
    values = dict(changes)
    if "ordered_at" in values:
        values["ordered_on"] = clock.business_date(values["ordered_at"])
    if order.return_of is not None:
        _lock(order.return_of)
        check_returned(order.return_of, lines, besides=order)
    values["total"], values["amount"] = _sums(order, lines)
    save_version(order, values, version=version, by=by)
    OrderLine.objects.filter(order=order).delete()
    _write_lines(order, lines)
    audit.record("order.change", by=by, on=order, fields=sorted(changes))
    _after(order, by=by)
    return order


def order_return(*, order: Order, by: Any, ordered_at: datetime, lines: Sequence[Line], **fields: Any) -> Order:
    """Goods of `order` come back: a return that is linked to it."""
    return order_create(
        customer=order.customer,
        by=by,
        ordered_at=ordered_at,
        lines=lines,
        kind=Order.Kind.RETURN,
        return_of=order,
        **fields,
    )


@transaction.atomic
def order_delete(*, order: Order, by: Any) -> None:
    """Into the recycle bin."""
    _mark(order, deleted_at=clock.now(), deleted_by=by, by=by)
    audit.record("order.delete", by=by, on=order, number=order.number)
    _after(order, by=by)


@transaction.atomic
def order_restore(*, order: Order, by: Any) -> None:
    """Out of the recycle bin; ValidationError when its goods have come back by another return since."""
    if order.return_of is not None:
        _lock(order.return_of)
        rows = OrderLine.objects.filter(order=order).select_related("product")
        lines = [Line(-row.quantity, row.unit_price, row.product, row.description) for row in rows]
        check_returned(order.return_of, lines, besides=order)
    _mark(order, deleted_at=None, deleted_by=None, by=by)
    audit.record("order.restore", by=by, on=order, number=order.number)
    _after(order, by=by)


def _lock(purchase: Order) -> None:
    """Returns of one purchase are counted one after the other."""
    Order.all_objects.select_for_update(of=("self",)).get(pk=purchase.pk)


def _mark(order: Order, *, deleted_at: datetime | None, deleted_by: Any, by: Any) -> None:
    values = {"deleted_at": deleted_at, "deleted_by": deleted_by, "updated_by": by, "updated_at": clock.now()}
    Order.all_objects.filter(pk=order.pk).update(**values, version=F("version") + 1)
    order.deleted_at = deleted_at


def _after(order: Order, *, by: Any) -> None:
    if order.customer_id:
        order_facts_refresh([order.customer_id])
    events.publish("order_saved", order=order, by=by)


# --- lines and sums --------------------------------------------------------------------------------------------------
def _sign(order: Order) -> int:
    return -1 if order.kind == Order.Kind.RETURN else 1


def _sums(order: Order, lines: Sequence[Line]) -> tuple[int, int]:
    """(total in the order's currency, amount in the company's), minor units, negative for a return."""
    if not lines:
        raise ValidationError(_("Enter at least one line with quantity and price."))
    exact = [money.line_amount(line.quantity, line.unit_price, line.discount) * _sign(order) for line in lines]
    try:
        total = money.total(exact, order.currency)
        return total, money.converted(total, Decimal(order.rate), currency=order.currency, into=company.currency())
    except money.AmountTooLargeError as error:
        raise ValidationError(_("The total is too large to be stored. Check quantities and prices.")) from error


def _write_lines(order: Order, lines: Iterable[Line]) -> None:
    sign = _sign(order)
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            product=line.product,
            description=line.description,
            quantity=line.quantity * sign,
            unit_price=line.unit_price,
            unit_cost=line.unit_cost,
            discount=line.discount,
            amount=money.line_amount(line.quantity, line.unit_price, line.discount) * sign,
        )
        for line in lines
    )


def check_returned(order: Order, lines: Sequence[Line], *, besides: Order | None = None) -> None:
    """ValidationError when more of a product would come back than was bought and not returned yet."""
    left = returnable(order, besides=besides)
    for line in lines:
        key = _what(line.product.pk if line.product else None, line.description)
        left[key] = left.get(key, Decimal(0)) - line.quantity
        if left[key] < 0:
            name = line.product.name if line.product else line.description
            raise ValidationError(
                _("More of “%(product)s” would come back than was bought with order %(number)s.")
                % {"product": name, "number": order.number}
            )


def returnable(order: Order, *, besides: Order | None = None) -> dict[tuple[int | None, str], Decimal]:
    """What of a purchase hasn't come back yet: (product id, description without product) -> quantity."""
    back = Order.objects.filter(return_of=order)
    if besides is not None:
        back = back.exclude(pk=besides.pk)
    rows = OrderLine.objects.filter(order__in=[order.pk, *back.values_list("pk", flat=True)])
    left: dict[tuple[int | None, str], Decimal] = {}
    for row in rows.values("product_id", "description").annotate(quantity=Sum("quantity")):
        key = _what(row["product_id"], row["description"])
        left[key] = left.get(key, Decimal(0)) + row["quantity"]
    return left


def _what(product_id: int | None, description: str) -> tuple[int | None, str]:
    return product_id, "" if product_id else description


def _next_number(kind: str) -> str:
    """M0000123 for a purchase, R0000124 for a return; from a sequence, so that two people never get the same one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('order_number_seq')")
        return f"{'R' if kind == Order.Kind.RETURN else 'M'}{cursor.fetchone()[0]:07d}"
