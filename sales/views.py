"""Pages of orders and products."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.access import row_for
from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from accounts.masking import masked_copy
from core import company
from customers.choosing import BOUGHT_LAST, choose_customer
from customers.models import Customer
from customers.selectors import known_channels, name_of
from sales import forms, money, selectors, services
from sales.forms import OrderForm, ProductForm
from sales.listing import PRODUCTS
from sales.models import Order, OrderLine, Product
from sales.orderfilters import PERIODS, people
from sales.orderlist import ORDERS, net_sales
from sales.services import Line
from ui import formatting, toasts
from ui.conflicts import Edit
from ui.flow import act, edit_page, form_page
from ui.listing import Asked, list_page

SUGGESTED = 8


# --- the list --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Select:
    """A select box above the list; `all` is what stands for no choice."""

    name: str
    label: str
    all: str
    options: list[tuple[str, str]]
    chosen: str


@needs(ORDERS.permission, READ)
def order_list(request: Request) -> HttpResponse:
    """Orders in reach, the newest first, narrowed by day, state, kind, channel, owner and customer."""
    asked = Asked(ORDERS, request)

    def select(name: str, label: str, every: str, options: Iterable[tuple[Any, Any]]) -> Select:
        value = asked.values.get(name, "")
        chosen = str(getattr(value, "pk", value))
        return Select(name, label, every, [(str(key), str(word)) for key, word in options], chosen)

    selects = [
        select("period", pgettext("of days", "Period"), _("any time"), PERIODS.items()),
        select("state", _("state"), _("every state"), Order.State.choices),
        select("kind", _("kind"), _("purchases and returns"), Order.Kind.choices),
        select("channel", _("channel"), _("every channel"), [(row.pk, row.name) for row in known_channels()]),
        select("owner", _("owner"), _("everybody"), [(row.pk, name_of(row)) for row in people(asked)]),
    ]
    shown = {"since", "until", *(one.name for one in selects)}
    return list_page(
        asked,
        title=_("Orders"),
        template="sales/orders.html",
        selects=[one for one in selects if one.options],
        carried=[(name, text) for name, text in asked.kept if name not in shown],
        net_sales=net_sales(asked),
        currency=company.currency(),
        may_add=request.user.can("order.add"),
    )


# --- one order -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class LineRow:
    """A line as the page of its order shows it: sums as everywhere, ¥1,280.5, −¥38."""

    name: str
    sku: str
    quantity: str
    unit_price: str
    discount: str
    amount: str


@needs("order.view", READ)
def order(request: Request, pk: int) -> HttpResponse:
    """An order with its lines and returns."""
    row = row_for(selectors.order_with_lines(request.user), request.user, pk)

    def may(action: str) -> bool:
        allowed = request.user.can(f"order.{action}")
        return allowed and Order.objects.for_user(request.user, action).filter(pk=pk).exists()

    may_change = may("change")
    context = {
        "order": row,
        "customer": masked_copy(request.user, row.customer),
        "lines": [_line_row(line, formatting.symbol(row.currency)) for line in row.lines.all()],
        "own_currency": company.currency(),
        "rate": money.written(row.rate),
        "payment": dict(Order.Payment.choices).get(row.payment_method, row.payment_method),
        "may_change": may_change,
        "may_edit": may_change and forms.fits_the_form(row),
        "may_return": row.kind == Order.Kind.PURCHASE and may("add") and bool(services.return_lines(row)),
        "may_delete": may("delete"),
    }
    return render(request, "sales/order.html", context)


def _line_row(line: OrderLine, symbol: str) -> LineRow:
    def exact(value: Decimal) -> str:
        """A unit price may have four decimals; a minus stands before the sign of the currency."""
        return f"{'−' if value < 0 else ''}{symbol}{money.written(abs(value))}"

    return LineRow(
        name=line.description or (line.product.name if line.product else ""),
        sku=line.product.sku if line.product else "",
        quantity=f"{'−' if line.quantity < 0 else ''}{money.written(abs(line.quantity))}",
        unit_price=exact(line.unit_price),
        discount=exact(line.discount) if line.discount else "",
        amount=exact(line.amount),
    )


# --- new -------------------------------------------------------------------------------------------------------------
@needs("order.add", FORM)
def order_new(request: Request) -> HttpResponse:
    """A purchase, or a return with `?kind=return`; without a customer in the address, choose one first."""
    wanted = request.GET.get("customer", "")
    if not wanted:
        return choose_customer(request, "order.add", _("New order"), start=BOUGHT_LAST)
    rows = Customer.objects.select_related("owner").defer("search_tokens")
    customer = row_for(rows, request.user, wanted, "order.add")
    kind = Order.Kind.RETURN if request.GET.get("kind") == "return" else Order.Kind.PURCHASE
    return _new(
        request,
        save=lambda form: services.order_create(customer=customer, by=request.user, kind=kind, **form.values()),
        customer=customer,
        kind=kind,
        draft=f"order_new:{customer.pk}:{kind}",
        back=reverse("customer", args=[customer.pk]),
    )


@needs("order.add", FORM)
def order_return(request: Request, pk: int) -> HttpResponse:
    """Goods of an order come back; what is still out is filled in."""
    row = row_for(selectors.order_with_lines(request.user), request.user, pk, "add")
    if row.kind != Order.Kind.PURCHASE:
        raise Http404
    returnable = services.return_lines(row)[: forms.MOST_LINES]
    # Nothing comes back until somebody says so; beside each line stands how many can.
    lines = [{**forms.line_start(line), "quantity": Decimal(0)} for line in returnable]
    if not lines:
        toasts.info(request, _("Everything of this order has come back already."))
        return redirect("order", pk)
    return _new(
        request,
        save=lambda form: services.order_return(order=row, by=request.user, **form.values()),
        customer=row.customer,
        kind=Order.Kind.RETURN,
        draft=f"order_return:{pk}",
        back=_page_of(row),
        of=row,
        initial={"lines": lines},
        returnable=returnable,
    )


def _new(
    request: Request,
    *,
    save: Callable[[OrderForm], Order],
    customer: Customer | None,
    kind: str,
    draft: str,
    back: str,
    of: Order | None = None,
    initial: dict[str, Any] | None = None,
    returnable: Sequence[Line] = (),
) -> HttpResponse:
    currency = of.currency if of else company.currency()
    return form_page(
        request,
        partial(OrderForm, user=request.user, kind=kind, currency=currency, returnable=returnable),
        "sales/order_form.html",
        initial=initial,
        draft=draft,
        once=Order,
        save=save,
        said=_("Return saved") if kind == Order.Kind.RETURN else _("Order saved"),
        then=_page_of,
        back=back,
        customer=customer,
        kind=kind,
        of=of,
        **_sums_in(currency),
    )


def _sums_in(currency: str) -> dict[str, Any]:
    """What the page needs to add up by itself."""
    symbol, decimals = formatting.symbol(currency), formatting.minor_digits(currency)
    return {"currency": currency, "symbol": symbol, "decimals": decimals, "most_lines": forms.MOST_LINES}


def _page_of(row: Order) -> str:
    return reverse("order", args=[row.pk])


# --- change ----------------------------------------------------------------------------------------------------------
@needs("order.change", FORM)
def order_edit(request: Request, pk: int) -> HttpResponse:
    """An order with its lines as a form."""

    def find() -> Order:
        return row_for(selectors.order_with_lines(request.user), request.user, pk, "change")

    def save(edit: Edit) -> None:
        changes = {name: value for name, value in edit.changes.items() if name != "lines"}
        lines = edit.changes.get("lines")  # None leaves the stored ones, with the cost that they had then
        services.order_update(order=edit.row, changes=changes, lines=lines, version=edit.version, by=request.user)

    row = find()
    if not forms.fits_the_form(row):
        toasts.info(request, _("This order came with an import in a form that can't be edited here. Import it again."))
        return redirect("order", pk)
    return edit_page(
        request,
        partial(OrderForm, user=request.user, kind=row.kind, currency=row.currency, order=row),
        "sales/order_form.html",
        row=row,
        find=find,
        draft=f"order:{pk}",
        save=save,
        said=_("Order saved"),
        then=_page_of,
        back=_page_of(row),
        customer=row.customer,
        kind=row.kind,
        of=row.return_of,
        **_sums_in(row.currency),
    )


# --- recycle bin -----------------------------------------------------------------------------------------------------
@needs("order.delete", POST)
def order_delete(request: Request, pk: int) -> HttpResponse:
    """Into the recycle bin, with an undo."""
    row = row_for(Order.objects.select_related("customer"), request.user, pk, "delete")
    return act(
        request,
        partial(services.order_delete, order=row, by=request.user),
        said=_("Moved to the recycle bin"),
        undo=reverse("order_restore", args=[pk]),
        then=reverse("customer", args=[row.customer_id]) if row.customer_id else reverse("customer_list"),
        or_to=_page_of(row),
    )


@needs("order.delete", POST)
def order_restore(request: Request, pk: int) -> HttpResponse:
    """Out of the recycle bin."""
    row = selectors.binned_for(request.user).filter(pk=pk).first()
    if row is None:
        raise Http404
    return act(
        request,
        partial(services.order_restore, order=row, by=request.user),
        said=_("Order restored"),
        then=reverse("order", args=[pk]),
        or_to=reverse("order", args=[row.return_of_id or pk]),
    )


# --- products --------------------------------------------------------------------------------------------------------
@needs(PRODUCTS.permission, READ)
def product_list(request: Request) -> HttpResponse:
    """The catalogue."""
    return list_page(
        Asked(PRODUCTS, request),
        title=_("Products"),
        template="sales/products.html",
        sub=_("Products come with imported orders; fees and discounts count for money, never for baskets."),
        inactive="inactive" in request.GET,
        may_add=request.user.can("product.add"),
    )


@needs("product.view", READ)
def product_suggest(request: Request) -> HttpResponse:
    """Options for the type-ahead of an order line."""
    typed = next((value for name, value in request.GET.items() if name == "q" or name.endswith("-product")), "")
    rows = selectors.products(request.user, typed[:100])[:SUGGESTED] if typed.strip() else []
    prices = ["" if row.unit_price is None else f"{row.unit_price.normalize():f}" for row in rows]
    options = list(zip(map(forms.product_text, rows), prices, strict=True))
    return render(request, "sales/product_options.html", {"options": options})


@needs("product.add", FORM)
def product_new(request: Request) -> HttpResponse:
    """A new product."""
    return form_page(
        request,
        ProductForm,
        "sales/product_form.html",
        draft="product_new",
        once=Product,
        save=lambda form: services.product_save(product=form.save(commit=False), by=request.user),
        said=_("Product saved"),
        then=reverse("product_list"),
    )


@needs("product.change", FORM)
def product_edit(request: Request, pk: int) -> HttpResponse:
    """Change a product."""

    def find() -> Product:
        row = selectors.products(request.user, inactive=True).filter(pk=pk).first()
        if row is None:
            raise Http404
        return row

    def save(edit: Edit) -> None:
        for name, value in edit.changes.items():
            setattr(edit.row, name, value)
        services.product_save(product=edit.row, by=request.user)

    product = find()
    return edit_page(
        request,
        partial(ProductForm, product=product),
        "sales/product_form.html",
        row=product,
        find=find,
        draft=f"product:{pk}",
        save=save,
        said=_("Product saved"),
        then=reverse("product_list"),
    )
