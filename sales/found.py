"""What the search finds of orders and products."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Case, When
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.contributions import Hit, SearchSource
from sales import money, selectors
from sales.models import Order, Product
from ui import formatting
from ui.templatetags import ui

TONES: dict[str, str] = {Order.State.OPEN: "warn", Order.State.CANCELLED: "danger"}


# --- orders ----------------------------------------------------------------------------------------------------------
def _orders(user: User, text: str, most: int) -> Sequence[Order]:
    return selectors.orders_numbered(user, text, most)


def _order(user: User, row: Order, text: str) -> Hit:
    small = [
        row.customer.name if row.customer else _("without customer"),
        formatting.day(row.ordered_on),
        formatting.money(row.total, row.currency),
    ]
    counts = row.kind == Order.Kind.PURCHASE and row.state == Order.State.COMPLETED
    word = row.get_kind_display() if row.kind == Order.Kind.RETURN else row.get_state_display()
    return Hit(
        reverse("order", args=[row.pk]),
        row.number,
        small,
        mark=ui.icon("receipt"),
        tag="" if counts else ui.tag(word, TONES.get(row.state, "line")),
        exact=selectors.is_number_of(row, text),
    )


ORDERS = SearchSource(
    "orders",
    gettext_lazy("Orders"),
    gettext_lazy("order number"),
    "order.view",
    find=_orders,
    draw=_order,
    page="order_list",
    order=30,
)


# --- products --------------------------------------------------------------------------------------------------------
def _products(user: User, text: str, most: int) -> Sequence[Product]:
    """By number and name: the one whose number it is first, those that are sold before inactive ones."""
    nearest = Case(When(sku__iexact=text, then=0), When(sku__istartswith=text, then=1), default=2)
    rows = selectors.products(user, text, inactive=True)
    return list(rows.order_by(nearest, "-is_active", "name", "pk")[:most])


def _product(user: User, row: Product, text: str) -> Hit:
    if user.can("product.change"):
        url = reverse("product_edit", args=[row.pk])
    else:
        asked = {"q": row.sku} if row.is_active else {"q": row.sku, "inactive": "1"}
        url = f"{reverse('product_list')}?{urlencode(asked)}"
    price = [] if row.unit_price is None else [money.written(row.unit_price)]
    return Hit(
        url,
        row.name,
        [row.sku, *price],
        mark=ui.icon("package"),
        tag="" if row.is_active else ui.tag(_("inactive"), "line"),
        exact=row.sku.casefold() == text.casefold(),
    )


PRODUCTS = SearchSource(
    "products",
    gettext_lazy("Products"),
    gettext_lazy("number or name"),
    "product.view",
    find=_products,
    draw=_product,
    page="product_list",
    order=50,
)
