"""Reads of sales; each takes `user` first and shows only what that person may see."""

from __future__ import annotations

import unicodedata
from datetime import date

from django.db.models import Min, Prefetch, Q, QuerySet

from accounts.models import User
from accounts.scope import reach_of
from sales.models import NUMBER_KEY, NUMBER_TAIL, Order, OrderLine, Product

SHORTEST_TAIL = 3  # digits


# --- orders ----------------------------------------------------------------------------------------------------------
def order_with_lines(user: User) -> QuerySet[Order]:
    """Orders with everything that their page shows."""
    lines = Prefetch("lines", OrderLine.objects.select_related("product").order_by("pk"))
    returns = Prefetch("returns", Order.objects.order_by("ordered_at", "pk"))
    return (
        Order.objects.for_user(user)
        .select_related("customer__owner", "customer__facts", "channel", "return_of", "created_by")
        .prefetch_related(lines, returns)
    )


def orders(user: User) -> QuerySet[Order]:
    """Orders in reach with what a row of a list shows; none of a customer in the recycle bin."""
    rows = Order.objects.for_user(user).exclude(customer__deleted_at__isnull=False)
    return rows.select_related("customer__owner", "channel").defer("customer__search_tokens")


def first_purchase_between(customer_id: int, first: date, last: date) -> date | None:
    """The day of a customer's first purchase on those days, both included: completed, of more than nothing."""
    # unscoped: a day of a customer whom the caller has fetched
    bought = Order.objects.filter(customer=customer_id, state=Order.State.COMPLETED, kind=Order.Kind.PURCHASE)
    return bought.filter(amount__gt=0, ordered_on__range=(first, last)).aggregate(day=Min("ordered_on"))["day"]


def numbered(rows: QuerySet[Order], text: str) -> tuple[QuerySet[Order], Q | None, Q | None]:
    """The rows with the two ways to what somebody may mean by a number, each of which has an index.

    Orders that begin with it, which needs a digit: all begin with SO. Orders that end in just these digits, three at
    least. None where the text is no such thing.
    """
    key = _number_key(text)
    begins = Q(number_key__startswith=key) if any(sign.isdecimal() for sign in key) else None
    tail = key.lstrip("0")
    ends = Q(number_tail=tail) if len(key) >= SHORTEST_TAIL and key.isdecimal() and tail else None
    return rows.alias(number_key=NUMBER_KEY, number_tail=NUMBER_TAIL), begins, ends


def orders_numbered(user: User, text: str, most: int) -> list[Order]:
    """The first orders in reach that somebody may mean by this number, the one that has it first, in one query."""
    reached = Order.objects.for_user(user).exclude(customer__deleted_at__isnull=False)
    rows, begins, ends = numbered(reached.select_related("customer"), text)
    if begins is None:
        return []
    rows = rows.only("number", "kind", "state", "ordered_on", "total", "currency", "customer__name")
    found = rows.filter(begins).order_by("number_key")[:most]
    if ends is not None:
        # Each half walks its index and stops; one condition for both would read all that begin alike.
        found = found.union(rows.filter(ends).order_by("-ordered_at")[:most], all=True)
    once = {row.pk: row for row in found}
    return sorted(once.values(), key=lambda row: (not is_number_of(row, text), row.number))[:most]


def is_number_of(order: Order, text: str) -> bool:
    """Whether it is this order's whole number, in any case and width, or the digits at its end."""
    key, number = _number_key(text), _number_key(order.number)
    tail = key.lstrip("0")
    return number == key or (len(key) >= SHORTEST_TAIL and key.isdecimal() and _tail(number) == tail)


def _tail(number: str) -> str:
    return number[len(number.rstrip("0123456789")) :].lstrip("0")


def _number_key(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().upper()


def binned_for(user: User) -> QuerySet[Order]:
    """Deleted orders that `user` may restore: those they deleted; for leads and administrators all in reach."""
    gone = Order.all_objects.filter(deleted_at__isnull=False).for_user(user, "delete")
    return gone if reach_of(user).beyond_own("order.delete") else gone.filter(deleted_by=user)


# --- products --------------------------------------------------------------------------------------------------------
def products(user: User, text: str = "", *, inactive: bool = False) -> QuerySet[Product]:
    """Products by number or part of the name; without inactive ones unless asked for. Everybody may see them."""
    rows = Product.objects.all() if user.can("product.view") else Product.objects.none()
    if not inactive:
        rows = rows.filter(is_active=True)
    text = text.strip()
    return rows.filter(Q(sku__istartswith=text) | Q(name__icontains=text)) if text else rows


def product_for_text(user: User, text: str) -> Product | None:
    """The product that somebody typed: `SKU · name` as offered, its number, or its name if only one has it."""
    wanted = text.split(" · ")[0].strip()
    rows = products(user, inactive=True)
    found = rows.filter(sku__iexact=wanted).first()
    if found is None:
        same = list(rows.filter(name__iexact=text.strip())[:2])
        found = same[0] if len(same) == 1 else None
    return found
