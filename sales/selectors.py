"""Reads of sales; each takes `user` first and shows only what that person may see."""

from __future__ import annotations

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import User
from accounts.scope import reach_of
from sales.models import Order, OrderLine, Product


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
