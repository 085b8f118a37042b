"""Orders entered, changed, returned and deleted by hand. Imports write in bulk, see sales/imports/."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts import audit
from accounts.models import User
from core import clock, company, events, sql
from core.versions import save_version
from customers.models import Customer
from sales.models import Order
from sales.services.facts import order_facts_refresh
from sales.services.followers import order_told
from sales.services.lines import Line, lines_of, lines_write, sums
from sales.services.returns import (
    check_moment,
    check_purchase,
    check_purchase_may_go,
    check_return,
    check_return_alone,
)

MANUAL = "manual"
# What a person may change besides the lines.
EDITABLE = ("ordered_at", "state", "payment_method", "channel", "region", "notes")


@transaction.atomic
def order_create(
    *,
    customer: Customer | None,
    by: User,
    ordered_at: datetime,
    lines: Sequence[Line],
    kind: str = Order.Kind.PURCHASE,
    return_of: Order | None = None,
    **fields: Any,
) -> Order:
    """A purchase or a return in the company's currency; `fields` are names of EDITABLE.

    ValidationError when it lies in the future, there is no line, the total can't be stored, or more comes back than
    was bought.
    """
    check_moment(ordered_at, return_of)
    if return_of is not None:
        check_return(return_of, lines)
    # M0000123 for a purchase, R0000124 for a return; from a sequence, so that two people never get the same one.
    number = f"{'R' if kind == Order.Kind.RETURN else 'M'}{sql.next_number('order_number_seq'):07d}"
    currency = return_of.currency if return_of else company.currency()
    order = Order(
        source=MANUAL,
        number=number,
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
    order.total, order.amount = sums(order, lines)
    if kind == Order.Kind.RETURN and return_of is None:
        check_return_alone(order, order.amount)
    order.save()
    lines_write(order, lines)
    audit.record("order.create", by=by, on=order, kind=kind, customer=order.customer_id)
    _after(order, by)
    order_told(order, by)
    return order


@transaction.atomic
def order_update(
    *, order: Order, changes: Mapping[str, Any], version: int, by: User, lines: Sequence[Line] | None = None
) -> Order:
    """Write `changes` and, if given, replace the lines over `version`; StaleVersionError when somebody was faster.

    Without lines the money stays as it is: an imported line isn't always quantity x price.
    """
    unknown = set(changes) - set(EDITABLE)
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")
    values = dict(changes)
    if "ordered_at" in values:
        check_moment(values["ordered_at"], order.return_of, order)
        values["ordered_on"] = clock.business_date(values["ordered_at"])
    # What has come back must stay possible: a purchase keeps its returned goods, a return asks for no more than is out.
    state = values.get("state", order.state)
    if order.kind == Order.Kind.PURCHASE:
        check_purchase(order, state=state, lines=lines)
    elif order.return_of is not None and state != Order.State.CANCELLED:
        check_return(order.return_of, lines_of(order) if lines is None else lines, besides=order)
    if lines is not None:
        values["total"], values["amount"] = sums(order, lines)
        if order.kind == Order.Kind.RETURN and order.return_of is None:
            check_return_alone(order, values["amount"])
    save_version(order, values, version=version, by=by)
    if lines is not None:
        lines_write(order, lines)
    written = [*changes, "lines"] if lines is not None else [*changes]
    audit.record("order.change", by=by, on=order, fields=sorted(written))
    _after(order, by)
    return order


def order_return(*, order: Order, by: User, ordered_at: datetime, lines: Sequence[Line], **fields: Any) -> Order:
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
def order_delete(*, order: Order, by: User) -> None:
    """Into the recycle bin; ValidationError while goods of it have come back."""
    if order.kind == Order.Kind.PURCHASE:
        check_purchase_may_go(order)
    _mark(order, deleted_at=clock.now(), deleted_by=by, by=by)
    audit.record("order.delete", by=by, on=order, number=order.number)
    _after(order, by)


@transaction.atomic
def order_restore(*, order: Order, by: User) -> None:
    """Out of the recycle bin; ValidationError when its goods have come back by another return since."""
    if order.return_of is not None and order.state != Order.State.CANCELLED:
        check_return(order.return_of, lines_of(order), besides=order)
    _mark(order, deleted_at=None, deleted_by=None, by=by)
    audit.record("order.restore", by=by, on=order, number=order.number)
    _after(order, by)


def _mark(order: Order, *, deleted_at: datetime | None, deleted_by: User | None, by: User) -> None:
    values = {"deleted_at": deleted_at, "deleted_by": deleted_by, "updated_by": by, "updated_at": clock.now()}
    Order.all_objects.filter(pk=order.pk).update(**values, version=F("version") + 1)
    order.deleted_at = deleted_at


def _after(order: Order, by: User) -> None:
    if order.customer_id and order_facts_refresh([order.customer_id]):
        events.publish("stage_moved", customer_ids=[order.customer_id], by=by)
